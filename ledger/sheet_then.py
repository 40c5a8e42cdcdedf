"""What a sheet said at a past moment of what can change after it has been issued."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.words import Grade
from .sheet_facts import talk_of
from .sheet_talks import Arranged
from .tables import FindingStep, JournalEntry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .tables import Finding


def grade_by(session: Session, found: Finding, by: datetime) -> Grade:
    """Give how grave a finding was taken to be at a moment."""
    query = select(FindingStep.grade).where(FindingStep.finding_id == found.id, FindingStep.at <= by)
    query = query.where(FindingStep.grade.is_not(None)).order_by(FindingStep.id.desc()).limit(1)
    return Grade(session.scalar(query) or found.grade)


def arranged_by(session: Session, sheet_id: int, by: datetime | None) -> Arranged | None:
    """Give when and where the talk of a sheet was to be, as arranged by then, or last; None for no talk."""
    if by is None:
        row = talk_of(session, sheet_id)
        return None if row is None else Arranged(row.at, row.place, row.attending, row.material)
    entry = (JournalEntry.subject == f"sheet/{sheet_id}", JournalEntry.action == "talk.arranged")
    query = select(JournalEntry.detail).where(*entry, JournalEntry.at <= by)
    detail = session.scalar(query.order_by(JournalEntry.seq.desc()).limit(1))
    if detail is None:
        return None
    said = json.loads(detail)
    at = datetime.fromisoformat(said["at"]).astimezone(UTC)
    return Arranged(at, said["place"], said["attending"], said["material"])
