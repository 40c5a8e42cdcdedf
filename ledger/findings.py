"""What is done to a finding from its being recorded to its being closed for good (整改、复查、销号).

Each act checks that it is lawful (``obligations.finding_moves``), adds a step that is never overwritten,
tells the unit by letter where it must know, and leaves an entry in the journal, last of all. ``now`` is the
server's time (UTC); ``by`` is who enters it. The finding comes locked from :func:`locked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..calendar.limits import limit_at
from ..obligations import finding_moves as moves
from ..obligations.errors import DubanError
from . import finding_letters as letters
from .asking import said
from .audiences import check_there
from .finding_recording import Found, Recorded, first_step, record, record_many
from .finding_steps import enter, locked, party, standing, take
from .finding_time import ask, extend, grant, move, refuse
from .tables import FindingStep

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from ..obligations.words import Grade
    from .means import Means
    from .tables import Finding

TAKEN_OVER = 3  # workdays at least for a unit that comes to answer for a finding

__all__ = [
    "TAKEN_OVER",
    "Change",
    "Fixed",
    "Found",
    "Recheck",
    "Recorded",
    "ask",
    "change",
    "extend",
    "first_step",
    "fix",
    "grant",
    "locked",
    "move",
    "recheck",
    "record",
    "record_many",
    "refuse",
    "refute",
    "reopen",
]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A rectification: what was done, on which local day it was complete, and who did it."""

    text: str
    done_on: date
    people: str = ""


@dataclass(frozen=True, slots=True)
class Recheck:
    """What looking again found: who looked (复查人); if it did not pass, what is lacking, and until when."""

    passed: bool
    people: str
    text: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different before the rectification, and why; None leaves a thing as it is."""

    reason: str
    unit_id: int | None = None
    grade: Grade | None = None
    measures: str | None = None
    responsible: str | None = None


def fix(session: Session, found: Finding, now: datetime, by: str, done: Fixed) -> FindingStep:
    """Take the report that a finding has been rectified; it then waits for somebody to look again.

    Raises :class:`DubanError` unless it is open and the report says what was done, and when.
    """
    text, people = said(done.text), said(done.people)
    moves.check_fix(
        *(standing(session, found), now, (by, people)),
        done_on=done.done_on,
        found_at=found.found_at,
        text=text,
    )
    row = FindingStep(kind="fixed", at=now, by=by, people=people, text=text, done_on=done.done_on)
    take(session, found, row)
    letters.recall(session, found, now, by)
    enter(session, row)
    return row


def recheck(
    session: Session, found: Finding, now: datetime, by: str, looked: Recheck, means: Means
) -> FindingStep:
    """Close a finding whose rectification has been looked at again, or send it back with a new limit.

    Raises :class:`DubanError` when nothing waits to be looked at, or those who looked had a hand in it.
    """
    here, whose = standing(session, found), party(session, found.unit_id)
    people, text = said(looked.people), said(looked.text)
    if looked.passed:
        moves.check_close(here, by, people, whose)
        row = take(session, found, FindingStep(kind="closed", at=now, by=by, people=people, text=text))
        letters.passed(session, found, row, means)
    else:
        moves.check_fail(here, now, by, people, whose, text=text, until=looked.until)
        row = FindingStep(kind="failed", at=now, by=by, people=people, text=text, until=looked.until)
        take(session, found, row, means.workdays)
        letters.failed(session, found, row, means)
    enter(session, row)
    return row


def refute(
    session: Session, found: Finding, now: datetime, by: str, means: Means, *, reason: str
) -> FindingStep:
    """Strike out what turned out to be no finding (查否), with a reason; a unit that was told is told."""
    moves.check_refute(standing(session, found), by, party(session, found.unit_id), reason=said(reason))
    row = take(session, found, FindingStep(kind="refuted", at=now, by=by, text=said(reason)))
    letters.refuted(session, found, row, means)
    enter(session, row)
    return row


def reopen(
    session: Session,
    found: Finding,
    now: datetime,
    by: str,
    *,
    reason: str,
    until: datetime | None,
    means: Means,
) -> FindingStep:
    """Open a closed finding anew because it is there again (复发); that is counted, and the unit told."""
    moves.check_reopen(standing(session, found), now, reason=said(reason), until=until)
    row = FindingStep(kind="reopened", at=now, by=by, text=said(reason), until=until)
    take(session, found, row, means.workdays)
    found.rung = 0  # the ladder climbs anew
    letters.reopened(session, found, row, means)
    enter(session, row)
    return row


def change(
    session: Session, found: Finding, now: datetime, by: str, changed: Change, means: Means
) -> FindingStep:
    """Change what is to be done, how grave it is, or who answers for it; a unit that gets it is told.

    Raises :class:`DubanError` without a reason, after the rectification, or when nothing is different.
    """
    moves.check_change(standing(session, found), reason=said(changed.reason))
    was = found.unit_id
    _set(session, found, changed, now)
    row = FindingStep(kind="changed", at=now, by=by, text=said(changed.reason), unit_id=found.unit_id)
    row.grade, row.measures, row.responsible = found.grade, found.measures, found.responsible
    if found.unit_id != was:
        # Who comes to answer for it has a few workdays at least, and the ladder climbs anew.
        row.until, found.rung = max(found.due_at, limit_at(now, TAKEN_OVER, means.workdays)), 0
    take(session, found, row, None if found.unit_id == was else means.workdays)
    if found.unit_id != was:
        letters.taken_off(session, found, was, row, means)
    letters.changed(session, found, row, means)
    enter(session, row)
    return row


def _set(session: Session, found: Finding, changed: Change, now: datetime) -> None:
    """Put the changes into the columns; what is None stays as it is."""
    check_there(session, changed.unit_id, now)
    new = {
        "unit_id": changed.unit_id,
        "grade": None if changed.grade is None else str(changed.grade),
        "measures": None if changed.measures is None else said(changed.measures),
        "responsible": None if changed.responsible is None else said(changed.responsible),
    }
    differs = {name: one for name, one in new.items() if one is not None and one != getattr(found, name)}
    if not differs:
        raise DubanError("没有任何变更；请先改动整改要求、等级、责任单位或责任人。")
    for name, one in differs.items():
        setattr(found, name, one)
