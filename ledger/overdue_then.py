"""All that was overdue on a past day, in order: it is judged from the facts once and can change no more."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from .late import OverdueFilters, late
from .late_order import Sort, in_order
from .overdue_sums import Sums, sums

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session


class Then(NamedTuple):
    """The numbers of the obligations in the order of a list, and what stands above it."""

    ids: array[int]
    sums: Sums


def then(session: Session, filters: OverdueFilters, as_of: datetime, sort: Sort) -> Then:
    """Give all that was overdue at ``as_of``. Raises :class:`DubanError` as ``overdue.page`` does."""
    found = late(filters, as_of, today=False)
    if sort not in (Sort.LONGEST, Sort.SHORTEST):
        ids = array("q", in_order(session, found, as_of, sort))
        return Then(ids, sums(session, filters, as_of, today=False))
    # In one statement what would be two: looking at the facts costs more than fetching what is found.
    alike = (found.c.due_at, found.c.round_id, found.c.unit_id)
    rows = session.execute(select(found.c.id, found.c.unit_id).order_by(*alike)).all()
    ids = array("q", (row[0] for row in rows))
    total = Sums(len(ids), len({row[1] for row in rows}), _due(session, found, ids[0]) if ids else None)
    return Then(ids if sort is Sort.LONGEST else ids[::-1], total)


def _due(session: Session, found: Subquery, id_: int) -> datetime | None:
    return session.scalar(select(found.c.due_at).where(found.c.id == id_))
