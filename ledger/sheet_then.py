"""What a sheet said at a past moment of what can change after it has been issued."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from ..obligations.words import Grade
from .sheet_facts import talk_of
from .sheet_prefill import Before
from .sheet_talks import Arranged
from .tables import FindingStep, JournalEntry, Obligation, PlanRevision, Round, Sheet, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from .tables import Finding

_CHUNK = 500


def issued(session: Session, ids: Sequence[int]) -> Iterator[tuple[Sheet, list[Before]]]:
    """Give sheets by their numbers, in this order, each with those that went before in its matter."""
    alive: list[object] = []  # while they are held, the session need not read them again for each sheet
    alive += [*session.scalars(select(Unit)), *session.scalars(select(PlanRevision))]
    for start in range(0, len(ids), _CHUNK):
        chosen = ids[start : start + _CHUNK]
        rows = {row.id: row for row in session.scalars(select(Sheet).where(Sheet.id.in_(chosen)))}
        owed = [row.obligation_id for row in rows.values() if row.obligation_id is not None]
        matters = [*session.scalars(select(Obligation).where(Obligation.id.in_(owed)))]
        alive += session.scalars(select(Round).where(Round.id.in_({row.round_id for row in matters})))
        yield from with_earlier(session, [rows[id_] for id_ in chosen])


def with_earlier(session: Session, some: Sequence[Sheet]) -> list[tuple[Sheet, list[Before]]]:
    """Give each sheet with those issued before it in its matter, and then not withdrawn, the earliest first.

    For a draft, those issued before it was drawn up.
    """
    owed = {one.obligation_id for one in some} - {None}
    found = {one.finding_id for one in some} - {None}
    about = or_(Sheet.obligation_id.in_(owed), Sheet.finding_id.in_(found))
    rows = session.scalars(
        select(Sheet).where(about, Sheet.issued_at.is_not(None)).order_by(Sheet.issued_at, Sheet.id)
    )
    by_matter: dict[tuple[int | None, int | None], list[Sheet]] = {}
    for row in rows:
        by_matter.setdefault((row.obligation_id, row.finding_id), []).append(row)
    return [(one, _earlier(one, by_matter.get((one.obligation_id, one.finding_id), []))) for one in some]


def _earlier(one: Sheet, same: Sequence[Sheet]) -> list[Before]:
    until = one.issued_at or one.made_at
    return [
        Before(row.id, row.rung, row.year, row.number or 0, row.issued_at)
        for row in same
        if row.id != one.id
        and row.issued_at is not None
        and row.issued_at <= until
        and (row.withdrawn_at is None or row.withdrawn_at > until)
    ]


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
