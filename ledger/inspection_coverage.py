"""Which units have been inspected how often in a year; only what is public counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, or_, select

from ..calendar.dates import local_day
from .audiences import matches
from .duties import plan_of
from .inspection_terms import COUNTS
from .tables import InspectedUnit, Inspection, PlanYear, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


class Covered(NamedTuple):
    """One unit that may be drawn: how often it was this year, and when that last was to begin (UTC)."""

    unit_id: int
    code: str
    name: str
    times: int
    last_at: datetime | None


class Coverage(NamedTuple):
    """The units that the inspections of one plan may draw in a year, the least inspected first."""

    slug: str
    title: str
    units: tuple[Covered, ...]

    @property
    def reached(self) -> int:
        """Count the units that were drawn at least once."""
        return sum(one.times > 0 for one in self.units)


def coverage(session: Session, year: int, now: datetime) -> list[Coverage]:
    """Give the coverage of each plan that is in force in a year and has inspections."""
    found: list[Coverage] = []
    for one in session.scalars(select(PlanYear).where(PlanYear.year == year).order_by(PlanYear.slug)):
        plan = plan_of(session, one.plan_id)
        keys = {duty.inspection.of for duty in plan.duties if duty.inspection}
        here = [matches(plan.audiences[key], local_day(now)) for key in sorted(keys)]
        if here:
            found.append(Coverage(one.slug, plan.title, tuple(_units(session, one.slug, year, or_(*here)))))
    return found


def _units(session: Session, slug: str, year: int, here: ColumnElement[bool]) -> list[Covered]:
    drawn = (
        select(
            InspectedUnit.unit_id.label("unit_id"),
            func.count().label("times"),
            func.max(func.coalesce(Inspection.begun_at, Inspection.begins_at)).label("last_at"),
        )
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Inspection.slug == slug, Inspection.year == year, COUNTS)
        .group_by(InspectedUnit.unit_id)
        .subquery()
    )
    times = func.coalesce(drawn.c.times, 0)
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.name, times, drawn.c.last_at)
        .outerjoin(drawn, drawn.c.unit_id == Unit.id)
        .where(here)
        .order_by(times, Unit.code)
    )
    return [Covered(*row) for row in rows]
