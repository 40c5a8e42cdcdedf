"""Which rules of the ladder hold for a matter: those in force on the day on which it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..calendar.rules_ladder import in_force
from .duties import plan_of
from .tables import Finding, Obligation, PlanRevision, Round

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.rules_ladder import LadderRules
    from .tables import Sheet


def rules_of(session: Session, found: Sheet) -> LadderRules:
    """Give the rules for what a sheet is about; without an obligation or finding, those of its own day."""
    return rules_for(session, found.series, found.obligation_id, found.finding_id, found.made_at)


def rules_for(
    session: Session, series: str, obligation_id: int | None, finding_id: int | None, at: datetime
) -> LadderRules:
    """Give the rules for an obligation's round, a finding of a plan (its slug), or what begins at ``at``."""
    if obligation_id is not None:
        began = select(Round.plan_id, Round.opens_at).join(Obligation, Obligation.round_id == Round.id)
        plan_id, day = session.execute(began.where(Obligation.id == obligation_id)).tuples().one()
        return in_force(plan_of(session, plan_id).ladder, local_day(day))
    if finding_id is not None:
        at = session.get_one(Finding, finding_id).found_at
    return in_force(plan_of(session, latest_plan(session, series).id).ladder, local_day(at))


def latest_plan(session: Session, slug: str) -> PlanRevision:
    """Give the latest revision of a plan that the book has."""
    query = select(PlanRevision).where(PlanRevision.slug == slug).order_by(PlanRevision.revision.desc())
    return session.scalars(query.limit(1)).one()
