"""What waits of inspections: draws to be made, results to be entered; what a unit knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..obligations.inspecting import InspectionState
from .tables import Finding, InspectedFinding, InspectedUnit, Inspection, PlanRevision, Round

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def to_draw(session: Session) -> int:
    """Count the inspections that wait to be drawn."""
    here = Inspection.state == str(InspectionState.PREPARED)
    return session.scalar(select(func.count()).select_from(Inspection).where(here)) or 0


def to_enter(session: Session) -> int:
    """Count the units of inspections under way that have no result yet."""
    here = (Inspection.state == str(InspectionState.BEGUN), InspectedUnit.checked.is_(None))
    joined = select(func.count()).join(Inspection, Inspection.id == InspectedUnit.inspection_id)
    return session.scalar(joined.select_from(InspectedUnit).where(*here)) or 0


def to_unit(session: Session, unit_id: int, now: datetime) -> list[tuple[InspectedUnit, Inspection]]:
    """Give the inspections that a unit knows of and that have no result yet, those about to begin first."""
    rows = session.execute(
        select(InspectedUnit, Inspection)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(
            InspectedUnit.unit_id == unit_id, InspectedUnit.checked.is_(None), Inspection.prepared_at <= now
        )
        .order_by(Inspection.begins_at)
    )
    return list(rows.tuples())


def of_unit(session: Session, part_id: int, unit_id: int) -> tuple[InspectedUnit, Inspection] | None:
    """Give one inspection of a unit by the number of its row; None for what is another's."""
    rows = session.execute(
        select(InspectedUnit, Inspection)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(InspectedUnit.id == part_id, InspectedUnit.unit_id == unit_id)
    )
    return rows.tuples().one_or_none()


def findings_of(session: Session, part: InspectedUnit, since: datetime) -> list[Finding]:
    """Give the findings of a unit since a moment that came of no inspection yet, the latest first."""
    free = InspectedFinding.finding_id.is_(None)
    return list(
        session.scalars(
            select(Finding)
            .outerjoin(InspectedFinding, InspectedFinding.finding_id == Finding.id)
            .where(Finding.unit_id == part.unit_id, Finding.found_at >= since, free)
            .order_by(Finding.id.desc())
        )
    )


def plan_of(session: Session, one: Inspection) -> str:
    """Give the title of the plan on which an inspection rests."""
    joined = select(PlanRevision.title).join(Round, Round.plan_id == PlanRevision.id)
    return session.scalars(joined.where(Round.id == one.round_id)).one()
