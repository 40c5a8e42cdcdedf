"""Where a plan in force names units literally, so that it must be changed when they close or merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar import loader
from ..calendar.dates import local_day
from .tables import PlanRevision, PlanYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.plan import Audience
    from .tables import Unit

HOW = {"units": "点名列入", "under": "以其下级为范围", "except": "点名除外"}


class Naming(NamedTuple):
    """A unit named in an audience of a plan in force; ``how`` is a key of :data:`HOW`."""

    slug: str
    title: str
    revision: int
    audience: str
    how: str
    name: str


def namings(session: Session, units: Sequence[Unit], now: datetime) -> list[Naming]:
    """Give where plans in force this year or later name one of these units, by code or name."""
    names = {unit.code for unit in units} | {unit.name for unit in units}
    in_force = session.scalars(
        select(PlanRevision)
        .where(PlanRevision.id.in_(select(PlanYear.plan_id).where(PlanYear.year >= local_day(now).year)))
        .order_by(PlanRevision.slug, PlanRevision.revision)
    )
    return [naming for plan in in_force for naming in _of_plan(plan, names)]


def _of_plan(revision: PlanRevision, names: set[str]) -> Iterator[Naming]:
    plan = loader.read(revision.content, f"{revision.slug}.yaml").plan
    for audience in plan.audiences.values():
        for how, name in _literal(audience):
            if name in names:
                yield Naming(revision.slug, revision.title, revision.revision, audience.name, how, name)


def _literal(audience: Audience) -> Iterator[tuple[str, str]]:
    yield from (("units", name) for name in audience.units)
    yield from (("except", name) for name in audience.except_)
    if audience.under is not None:
        yield "under", audience.under
