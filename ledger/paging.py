"""Long lists in parts that a reader asks for one after the other.

A part goes on after the last number of the one before, so what is added meanwhile does not shift the parts,
and the last part costs no more than the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session


class Cut(NamedTuple):
    """Which part: at most ``limit`` rows whose number is above ``after``."""

    after: int = 0
    limit: int = 100


class Part(NamedTuple):
    """Some rows in the order of their numbers; ``next`` is after which the next part begins, if there is one.

    The number is the first column.
    """

    rows: Sequence[Row[Any]]
    next: int | None


def part(session: Session, query: Select[Any], number: InstrumentedAttribute[int], cut: Cut) -> Part:
    """Give a part of what a query selects; its first column is the number."""
    asked = query.where(number > cut.after).order_by(number).limit(cut.limit + 1)
    rows = session.execute(asked).all()
    if len(rows) <= cut.limit:
        return Part(rows, None)
    kept = rows[: cut.limit]
    return Part(kept, kept[-1][0])
