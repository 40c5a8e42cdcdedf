"""Which units have been inspected how often in a year, and whether the draws to come can reach the rest.

Only what is public counts: of a draw that is secret no count tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, or_, select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from .audiences import matches
from .duties import duty_of, plan_of, plans_of
from .homes import within
from .inspection_terms import COUNTS, rule_of
from .tables import InspectedUnit, Inspection, Lot, PlanYear, Round, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..obligations.draw import Terms


class Covered(NamedTuple):
    """One unit that may be drawn: how often it was this year, and when that last was to begin (UTC)."""

    unit_id: int
    code: str
    name: str
    times: int
    last_at: datetime | None


class Coverage(NamedTuple):
    """The units that the inspections of one plan may draw in a year, the least inspected first.

    ``ahead`` is how many the draws that are not public yet can still take; ``cover`` tells whether the plan
    wants each unit inspected within the year.
    """

    slug: str
    title: str
    units: tuple[Covered, ...]
    ahead: int = 0
    cover: bool = False

    @property
    def reached(self) -> int:
        """Count the units that were drawn at least once."""
        return sum(one.times > 0 for one in self.units)

    @property
    def lacking(self) -> int:
        """Count the units that the draws to come cannot reach; none if the plan does not want all of them."""
        return max(len(self.units) - self.reached - self.ahead, 0) if self.cover else 0


def coverage(session: Session, year: int, now: datetime) -> list[Coverage]:
    """Give the coverage of each plan that is in force in a year and has inspections."""
    found: list[Coverage] = []
    known = session.scalars(select(PlanYear).where(PlanYear.year == year).order_by(PlanYear.slug)).all()
    plans = plans_of(session, [one.plan_id for one in known])
    for one in known:
        plan = plans[one.plan_id]
        rules = [duty.inspection for duty in plan.duties if duty.inspection]
        audiences = [plan.audiences[key] for key in sorted({rule.of for rule in rules})]
        if audiences:
            home = within(session, one.slug)
            here = [matches(audience, local_day(now), home) for audience in audiences]
            units = tuple(_units(session, one.slug, year, or_(*here)))
            ahead, cover = _ahead(session, one.slug, year), any(rule.cover for rule in rules)
            found.append(Coverage(one.slug, plan.title, units, ahead, cover))
    return found


def refuse_to_leave_out(session: Session, one: Inspection, published: Terms, current: Terms) -> None:
    """Raise :class:`DubanError` when to draw from old counts might leave a unit out for the whole year.

    Since the list was published, units of it were inspected by another draw, or may be by one that is still
    secret. It may take them once more nevertheless, as long as the draws that are left after it suffice for
    all that were not inspected yet. Only what is public decides, so that a refusal betrays nothing.
    """
    known = {each.code: each.times for each in published.units}
    stale = sum(known[each.code] < each.times for each in current.units)
    left = sum(each.times == 0 for each in current.units)
    secret = _sealed(session, one.slug, one.year)
    others = _ahead(session, one.slug, one.year) - published.take - secret
    rule = rule_of(session, session.get_one(Round, one.round_id))
    if not rule.cover or left <= others + max(published.take - stale, secret, 0):
        return
    if secret and left <= others + secret + published.take - stale:
        raise DubanError(
            "还有已抽签、尚未公开的督查；余下的次数不多，现在抽签可能重复，今年可能有单位一次也查不到。"
            "请等它开始、公开以后，重新公布名单，再抽签。"
        )
    if stale:
        raise DubanError(
            f"名单公布以后，其中{stale}个单位已在别的督查中查过；余下的次数不多，照旧名单抽，"
            "今年可能有单位一次也查不到。请先重新公布名单，再抽签。"
        )


def _sealed(session: Session, slug: str, year: int) -> int:
    """Count the units that draws of a plan's year have taken which are secret yet."""
    rows = session.scalars(
        select(Round)
        .join(Inspection, Inspection.round_id == Round.id)
        .join(Lot, Lot.id == Inspection.lot_id)
        .where(Inspection.slug == slug, Inspection.year == year)
        .where(Inspection.state == str(InspectionState.DRAWN), Lot.revealed_at.is_(None))
    )
    return sum(rule_of(session, one).units for one in rows)


def _ahead(session: Session, slug: str, year: int) -> int:
    """Count the units that inspections of a plan's year can still draw, those that are secret among them."""
    here = (PlanYear.slug == slug, PlanYear.year == year)
    plan_id = session.scalar(select(PlanYear.plan_id).where(*here))
    keys = [duty.key for duty in plan_of(session, plan_id).duties if duty.inspection] if plan_id else []
    rows = session.scalars(
        select(Round)
        .outerjoin(Inspection, Inspection.round_id == Round.id)
        .outerjoin(Lot, Lot.id == Inspection.lot_id)
        .where(Round.slug == slug, Round.year == year, Round.duty.in_(keys), Round.skipped_at.is_(None))
        .where(Lot.revealed_at.is_(None), or_(Round.locked_at.is_(None), Inspection.id.is_not(None)))
    )
    duties = [duty_of(session, one) for one in rows]
    return sum(duty.inspection.units for duty in duties if duty and duty.inspection)


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
