"""The plans that are in force in a year, for whatever is entered under one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from .duties import plan_of
from .owed import hint
from .tables import PlanRevision, PlanYear

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.plan import Plan


class InForce(NamedTuple):
    """A plan as it is in force: its key, the number of its revision, and its title."""

    slug: str
    plan_id: int
    title: str


def plans_in_force(session: Session, now: datetime) -> list[InForce]:
    """Give the plans that are in force in the local year of ``now``, by key."""
    rows = session.execute(
        select(PlanYear.slug, PlanRevision.id, PlanRevision.title)
        .join(PlanRevision, PlanRevision.id == PlanYear.plan_id)
        .where(PlanYear.year == local_day(now).year)
        .order_by(PlanYear.slug)
    )
    return [InForce(*row) for row in rows]


def plan_in_force(session: Session, slug: str, now: datetime) -> Plan:
    """Give a plan that is in force; raises :class:`DubanError` naming those that are."""
    known = {one.slug: one for one in plans_in_force(session, now)}
    if slug not in known:
        year = local_day(now).year
        raise DubanError(f"{year}年没有执行方案“{slug}”{hint(slug, sorted(known))}")
    return plan_of(session, known[slug].plan_id)
