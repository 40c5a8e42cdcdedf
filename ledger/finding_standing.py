"""The steps of findings as the rules read them, and the columns of a finding that repeat where they lead.

The journal's proof reads them too, so nothing here knows of the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.findings import Step, StepKind
from .tables import FindingStep

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

MIRRORED = (
    *("due_at", "fixed_at", "fixed_on", "fixed_by", "closed_at", "closed_by", "refuted", "reopened", "late"),
    *("climbs", "listed_at", "delisted_at"),
)


def steps_of(session: Session, ids: Collection[int]) -> Mapping[int, list[Step]]:
    """Give the steps of some findings, each in the order in which they happened."""
    found: dict[int, list[Step]] = {}
    rows = select(FindingStep).where(FindingStep.finding_id.in_(ids)).order_by(FindingStep.id)
    for row in session.scalars(rows):
        found.setdefault(row.finding_id, []).append(
            Step(StepKind(row.kind), row.at, row.by, row.people, row.until, row.done_on, row.unit_id)
        )
    return found
