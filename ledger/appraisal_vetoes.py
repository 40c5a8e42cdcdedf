"""Vetoes (一票否决) entered against units in the period of a run, and which of them stood when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from .tables import AppraisalEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .tables import AppraisalRun


def entered(session: Session, run: AppraisalRun, unit_id: int | None = None) -> Sequence[AppraisalEntry]:
    """Give all vetoes of a run's period, of one unit if it is named, in the order of their entry."""
    query = select(AppraisalEntry).where(
        AppraisalEntry.slug == run.slug, AppraisalEntry.period == run.period, AppraisalEntry.kind == "veto"
    )
    if unit_id is not None:
        query = query.where(AppraisalEntry.unit_id == unit_id)
    return session.scalars(query.order_by(AppraisalEntry.id)).all()


def standing(
    session: Session, run: AppraisalRun, by: datetime | None = None
) -> defaultdict[int, list[AppraisalEntry]]:
    """Give the vetoes that are signed and not withdrawn, now or ``by`` then (UTC), by unit."""
    found: defaultdict[int, list[AppraisalEntry]] = defaultdict(list)
    for one in entered(session, run):
        if happened(one.signed_at, by) and not happened(one.withdrawn_at, by):
            found[one.unit_id].append(one)
    return found


def happened(at: datetime | None, by: datetime | None) -> bool:
    """Tell whether what is dated ``at`` has happened, ``by`` then if that is given."""
    return at is not None and (by is None or at <= by)
