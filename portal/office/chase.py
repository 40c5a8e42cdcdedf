"""Chasing a round: the text for the group chat, reminders now, and the calls that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import asking, calls, chasing
from ...obligations.errors import DubanError
from ...obligations.words import RemarkKind
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Number, Small, number, whole
from ..back import after, done_words
from ..filled import Typed, word
from ..pages import go, page
from .chase_words import chase_text

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.tables import Obligation
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Chasing = Annotated[Here, Depends(may(Act.CHASE))]
SHOWN_CALLS = 5


@router.get("/rounds/{round_id}/chase")
def chase(here: Looking, round_id: Small) -> HTMLResponse:
    """Show who is missing, with the text to send and the acts that go with it."""
    return _show(here, round_id)


@router.post("/rounds/{round_id}/remind")
def remind(here: Chasing, round_id: Small) -> Response:
    """Remind all who are missing, now; the sender is told that something waits."""
    try:
        with here.write() as desk:
            found = desk.round(round_id)
            slots = here.counter.slots(desk.now, urgent=found.urgent)
            cue = chasing.remind(desk.session, found.id, desk.now, desk.caller.by, slots)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, round_id, wrong=str(wrong), status=409)
    here.counter.ring()
    return go(f"/rounds/{round_id}/chase?cue={cue}")


@router.post("/rounds/{round_id}/call")
def call(here: Chasing, round_id: Small, typed: Typed) -> Response:
    """Register a call to one of the units that are missing."""
    try:
        with here.write() as desk:
            desk.round(round_id)
            _note(desk, _chosen(desk, round_id, typed), typed)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, round_id, typed=typed, wrong=str(wrong), status=422)
    return flash.went(here.request, f"/rounds/{round_id}/chase#calls", "call")


@router.post("/obligations/{obligation_id}/call")
def call_about(here: Chasing, obligation_id: Number, typed: Typed) -> Response:
    """Register a call about one obligation, and go back to where the form stood."""
    with here.write() as desk:
        _note(desk, desk.obligation(obligation_id, lock=True), typed)
    return after(here.request, typed, f"/obligations/{obligation_id}", "call")


def _chosen(desk: Desk, round_id: int, typed: FormData) -> Obligation:
    if (chosen := number(word(typed, "obligation"))) is None:
        raise DubanError("请选择打给了哪个单位。")
    found = desk.obligation(chosen, lock=True)
    if found.round_id != round_id:
        raise AbsentError
    return found


def _note(desk: Desk, found: Obligation, typed: FormData) -> None:
    reached = {"yes": True, "no": False}.get(word(typed, "reached"))
    if reached is None:
        raise DubanError("请选择电话有没有接通。")
    asking.remark(
        *(desk.session, found, desk.now, desk.caller.by),
        kind=RemarkKind.CALL,
        text=word(typed, "text"),
        whom=word(typed, "whom"),
        reached=reached,
    )


def _show(
    here: Here, round_id: int, *, typed: FormData | None = None, wrong: str = "", status: int = 200
) -> HTMLResponse:
    cue, chosen = whole(here.request, "cue"), whole(here.request, "call")
    with here.read() as desk:
        found = desk.round(round_id)
        plan = chasing.plan_of(desk.session, found)
        missing = chasing.missing(desk.session, found, desk.now)
        last = chasing.last_reminded(desk.session, round_id)
        told = chasing.told(desk.session, round_id, cue) if cue else None
        made = calls.calls(desk.session, round_id=round_id, limit=SHOWN_CALLS)
    text = chase_text(found, plan, missing.owing, here.now, here.office) if missing.owing else ""
    return page(
        *(here, "office/chase.html"),
        status=status,
        round=found,
        plan=plan,
        missing=missing,
        text=text,
        last=last,
        told=told,
        made=made,
        chosen=_prefilled(missing, chosen, typed),
        done=done_words(here.request),
        wrong=wrong,
        section="year",
    )


def _prefilled(missing: chasing.Missing, chosen: int | None, typed: FormData | None) -> dict[str, str]:
    """Give what the form of a call begins with: what was typed, or the unit asked for and whom to ring."""
    if typed is not None:
        return {name: word(typed, name) for name in ("obligation", "whom", "reached", "text")}
    one = next((one for one in (*missing.owing, *missing.extended) if one.obligation_id == chosen), None)
    whom = one.people[0].name if one and one.people else ""
    return {"obligation": str(chosen or ""), "whom": whom, "reached": "", "text": ""}
