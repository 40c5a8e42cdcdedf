"""Holds the columns of findings, on which lists and counts rest, against their steps; reads in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..obligations.findings import called, standing_of
from .finding_standing import MIRRORED, steps_of
from .tables import Finding, FindingStep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from ..obligations.findings import Step

CHUNK = 500
ANSWERED = ("unit_id", "grade", "measures", "responsible")


def standings(session: Session) -> str | None:
    """Give the first finding whose columns are not what its steps come to, as a Chinese sentence, or None."""
    ids = list(session.scalars(select(Finding.id).order_by(Finding.id)))
    for start in range(0, len(ids), CHUNK):
        if wrong := _wrong(session, ids[start : start + CHUNK]):
            return wrong
    return None


def _wrong(session: Session, ids: Sequence[int]) -> str | None:
    steps, answered = steps_of(session, ids), _answered(session, ids)
    query = select(Finding).where(Finding.id.in_(ids)).order_by(Finding.id)
    for row in session.scalars(query.execution_options(populate_existing=True)):
        if not _holds(row, steps.get(row.id, []), answered):
            named = f"{called(row.year, row.number)}隐患（{row.id}号）"
            return f"{named}，账簿所记的情况与登记、整改、复查的记录不符"
    return None


def _holds(row: Finding, steps: Sequence[Step], answered: Mapping[int, FindingStep]) -> bool:
    if row.id not in answered or not steps:
        return False
    last = answered[row.id]
    if any(getattr(row, name) != getattr(last, name) for name in ANSWERED):
        return False
    here = standing_of(steps)
    asked = here.asked.at if here.asked else None
    named = all(getattr(row, name) == getattr(here, name) for name in MIRRORED)
    return named and (row.state, row.asked_at) == (str(here.state), asked)


def _answered(session: Session, ids: Sequence[int]) -> dict[int, FindingStep]:
    """Give the latest step of each finding that says who answers for it, and for what."""
    last = (
        select(func.max(FindingStep.id))
        .where(FindingStep.finding_id.in_(ids), FindingStep.unit_id.is_not(None))
        .group_by(FindingStep.finding_id)
    )
    rows = session.scalars(select(FindingStep).where(FindingStep.id.in_(last)))
    return {row.finding_id: row for row in rows}
