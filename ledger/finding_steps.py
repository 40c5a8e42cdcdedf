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
from ..obligations.findings import Standing, standing_of
from ..obligations.words import FindingState
from . import journal
from .finding_standing import MIRRORED, steps_of
from .kept_findings import STEPS
from .tables import Contact, Finding, FindingStep, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays

WARNING = 3  # workdays before the limit on which a unit is reminded


def locked(session: Session, finding_id: int) -> Finding | None:
    """Give a finding by its number, locked until the transaction ends."""
    return session.scalar(select(Finding).where(Finding.id == finding_id).with_for_update(key_share=True))


def standing(session: Session, found: Finding) -> Standing:
    """Give where a finding stands, from its steps."""
    return standing_of(steps_of(session, [found.id])[found.id])


def party(session: Session, unit_id: int) -> Party:
    """Give a unit that rectifies, with the people known to be of it, also those who have left."""
    names = session.scalars(select(Contact.name).where(Contact.unit_id == unit_id))
    return Party(session.get_one(Unit, unit_id).name, frozenset(names))


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
