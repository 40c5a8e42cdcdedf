"""What a round's duty says in its plan, for what the round's own columns do not hold."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar import loader
from .tables import PlanRevision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from ..calendar.plan import Duty, Plan
    from .tables import Round


def plan_of(session: Session, plan_id: int) -> Plan:
    """Give a revision of a plan as it was adopted, by its number; it never changes, so it is read once."""
    row = session.get_one(PlanRevision, plan_id)
    return _read(row.content, row.slug)


def plans_of(session: Session, plan_ids: Iterable[int]) -> dict[int, Plan]:
    """Give revisions as :func:`plan_of` does, by number, in one statement however many plans there are."""
    revision = PlanRevision
    chosen = select(revision.id, revision.content, revision.slug).where(revision.id.in_(list(plan_ids)))
    rows = session.execute(chosen.order_by(revision.id))
    return {plan_id: _read(content, slug) for plan_id, content, slug in rows.tuples()}


def duty_of(session: Session, found: Round) -> Duty | None:
    """Give the duty of a round; None for a round that no duty of the plan made, such as a decision's."""
    plan = plan_of(session, found.plan_id)
    return next((duty for duty in plan.duties if duty.key == found.duty), None)


@lru_cache(maxsize=64)
def _read(content: str, slug: str) -> Plan:
    return loader.read(content, slug).plan
