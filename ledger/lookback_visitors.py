"""Who may make a revisit: nobody who had a hand in what is visited, nor the unit that answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import looking_back as rules
from .finding_steps import party
from .lookback_owners import lines
from .tables import Finding, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .tables import Revisit


def check_unit(session: Session, one: Revisit, visitor_id: int | None, now: datetime) -> None:
    """Raise :class:`DubanError` for a unit that answers or answered for it, or carries on for such a one."""
    if visitor_id is not None:
        rules.check_visitor(_line(session, [visitor_id], now), _line(session, _answering(session, one), now))


def check_people(session: Session, one: Revisit, people: str) -> None:
    """Raise :class:`DubanError` for people who rectified or closed what is visited, or are of its unit."""
    found = session.get_one(Finding, one.finding_id) if one.finding_id is not None else None
    fixed_by, closed_by = (found.fixed_by or "", found.closed_by or "") if found else ("", "")
    for unit_id in _answering(session, one):
        rules.check_people(people, fixed_by, closed_by, party(session, unit_id))


def _answering(session: Session, one: Revisit) -> list[int]:
    """Give who answers for what is visited, and who answered for its finding when that was put right."""
    known = select(Finding.unit_id).where(Finding.id == one.finding_id)
    return sorted({one.unit_id, *session.scalars(known)})


def _line(session: Session, unit_ids: Iterable[int], now: datetime) -> frozenset[str]:
    codes = session.scalars(select(Unit.code).where(Unit.id.in_(unit_ids)))
    return frozenset[str]().union(*lines(session, codes, now).values())
