"""Clues as they are typed into forms, from a unit's link and at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..app import clock
from ..calendar.dates import local_day
from ..ledger import clue_list, clues
from ..ledger.clues import NewClue, Onward
from ..obligations.clues import Verdict
from ..obligations.errors import DubanError
from .access import AbsentError
from .filled import word
from .naming import chosen_plan, named_unit

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ..ledger.clue_list import WholeClue
    from ..ledger.tables import Clue, ClueHop
    from .access import Desk, Here

NAMES = ("key", "plan", "to", "title", "text", "until", "verdict", "note")
ANSWER_WITHIN = 5  # workdays that a form offers for the answer


def offered_limit(here: Here) -> str:
    """Give the day that a form offers for the answer."""
    return here.counter.workdays.shift(local_day(here.now), ANSWER_WITHIN).isoformat()


def send(here: Here, desk: Desk, typed: FormData, *, from_unit_id: int | None = None) -> Clue:
    """Hand on a clue as typed; raises :class:`DubanError` saying what is missing."""
    new = NewClue(
        key=f"clue-{word(typed, 'key')}",
        slug=chosen_plan(desk, word(typed, "plan")).slug,
        to_unit_id=named_unit(desk, word(typed, "to")).id,
        title=word(typed, "title"),
        text=word(typed, "text"),
        answer_by=_until(typed),
        from_unit_id=from_unit_id,
    )
    return clues.send(desk.session, new, desk.now, desk.caller.by, here.counter.means)


def act(here: Here, desk: Desk, clue_id: int, what: str, typed: FormData) -> None:
    """Do what the receiver does with a clue: ``receive``, ``answer`` or ``pass`` it, as typed.

    Raises :class:`AbsentError` for a clue that is not the receiver's, and :class:`DubanError`.
    """
    hop = _running(desk, clue_id)
    done = (desk.session, hop, desk.now, desk.caller.by)
    if what == "receive":
        clues.receive(*done)
    elif what == "answer":
        verdict = {str(one): one for one in Verdict}.get(word(typed, "verdict"))
        clues.answer(*done, here.counter.means, verdict=verdict, text=word(typed, "text"))
    else:
        onward = Onward(named_unit(desk, word(typed, "to")).id, _until(typed), word(typed, "note"))
        clues.pass_on(desk.session, hop, onward, desk.now, desk.caller.by, here.counter.means)


def _running(desk: Desk, clue_id: int) -> ClueHop:
    hop = clues.running(desk.session, clue_id)
    unit_id = desk.caller.unit_id
    if hop is None or (unit_id is not None and hop.to_unit_id != unit_id):
        raise AbsentError
    return hop


def seen(desk: Desk, clue_id: int) -> WholeClue:
    """Give a clue whole to whom it concerns; raises :class:`AbsentError`."""
    found = clue_list.whole(desk.session, clue_id)
    unit_id = desk.caller.unit_id
    if found is None or (unit_id is not None and not found.concerns(unit_id)):
        raise AbsentError
    return found


def _until(typed: FormData) -> datetime:
    if not (said := word(typed, "until")):
        raise DubanError("请填写答复期限。")
    return clock.end_of_day(said)
