"""The registers of what was said to units: the send log, and the calls that were made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import calls, letters, outbox, people
from ...ledger.letters import LetterFilters
from ...obligations.words import CueKind
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Number, filters, start, text, whole
from ..pages import page

if TYPE_CHECKING:
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Chasing = Annotated[Here, Depends(may(Act.CHASE))]
LIMIT = 50
DONE = {"again": "已重新列入发件箱，稍后刷新本页看结果。"}


@router.get("/messages")
def messages(here: Looking) -> HTMLResponse:
    """Show what was sent to whom, and what the provider answered."""
    asked = here.request
    chosen = {name: text(asked, name) or "" for name in ("state", "unit", "channel", "day")}
    with here.read() as desk:
        units = people.called(desk.session, chosen["unit"]) if chosen["unit"] else []
        which = LetterFilters(
            state=chosen["state"] if chosen["state"] in letters.STATES else None,
            unit_ids=tuple(one.id for one in units) if chosen["unit"] else None,
            channel_id=whole(asked, "channel"),
            day=_day(chosen["day"]),
        )
        before, newer_than = whole(asked, "before"), whole(asked, "after")
        found = letters.page(desk.session, which, before=before, after=newer_than, limit=LIMIT)
        channels = letters.channel_names(desk.session)
    return page(
        *(here, "office/messages.html"),
        rows=found.rows,
        newer=_turn(chosen, "after", found.rows[0].id) if found.rows and found.newer else "",
        older=_turn(chosen, "before", found.rows[-1].id) if found.rows and found.older else "",
        chosen=chosen,
        units=units,
        channels=channels,
        states=letters.STATES,
        section="messages",
    )


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _turn(chosen: dict[str, str], edge: str, number: int) -> str:
    kept = {name: said for name, said in chosen.items() if said}
    return f"/messages?{urlencode({**kept, edge: number})}"


@router.get("/messages/{message_id}")
def message(here: Looking, message_id: Number) -> HTMLResponse:
    """Show one message whole."""
    return _letter(here, message_id)


@router.post("/messages/{message_id}/again")
def again(here: Chasing, message_id: Number) -> Response:
    """Send once more what could not be delivered, through the channel that its contact has now."""
    with here.write() as desk:
        woken = outbox.requeue_dead(desk.session, [message_id], desk.now, desk.caller.by)
    if not woken:
        wrong = "没有重发：这条消息不在“无法送达”之列，可能刚刚已有人重发；或者联系人已停用，须先启用。"
        return _letter(here, message_id, wrong=wrong, status=409)
    here.counter.ring()
    return flash.went(here.request, f"/messages/{message_id}", "again")


def _letter(here: Here, message_id: int, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    with here.read() as desk:
        found = letters.letter(desk.session, message_id)
    if found is None:
        raise AbsentError
    told = flash.said(here.request, DONE)
    facts = {"states": letters.STATES, "notice_states": letters.NOTICE_STATES, "done": told}
    facts |= {"cue_words": {str(kind): kind.zh for kind in CueKind}}
    return page(
        here, "office/message.html", status=status, letter=found, wrong=wrong, section="messages", **facts
    )


@router.get("/calls")
def register(here: Looking) -> HTMLResponse:
    """Show the calls that were made, the newest first."""
    asked = here.request
    unit, round_id = text(asked, "unit") or "", whole(asked, "round")
    with here.read() as desk:
        units = people.called(desk.session, unit) if unit else []
        ids = [one.id for one in units] if unit else None
        found = calls.calls(desk.session, unit_ids=ids, round_id=round_id, start=start(asked), limit=LIMIT)
        title = _title(desk, round_id)
    return page(
        *(here, "office/calls.html"),
        found=found,
        unit=unit,
        round_id=round_id,
        title=title,
        units=units,
        start=start(asked),
        limit=LIMIT,
        address=filters("/calls", {"unit": unit, "round": round_id}),
        section="messages",
    )


def _title(desk: Desk, round_id: int | None) -> str:
    return desk.round(round_id).title if round_id else ""
