"""From what and whom an inspection is drawn: the units of the plan, how often each was, who may go where."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from ..calendar.dates import local_day
from ..obligations.draw import Candidate, Terms
from ..obligations.errors import DubanError
from ..obligations.inspecting import Checked, barred_units
from . import inspectors
from .audiences import matches
from .duties import duty_of, plan_of
from .homes import within
from .lookback_owners import lines
from .tables import InspectedUnit, Inspection, Inspector, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.rules_duty import Inspection as Rule
    from .tables import Round

# Drawn, and not passed over: known only once it is public, so that no count betrays a draw that is secret.
COUNTS = or_(InspectedUnit.checked.is_(None), InspectedUnit.checked != str(Checked.SKIPPED))


def rule_of(session: Session, found: Round) -> Rule:
    """Give what the plan says of a round's inspection; raises :class:`DubanError` if it says nothing."""
    duty = duty_of(session, found)
    if duty is None or duty.inspection is None:
        raise DubanError(f"方案没有规定“{found.title}”要抽查，没有可准备的督查。")
    return duty.inspection


def candidates(session: Session, found: Round, now: datetime) -> ColumnElement[bool]:
    """Select the units that may be drawn for a round on the day of ``now``."""
    plan = plan_of(session, found.plan_id)
    audience = plan.audiences[rule_of(session, found).of]
    return matches(audience, local_day(now), within(session, found.slug))


def candidate_ids(session: Session, found: Round, now: datetime) -> list[int]:
    """Give the numbers of the units that may be drawn for a round."""
    return list(session.scalars(select(Unit.id).where(candidates(session, found, now)).order_by(Unit.id)))


def terms_of(session: Session, found: Round, context: str, now: datetime) -> Terms:
    """Give from what a round's inspection is drawn as things stand at ``now``."""
    rule = rule_of(session, found)
    units = tuple(_units(session, found, now))
    own = select(Inspector).join(Unit, Unit.id == Inspector.unit_id).where(within(session, found.slug))
    people = session.scalars(own.where(Inspector.active).order_by(Inspector.id)).all()
    return Terms(
        context=context,
        take=rule.units,
        units=units,
        team=rule.team,
        inspectors=tuple(Candidate(str(one.id), one.name) for one in people),
        barred=frozenset(_barred(session, people, {one.code for one in units}, found.year, now)),
    )


def times_drawn(slug: str, year: int) -> ColumnElement[int]:
    """Count how often a unit was drawn in a plan's year, for a query over units."""
    return (
        select(func.count())
        .select_from(InspectedUnit)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(
            and_(InspectedUnit.unit_id == Unit.id, Inspection.slug == slug, Inspection.year == year, COUNTS)
        )
        .correlate(Unit)
        .scalar_subquery()
    )


def _units(session: Session, found: Round, now: datetime) -> Iterator[Candidate]:
    query = select(Unit.code, Unit.name, times_drawn(found.slug, found.year))
    for code, name, times in session.execute(
        query.where(candidates(session, found, now)).order_by(Unit.code)
    ):
        yield Candidate(code, name, times)


def hindrance(session: Session, inspector_id: int, unit: Unit, year: int, now: datetime) -> str:
    """Say why an inspector of a published list cannot be sent to a unit by now; empty when they can."""
    person = session.get_one(Inspector, inspector_id)
    if not person.active:
        return f"{person.name}已停用"
    barred = any(_barred(session, [person], {unit.code}, year, now))
    return f"{person.name}须回避“{unit.name}”" if barred else ""


def _barred(
    session: Session, people: Iterable[Inspector], codes: set[str], year: int, now: datetime
) -> Iterator[tuple[str, str]]:
    """Give who may not go where: the work that is inspected is that of the year, up to the day of ``now``."""
    conflicts = inspectors.facts(session)
    own = dict(
        session.execute(select(Inspector.id, Unit.code).join(Unit, Unit.id == Inspector.unit_id))
        .tuples()
        .all()
    )
    first, last = date(year, 1, 1), local_day(now)
    barred = {one.id: barred_units(own[one.id], conflicts.get(one.id, ()), first, last) for one in people}
    # What a unit did is looked into at the unit that carries on for it.
    after = lines(session, frozenset[str]().union(*barred.values()), now)
    for id_, units in barred.items():
        carrying = set[str]().union(*(after[unit] for unit in units))
        yield from ((str(id_), code) for code in sorted(carrying & codes))
