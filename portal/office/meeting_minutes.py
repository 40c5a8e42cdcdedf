"""Writing a meeting's minutes and what it decided; a further decision is another block of the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...app import clock
from ...ledger import minutes
from ...ledger.deciding import NewDecision
from ...ledger.means import Doing
from ...obligations.errors import DubanError
from ...obligations.meetings import Coming
from ...obligations.moments import SHANGHAI
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number
from ..filled import Typed, word
from ..meetings_seen import meeting_of
from ..naming import known_units
from ..pages import page
from .meetings import facts_of

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...ledger.meeting_facts import MeetingFacts
    from ...ledger.minutes import Published
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Meeting = Annotated[Here, Depends(may(Act.MEET))]
BLOCKS, MOST = 3, 30
_NAMES = ("text", "need", "units", "lead", "day")
_BREAK = re.compile(r"[、，,；;\s]+")
_NUMERALS = "一二三四五六七八九十"


class Block(NamedTuple):
    """A decision as it is typed."""

    text: str = ""
    need: str = ""
    units: str = ""
    lead: str = ""
    day: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether nothing is typed into it."""
        return not any(self)


@router.get("/meetings/{meeting_id}/minutes")
def write(here: Meeting, meeting_id: Small) -> HTMLResponse:
    """Show the form, begun with the agenda, or with the minutes that are to be corrected."""
    with here.read() as desk:
        found = facts_of(desk, meeting_id)
    text = found.minutes[-1].text if found.minutes else _begun(found)
    return _form(here, meeting_id, text, [Block()] * (1 if found.minutes else BLOCKS))


@router.post("/meetings/{meeting_id}/minutes")
def publish(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Publish them, or a corrected version; or give the form with room for one more decision."""
    blocks = _blocks(typed)
    if word(typed, "do") == "more":
        room = [*blocks, Block()][:MOST]
        return _form(here, meeting_id, word(typed, "text"), room, reason=word(typed, "reason"))
    try:
        with here.write() as desk:
            done = _publish(here, desk, meeting_id, typed, blocks)
    except AbsentError:
        raise
    except DubanError as wrong:
        again = {"reason": word(typed, "reason"), "wrong": str(wrong)}
        return _form(here, meeting_id, word(typed, "text"), blocks, **again)
    here.counter.ring()
    said = "published" if done.version == 1 else "corrected"
    return flash.went(here.request, f"/meetings/{meeting_id}", said, done.decisions)


def _publish(here: Here, desk: Desk, meeting_id: int, typed: FormData, blocks: list[Block]) -> Published:
    found = meeting_of(desk, meeting_id, lock=True)
    doing = Doing(desk.now, desk.caller.by, here.counter.means)
    decided = [_decision(one) for one in blocks if not one.blank]
    text = word(typed, "text")
    if found.minuted_at is None:
        return minutes.publish_minutes(desk.session, found, text, decided, doing)
    return minutes.correct_minutes(desk.session, found, text, word(typed, "reason"), decided, doing)


def _blocks(typed: FormData) -> list[Block]:
    count = min(number(word(typed, "blocks")) or 0, MOST)
    return [Block(*(word(typed, f"{name}-{n}") for name in _NAMES)) for n in range(1, count + 1)]


def _decision(one: Block) -> NewDecision:
    units = tuple(name for name in _BREAK.split(one.units) if name)
    return NewDecision(one.text, units, _limit(one.day), one.lead, one.need)


def _limit(day: str) -> datetime | None:
    return clock.end_of_day(day) if day else None


def _begun(found: MeetingFacts) -> str:
    """Give what minutes begin with: when, where, who was there, and a line for each item of the agenda."""
    local = found.starts_at.astimezone(SHANGHAI)
    half = "上午" if local.hour < 12 else "下午"  # noqa: PLR2004 - noon
    when = f"{local.year}年{local.month}月{local.day}日{half}"
    away = found.answered(Coming.LEAVE)
    there = f"到会{len(found.present)}个单位" + (f"，请假{len(away)}个单位" if away else "")
    items = [f"{_numeral(n)}、{one['text']}\n" for n, one in enumerate(found.agenda)]
    head = f"{when}，{found.chair}在{found.place}召集召开{found.title}，{there}。现将会议情况纪要如下："
    return "\n".join([head, *items])


def _numeral(n: int) -> str:
    return _NUMERALS[n] if n < len(_NUMERALS) else str(n + 1)


def _form(
    here: Here, meeting_id: int, text: str, blocks: list[Block], *, reason: str = "", wrong: str = ""
) -> HTMLResponse:
    with here.read() as desk:
        facts = {"m": facts_of(desk, meeting_id), "units": known_units(desk)}
    return page(
        *(here, "office/meeting_minutes.html"),
        status=409 if wrong else 200,
        text=text,
        blocks=blocks,
        most=MOST,
        reason=reason,
        wrong=wrong,
        section="meetings",
        **facts,
    )
