"""What the office does about a meeting: proposes and chooses matters, calls, changes, answers, ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...ledger import attending, convening, proposing
from ...ledger.means import Doing
from ...ledger.proposing import Draft
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number
from ..filled import Typed, word, words
from ..meetings_seen import answer_of, arrangement, meeting_of
from ..naming import named_unit
from . import meetings
from .case import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.addressed import Addressed
    from ...ledger.meetings import Held
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Meeting = Annotated[Here, Depends(may(Act.MEET))]
Said = tuple[str, tuple[int, ...]]  # a word and the numbers in its sentence


@router.post("/meetings/propose")
def propose(here: Meeting, typed: Typed) -> Response:
    """Take down a matter for the next meeting, of the office or of a unit that said it on the telephone."""
    try:
        with here.write() as desk:
            _propose(desk, _plan(desk, word(typed, "plan")), typed)
    except DubanError as wrong:
        return meetings.show_list(here, Attempt("propose", typed, str(wrong)))
    return flash.went(here.request, "/meetings", "proposed")


@router.post("/meetings/{meeting_id}/propose")
def propose_here(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Take down a matter and put it on this meeting's agenda."""

    def do(desk: Desk, found: Held) -> Said:
        made = _propose(desk, found.meeting.slug, typed)
        proposing.choose(desk.session, found, made, listed=True, reason="", now=desk.now, by=desk.caller.by)
        return "listed", ()

    return _do(here, meeting_id, typed, "propose", do)


def _plan(desk: Desk, said: str) -> str:
    if said not in proposing.plans_of(desk.session, desk.now):
        raise DubanError("请选择是哪个方案的联席会。")
    return said


def _propose(desk: Desk, slug: str, typed: FormData) -> int:
    unit = word(typed, "unit")
    unit_id = named_unit(desk, unit).id if unit else None
    draft = Draft(*(word(typed, name) for name in ("text", "tried", "wanted")))
    key = f"desk-{word(typed, 'key')}-{desk.caller.id}"[:200]
    made = proposing.propose(desk.session, slug, draft, desk.now, desk.caller.by, key=key, unit_id=unit_id)
    return made.id


@router.post("/meetings/{meeting_id}/agenda")
def choose(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Put a matter on the agenda, or leave it out and say why."""

    def do(desk: Desk, found: Held) -> Said:
        decision = word(typed, "decision")
        if decision not in ("list", "decline"):
            raise DubanError("请选择列入议程，还是不列入。")
        proposing.choose(
            *(desk.session, found, number(word(typed, "proposal")) or 0),
            listed=decision == "list",
            reason=word(typed, "reason"),
            now=desk.now,
            by=desk.caller.by,
        )
        return "listed" if decision == "list" else "declined", ()

    return _do(here, meeting_id, typed, "agenda", do)


@router.post("/meetings/{meeting_id}/arrange")
def arrange(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Set time and place, and tell nobody yet."""

    def do(desk: Desk, found: Held) -> Said:
        convening.arrange(desk.session, found, arrangement(typed), _doing(here))
        return "arranged", ()

    return _do(here, meeting_id, typed, "arrange", do)


@router.post("/meetings/{meeting_id}/call")
def call(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Send the notice."""

    def do(desk: Desk, found: Held) -> Said:
        return _told("called", convening.call(desk.session, found, arrangement(typed), _doing(here)))

    return _do(here, meeting_id, typed, "call", do)


@router.post("/meetings/{meeting_id}/change")
def change(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Change time or place, and tell everybody anew."""

    def do(desk: Desk, found: Held) -> Said:
        why = word(typed, "reason")
        sent = convening.change(desk.session, found, arrangement(typed), why, _doing(here))
        return "changed", (sent.letters,)

    return _do(here, meeting_id, typed, "change", do)


@router.post("/meetings/{meeting_id}/cancel")
def cancel(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Call it off, and tell whoever was told of it."""

    def do(desk: Desk, found: Held) -> Said:
        sent = convening.cancel(desk.session, found, word(typed, "reason"), _doing(here))
        return "cancelled", (sent.letters if sent else 0,)

    return _do(here, meeting_id, typed, "cancel", do)


@router.post("/meetings/{meeting_id}/reply")
def reply(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Take down what a unit said on the telephone of who comes."""

    def do(desk: Desk, found: Held) -> Said:
        unit_id = number(word(typed, "unit")) or 0
        by = f"{desk.caller.by}（电话登记）"
        attending.reply(desk.session, found, unit_id, answer_of(typed), desk.now, by)
        return "replied", ()

    return _do(here, meeting_id, typed, "reply", do)


@router.post("/meetings/{meeting_id}/attendance")
def attendance(here: Meeting, meeting_id: Small, typed: Typed) -> Response:
    """Take the ticks of who is there."""

    def do(desk: Desk, found: Held) -> Said:
        there = {one for said in words(typed, "present") if (one := number(said))}
        why = word(typed, "reason")
        changed = attending.mark_present(desk.session, found, there, why, desk.now, desk.caller.by)
        return "attended", (changed,)

    return _do(here, meeting_id, typed, "attendance", do)


def _told(done: str, sent: Addressed) -> Said:
    if not sent.untold:
        return done, (sent.letters,)
    return f"{done}-untold", (sent.letters, len(sent.untold))


def _doing(here: Here) -> Doing:
    return Doing(here.now, here.caller.by, here.counter.means)


def _do(here: Here, meeting_id: int, typed: FormData, act: str, do: Callable[[Desk, Held], Said]) -> Response:
    """Do it in one transaction; what is wrong is told on the meeting's page, with what was typed."""
    try:
        with here.write() as desk:
            done, numbers = do(desk, meeting_of(desk, meeting_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return meetings.show(here, meeting_id, Attempt(act, typed, str(wrong)))
    here.counter.ring()
    return flash.went(here.request, f"/meetings/{meeting_id}", done, *numbers)
