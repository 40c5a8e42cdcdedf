"""Look-backs to be looked at: those there are, one whole with its numbers, and what a unit has to visit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from ..calendar.dates import local_day
from ..obligations.looking_back import Found
from .tables import Finding, LookBack, Lot, PlanRevision, Revisit, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Sum:
    """How many revisits there are, and what they found; ``left`` have not been made yet."""

    total: int = 0
    true: int = 0
    rebound: int = 0
    false: int = 0

    @property
    def left(self) -> int:
        """Count those that are still to be made."""
        return self.total - self.true - self.rebound - self.false


class Item(NamedTuple):
    """One revisit with the names of who answers for it and who visits, and its finding if it is of one."""

    row: Revisit
    unit: str
    visitor: str
    finding: Finding | None


class OfUnit(NamedTuple):
    """What the revisits of one unit's matters came to."""

    name: str
    sum: Sum


class Listed(NamedTuple):
    """One look-back with what its revisits came to."""

    lookback: LookBack
    sum: Sum


class Whole(NamedTuple):
    """One look-back whole: ``units`` in the order of most false closes, ``false`` the false closes."""

    lookback: LookBack
    plan: str
    lot: Lot
    sum: Sum
    items: tuple[Item, ...]
    units: tuple[OfUnit, ...]
    false: tuple[Item, ...]


def all_of(session: Session) -> list[Listed]:
    """Give the look-backs, the latest first."""
    counts: dict[int, Counter[str | None]] = {}
    grouped = select(Revisit.lookback_id, Revisit.found, func.count())
    rows = session.execute(grouped.group_by(Revisit.lookback_id, Revisit.found))
    for id_, found, count in rows.tuples():
        counts.setdefault(id_, Counter())[found] = count
    query = select(LookBack).order_by(LookBack.made_at.desc(), LookBack.id.desc())
    return [Listed(one, _sum(counts.get(one.id, Counter()))) for one in session.scalars(query)]


def committed(session: Session) -> list[tuple[Lot, Round]]:
    """Give the look-backs whose list is published and not drawn from yet, with their rounds."""
    start = Round.slug + "/" + Round.duty + "/" + cast(Round.period, String) + "/"
    rows = session.execute(
        select(Lot, Round)
        .join(Round, Lot.context.startswith(start))
        .where(Lot.kind == "lookback", Lot.revealed_at.is_(None), Lot.withdrawn_at.is_(None))
        .order_by(Round.opens_at, Round.id)
    )
    return list(rows.tuples())


def whole(session: Session, lookback_id: int) -> Whole | None:
    """Give one look-back by its number."""
    rows = session.execute(
        select(LookBack, PlanRevision.title, Lot)
        .join(Round, Round.id == LookBack.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .join(Lot, Lot.id == LookBack.lot_id)
        .where(LookBack.id == lookback_id)
    )
    if (row := rows.tuples().one_or_none()) is None:
        return None
    one, plan, lot = row
    items = tuple(_items(session, one.id))
    false = tuple(item for item in items if item.row.found == str(Found.FALSE))
    return Whole(one, plan, lot, _of(items), items, _by_unit(items), false)


def item(session: Session, revisit_id: int) -> Item | None:
    """Give one revisit by its number."""
    return next(iter(_rows(session, Revisit.id == revisit_id)), None)


def of_revisit(session: Session, row: Revisit) -> LookBack:
    """Give the look-back of a revisit."""
    return session.get_one(LookBack, row.lookback_id)


def to_visit(session: Session, unit_id: int) -> list[tuple[Item, datetime | None]]:
    """Give what a unit still has to visit, with until when (UTC)."""
    found = _rows(session, Revisit.visitor_id == unit_id, Revisit.found.is_(None))
    due = dict(session.execute(select(LookBack.id, LookBack.due_at)).tuples().all()) if found else {}
    return [(one, due[one.row.lookback_id]) for one in found]


def unassigned(session: Session, now: datetime) -> int:
    """Count the revisits that nobody is to make yet, or a unit that is gone by ``now``."""
    gone = select(Unit.id).where(Unit.closed_on <= local_day(now))
    nobody = or_(and_(Revisit.visitor_id.is_(None), Revisit.visitors == ""), Revisit.visitor_id.in_(gone))
    query = select(func.count()).select_from(Revisit).where(nobody, Revisit.found.is_(None))
    return session.scalar(query) or 0


def overdue(session: Session, now: datetime) -> int:
    """Count the revisits that were to be made by ``now`` and were not."""
    joined = select(func.count()).select_from(Revisit).join(LookBack, LookBack.id == Revisit.lookback_id)
    return session.scalar(joined.where(Revisit.found.is_(None), LookBack.due_at < now)) or 0


def _items(session: Session, lookback_id: int) -> list[Item]:
    return _rows(session, Revisit.lookback_id == lookback_id)


def _rows(session: Session, *where: ColumnElement[bool]) -> list[Item]:
    visitor = aliased(Unit)
    rows = session.execute(
        select(Revisit, Unit.name, visitor.name, Finding)
        .join(Unit, Unit.id == Revisit.unit_id)
        .outerjoin(visitor, visitor.id == Revisit.visitor_id)
        .outerjoin(Finding, Finding.id == Revisit.finding_id)
        .where(*where)
        .order_by(Revisit.lookback_id, Revisit.number)
    )
    return [Item(row, unit, named or "", finding) for row, unit, named, finding in rows.tuples()]


def _by_unit(items: Iterable[Item]) -> tuple[OfUnit, ...]:
    by_unit: dict[str, list[Item]] = {}
    for one in items:
        by_unit.setdefault(one.unit, []).append(one)
    found = [OfUnit(name, _of(some)) for name, some in by_unit.items()]
    return tuple(sorted(found, key=lambda one: (-one.sum.false, -one.sum.rebound)))


def _of(items: Iterable[Item]) -> Sum:
    return _sum(Counter(one.row.found for one in items))


def _sum(counts: Counter[str | None]) -> Sum:
    found = (counts[str(Found.TRUE)], counts[str(Found.REBOUND)], counts[str(Found.FALSE)])
    return Sum(counts.total(), *found)
