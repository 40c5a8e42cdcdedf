"""What stands above the supervisor's list, and what it may be filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import distinct, exists, func, literal_column, or_, select

from .late import OverdueFilters, late
from .tables import Round, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select, Subquery
    from sqlalchemy.orm import Session


MOST = 500  # names that a page offers to choose from


class Sums(NamedTuple):
    """How much is overdue: obligations, the units that owe them, and the earliest due moment (UTC)."""

    items: int
    units: int
    since: datetime | None


class Named(NamedTuple):
    """Something to choose, by its key."""

    key: str
    name: str


class NamedUnit(NamedTuple):
    """A unit that somebody named."""

    id: int
    code: str
    name: str


class NamedRound(NamedTuple):
    """A round to choose."""

    id: int
    slug: str
    title: str


def sums(
    session: Session, filters: OverdueFilters, as_of: datetime, *, today: bool, items: int | None = None
) -> Sums:
    """Sum up all that :func:`overdue.page` lists; ``items`` is how many that are, if it is known."""
    found = late(filters, as_of, today=today)
    if today:
        return _sums_now(session, filters, found, items)
    # Counting by unit first lets the database sort a few hundred numbers instead of every row.
    by_unit = (
        select(func.count().label("many"), func.min(found.c.due_at).label("since"))
        .group_by(found.c.unit_id)
        .subquery()
    )
    query = select(func.sum(by_unit.c.many), func.count(), func.min(by_unit.c.since))
    items, units, since = session.execute(query.select_from(by_unit)).one()
    return Sums(int(items or 0), units, since)


def _sums_now(session: Session, filters: OverdueFilters, found: Subquery, items: int | None) -> Sums:
    """Ask each question of the index that answers it."""
    if items is None:
        items = session.scalar(select(func.count()).select_from(found)) or 0
    since = session.scalar(select(found.c.due_at).order_by(found.c.due_at).limit(1))
    return Sums(items, session.scalar(_units(filters, found)) or 0, since)


def _units(filters: OverdueFilters, found: Subquery) -> Select[tuple[int]]:
    """Count the units: where all is listed, one row of each is enough; else there are few rows."""
    if filters == OverdueFilters():
        return select(func.count()).select_from(Unit).where(exists().where(found.c.unit_id == Unit.id))
    hidden = found.c.unit_id + literal_column("0")  # or SQLite would walk all that any unit owes
    return select(func.count(distinct(hidden))).select_from(found)


def leads(session: Session) -> list[str]:
    """Give the names of the sides that lead in any round."""
    # One round of each duty of a plan speaks for the others, which are passed over in an index.
    last = select(func.max(Round.id)).group_by(Round.plan_id, Round.duty)
    lead = select(Round.audience["lead"].as_string()).where(Round.id.in_(last))
    return sorted(name for name in session.scalars(lead.distinct()) if name)


def duties(session: Session, slug: str) -> list[Named]:
    """Give the duties of a plan that have rounds, each by the name that it had last."""
    rows = session.execute(select(Round.duty, Round.name).where(Round.slug == slug).order_by(Round.id))
    return [Named(*one) for one in dict(rows.tuples().all()).items()]


def rounds(session: Session, slug: str, year: int | None, as_of: datetime) -> list[NamedRound]:
    """Give the rounds of a plan that were due before ``as_of``, the latest first, 500 at most."""
    due = [Round.slug == slug, Round.opened_at <= as_of, Round.due_at < as_of]
    chosen = due if year is None else [*due, Round.year == year]
    query = select(Round.id, Round.slug, Round.title).where(*chosen)
    rows = session.execute(query.order_by(Round.due_at.desc(), Round.id.desc()).limit(MOST))
    return [NamedRound(*row) for row in rows]


def round_named(session: Session, round_id: int) -> NamedRound | None:
    """Give what a round is called."""
    row = session.execute(select(Round.id, Round.slug, Round.title).where(Round.id == round_id)).first()
    return None if row is None else NamedRound(*row)


def unit_names(session: Session) -> list[str]:
    """Give the names of units by code, 500 at most, to be offered while somebody types."""
    return list(session.scalars(select(Unit.name).order_by(Unit.code).limit(MOST)))


def unit_called(session: Session, said: str) -> NamedUnit | None:
    """Give the unit with this code or name; of several, the first by code."""
    query = select(Unit.id, Unit.code, Unit.name).where(or_(Unit.code == said, Unit.name == said))
    row = session.execute(query.order_by(Unit.code).limit(1)).first()
    return None if row is None else NamedUnit(*row)
