"""Bulletins and summaries as pages and binders list them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from ..obligations.circular_names import CircularKind, CircularState
from .tables import Circular, Obligation, Round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_NEWS: Final = timedelta(days=30)  # so long a bulletin stands on the list of a unit
_SHOWN: Final = 40


def find(session: Session, circular_id: int) -> Circular | None:
    """Give one by its number."""
    return session.get(Circular, circular_id)


def drafts(session: Session) -> list[Circular]:
    """Give those that wait for a signature, the earliest first."""
    query = select(Circular).where(Circular.state == str(CircularState.DRAFT))
    return list(session.scalars(query.order_by(Circular.as_of, Circular.id)))


def waiting(session: Session) -> int:
    """Count the drafts."""
    drafts = select(func.count()).select_from(Circular).where(Circular.state == str(CircularState.DRAFT))
    return session.scalar(drafts) or 0


def issued(session: Session) -> list[Circular]:
    """Give the latest that were issued, the last first."""
    query = select(Circular).where(Circular.issued_at.is_not(None))
    return list(session.scalars(query.order_by(Circular.issued_at.desc(), Circular.id.desc()).limit(_SHOWN)))


def filed(session: Session, slug: str, year: int, as_of: datetime) -> dict[int, Circular]:
    """Give what of a plan's year had been issued by ``as_of``, by quarter (0 for the summary)."""
    query = select(Circular).where(Circular.slug == slug, Circular.year == year, Circular.issued_at <= as_of)
    return {one.quarter: one for one in session.scalars(query)}


def declined(session: Session, slug: str, year: int, as_of: datetime) -> dict[int, Circular]:
    """Give by quarter (0 for the summary) the last draft by ``as_of``, where it had been dropped by then."""
    made = (Circular.slug == slug, Circular.year == year, Circular.made_at <= as_of)
    last = {one.quarter: one for one in session.scalars(select(Circular).where(*made).order_by(Circular.id))}
    return {
        quarter: one
        for quarter, one in last.items()
        if one.dropped_at is not None and one.dropped_at <= as_of
    }


def content(session: Session, circular_id: int) -> bytes:
    """Give the bytes of what was issued, as they left."""
    return session.scalar(select(Circular.content).where(Circular.id == circular_id)) or b""


def of_unit(session: Session, unit_id: int, now: datetime, circular_id: int | None = None) -> list[Circular]:
    """Give the bulletins of the last month that concern a unit; or that one, however old it is."""
    owes = select(Obligation.id).join(Round, Round.id == Obligation.round_id)
    mine = owes.where(
        *(Round.slug == Circular.slug, Round.year == Circular.year, Obligation.unit_id == unit_id)
    )
    query = select(Circular).where(Circular.kind == str(CircularKind.BULLETIN), mine.exists())
    if circular_id is None:
        query = query.where(Circular.issued_at > now - _NEWS)
    else:
        query = query.where(Circular.issued_at.is_not(None), Circular.id == circular_id)
    return list(session.scalars(query.order_by(Circular.issued_at.desc(), Circular.id)))
