"""In what order the overdue are listed, and which of them are on a page; the database sorts and counts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, literal_column, select

from ..obligations.errors import DubanError
from .tables import Round, Unit
from .told import reminded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlalchemy.orm import Session

MOST_COUNTED = 5_000  # rows whose reminders are counted to sort by them


class Sort(StrEnum):
    """In what order to list; what is alike comes by due moment, round and unit."""

    LONGEST = "longest"
    SHORTEST = "shortest"
    UNIT = "unit"
    ROUND = "round"
    MOST_TOLD = "most_told"
    LEAST_TOLD = "least_told"
    LAST_TOLD = "last_told"


class Window(NamedTuple):
    """Which rows of a list to show."""

    offset: int = 0
    limit: int = 50


FIRST = Window()


class Found(NamedTuple):
    """The ids on a page, in order, and how many there are in all."""

    ids: Sequence[int]
    total: int


def on_page(
    session: Session, late: Subquery, as_of: datetime, sort: Sort, window: Window, *, today: bool
) -> Found:
    """Give the ids on one page of ``late``, a subquery with id, round_id, unit_id and due_at.

    Raises :class:`DubanError` when more than 5,000 were to be sorted by their reminders.
    """
    if sort in _GROUPS:
        return _grouped(session, late, sort, window)
    if today or sort in _BY_REMINDERS:
        total = _count(session, late, sort)
        return Found(
            session.scalars(_cut(_sorted(select(late.c.id), late, as_of, sort), window)).all(), total
        )
    return _at_once(session, late, as_of, sort, window)


def in_order(session: Session, late: Subquery, as_of: datetime, sort: Sort) -> Sequence[int]:
    """Give all ids of ``late`` in order. Raises as :func:`on_page` does."""
    if sort in _GROUPS:
        column = _GROUPS[sort].of(late)
        rows = session.execute(select(late.c.id, column).order_by(*_alike(late))).all()
        ranks = _ranks(session, sort, {group for _, group in rows})
        return [id_ for id_, _ in sorted(rows, key=lambda row: ranks[row[1]])]
    if sort in _BY_REMINDERS:
        _count(session, late, sort)
    return session.scalars(_sorted(select(late.c.id), late, as_of, sort)).all()


def _cut(query: Select[Any], window: Window) -> Select[Any]:
    return query.offset(window.offset).limit(window.limit)


def _alike(late: Subquery) -> tuple[ColumnElement[Any], ...]:
    return (late.c.due_at, late.c.round_id, late.c.unit_id)


def _count(session: Session, late: Subquery, sort: Sort) -> int:
    total = session.scalar(select(func.count()).select_from(late)) or 0
    if sort in _BY_REMINDERS and total > MOST_COUNTED:
        raise DubanError(
            f"共有{total}条逾期，按提醒情况排序最多{MOST_COUNTED}条；请先按方案、期次或单位缩小范围。"
        )
    return total


def _at_once(session: Session, late: Subquery, as_of: datetime, sort: Sort, window: Window) -> Found:
    """Do in one statement what would be two: looking at the facts costs more than counting what is found."""
    both = select(late.c.id, func.count().over())
    rows = session.execute(_cut(_sorted(both, late, as_of, sort), window)).all()
    if not rows and window.offset:
        return Found([], _count(session, late, sort))
    return Found([row[0] for row in rows], rows[0][1] if rows else 0)


def _sorted(query: Select[Any], late: Subquery, as_of: datetime, sort: Sort) -> Select[Any]:
    if sort in _BY_REMINDERS:
        return _sorted_by_reminders(query, late, as_of, sort)
    alike = _alike(late)
    return query.order_by(*(column.desc() for column in alike) if sort is Sort.SHORTEST else alike)


_BY_REMINDERS = frozenset({Sort.MOST_TOLD, Sort.LEAST_TOLD, Sort.LAST_TOLD})


def _sorted_by_reminders(query: Select[Any], late: Subquery, as_of: datetime, sort: Sort) -> Select[Any]:
    told = reminded(select(late.c.id), as_of)
    query = query.outerjoin(told, told.c.obligation_id == late.c.id)
    times = func.coalesce(told.c.times, 0)
    never = told.c.last_at.is_(None)  # the two databases sort nulls differently
    keys: dict[Sort, tuple[ColumnElement[Any], ...]] = {
        Sort.MOST_TOLD: (times.desc(),),
        Sort.LEAST_TOLD: (times,),
        Sort.LAST_TOLD: (never, told.c.last_at.desc()),
    }
    return query.order_by(*keys[sort], *_alike(late))


class _Group(NamedTuple):
    """A table whose rows are few, by whose name to sort: what is listed refers to it by ``key``."""

    key: str
    table: type[Unit | Round]
    name: ColumnElement[str]

    def of(self, late: Subquery) -> ColumnElement[int]:
        return late.c[self.key]


_GROUPS = {
    Sort.UNIT: _Group("unit_id", Unit, Unit.__table__.c.code),
    Sort.ROUND: _Group("round_id", Round, Round.__table__.c.title),
}


def _grouped(session: Session, late: Subquery, sort: Sort, window: Window) -> Found:
    """Count by group first, so that only the groups on the page are read: a join sorts all for one page.

    PostgreSQL also expects few rows of the past, and would walk all units for each of a hundred thousand.
    """
    group = _GROUPS[sort].of(late)
    # The sum hides the column from SQLite, which would walk the index of all units for the order of groups.
    hidden = group + literal_column("0")
    counted = session.execute(select(hidden, func.count()).select_from(late).group_by(hidden))
    counts = dict(counted.tuples().all())
    ranks = _ranks(session, sort, counts)
    wanted, skipped = _wanted(sorted(counts.items(), key=lambda one: ranks[one[0]]), window)
    here = session.execute(select(late.c.id, group).where(group.in_(wanted)).order_by(*_alike(late))).all()
    ids = [id_ for id_, _ in sorted(here, key=lambda row: ranks[row[1]])]
    first = window.offset - skipped
    return Found(ids[first : first + window.limit], sum(counts.values()))


def _ranks(session: Session, sort: Sort, ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Give by what each group is sorted, in the order of code points, whatever the database's own is."""
    table, name = _GROUPS[sort].table, _GROUPS[sort].name
    rows = session.execute(select(table.id, name))
    return {id_: (text, id_) for id_, text in rows if id_ in ids}


def _wanted(counts: list[tuple[int, int]], window: Window) -> tuple[list[int], int]:
    """Give the groups of which something is on the page, and how many rows come before the first of them."""
    wanted: list[int] = []
    before = skipped = 0
    for id_, count in counts:
        if before + count <= window.offset:
            skipped = before + count
        elif before < window.offset + window.limit:
            wanted.append(id_)
        before += count
    return wanted, skipped
