"""How a step of a finding is taken: a row beside it, its columns brought up to date.

The finding comes locked from :func:`locked`. What a step leaves in the journal the caller enters, last of
all.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import ZONE, local_day
from ..obligations.finding_moves import Party
from ..obligations.findings import Standing, Step, StepKind, standing_of
from ..obligations.words import FindingState
from . import journal
from .kept_findings import STEPS
from .tables import Contact, Finding, FindingStep, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays

WARNING = 3  # workdays before the limit on which a unit is reminded
MIRRORED = (
    *("due_at", "fixed_at", "fixed_on", "fixed_by", "closed_at", "closed_by", "refuted", "reopened", "late"),
    *("listed_at", "delisted_at"),
)


def locked(session: Session, finding_id: int) -> Finding | None:
    """Give a finding by its number, locked until the transaction ends."""
    return session.scalar(select(Finding).where(Finding.id == finding_id).with_for_update(key_share=True))


def steps_of(session: Session, ids: Collection[int]) -> Mapping[int, list[Step]]:
    """Give the steps of some findings, each in the order in which they happened."""
    found: dict[int, list[Step]] = {}
    rows = select(FindingStep).where(FindingStep.finding_id.in_(ids)).order_by(FindingStep.id)
    for row in session.scalars(rows):
        found.setdefault(row.finding_id, []).append(
            Step(StepKind(row.kind), row.at, row.by, row.people, row.until, row.done_on)
        )
    return found


def standing(session: Session, found: Finding) -> Standing:
    """Give where a finding stands, from its steps."""
    return standing_of(steps_of(session, [found.id])[found.id])


def party(session: Session, found: Finding) -> Party:
    """Give the unit that rectifies, with the people known to be of it, also those who have left."""
    names = session.scalars(select(Contact.name).where(Contact.unit_id == found.unit_id))
    return Party(session.get_one(Unit, found.unit_id).name, frozenset(names))


def take(session: Session, found: Finding, row: FindingStep, workdays: Workdays | None = None) -> FindingStep:
    """Add a step to a finding and bring it up; with ``workdays``, plan its next reminder anew."""
    row.finding_id = found.id
    session.add(row)
    session.flush()
    here = standing(session, found)
    bring_up(found, here)
    if here.state is not FindingState.OPEN:
        found.next_at = None
    elif workdays is not None:
        found.next_at = next_reminder(here.due_at, row.at, workdays)
    session.flush()
    return row


def bring_up(found: Finding, here: Standing) -> None:
    """Bring the columns of a finding up to where its steps leave it."""
    found.state = str(here.state)
    found.asked_at = here.asked.at if here.asked else None
    for name in MIRRORED:
        setattr(found, name, getattr(here, name))


def enter(session: Session, row: FindingStep) -> None:
    """Enter a step in the journal."""
    journal.append(session, row.at, row.by, *note_of(row))


def note_of(row: FindingStep) -> journal.Note:
    """Give what the journal is to say of a step that has been flushed."""
    return journal.Note(f"finding.{row.kind}", f"finding/{row.finding_id}", STEPS.said(row))


def next_reminder(due_at: datetime, now: datetime, workdays: Workdays) -> datetime:
    """Give when a unit is next reminded (UTC): three workdays before the limit, or when it has passed."""
    early = datetime.combine(workdays.shift(local_day(due_at), -WARNING), time(), ZONE).astimezone(UTC)
    return early if early > now else due_at + timedelta(seconds=1)
