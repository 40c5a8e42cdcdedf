"""The picture of a year: units by rounds, one mark in each cell, made by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, select

from .marks import OUTCOMES, outcome_now
from .tables import Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..obligations.words import Outcome


class GridRound(NamedTuple):
    """A column; moments in UTC. ``expected`` is none until the round has opened; then all of it is owed.

    ``skipped``: it was over before the plan was in force, and nobody owes it.
    """

    id: int
    slug: str
    title: str
    name: str
    period: str
    clause: str
    opens_at: datetime
    due_at: datetime | None
    ends_at: datetime | None
    provisional: bool
    opened: bool
    skipped: bool
    expected: int | None


class GridUnit(NamedTuple):
    """A row."""

    id: int
    code: str
    name: str


class Mark(NamedTuple):
    """A cell: the obligation and how it counts."""

    obligation_id: int
    outcome: Outcome


class Grid(NamedTuple):
    """Units by rounds: a row of ``marks`` for each unit, a cell for each round, None where it owes nothing.

    ``more``: there are units after these.
    """

    rounds: tuple[GridRound, ...]
    units: tuple[GridUnit, ...]
    marks: tuple[tuple[Mark | None, ...], ...]
    more: bool


class UnitMark(NamedTuple):
    """A round with how one unit stands in it; no mark where it owes nothing or the round is ahead."""

    round: GridRound
    mark: Mark | None


def grid(
    session: Session,
    slug: str,
    year: int,
    now: datetime,
    *,
    kind: str | None = None,
    offset: int = 0,
    limit: int = 300,
) -> Grid:
    """Give a plan's year at ``now`` for the units that owe anything in it, by code, from ``offset`` on.

    With ``kind`` only for units of that kind.

    Three queries, whose cost follows the cells. Rounds come by due moment.
    """
    rounds = _rounds(session, Round.slug == slug, Round.year == year)
    opened = [one.id for one in rounds if one.opened]
    units = _units(session, opened, kind, (offset, limit + 1)) if opened else []
    shown = units[:limit]
    marks = _marks(session, rounds, opened, shown, now) if shown else ()
    return Grid(tuple(rounds), tuple(shown), marks, more=len(units) > limit)


def of_unit(session: Session, unit_id: int, year: int, now: datetime) -> tuple[UnitMark, ...]:
    """Give every round of the year, of all plans, with how one unit stands in it at ``now``; two queries."""
    rounds = _rounds(session, Round.year == year)
    rows = session.execute(
        select(Obligation.round_id, Obligation.id, outcome_now(now))
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.unit_id == unit_id, Obligation.round_id.in_([one.id for one in rounds]))
    )
    marks = {round_id: Mark(id_, OUTCOMES[number]) for round_id, id_, number in rows}
    return tuple(UnitMark(one, marks.get(one.id)) for one in rounds)


def _rounds(session: Session, *which: ColumnElement[bool]) -> list[GridRound]:
    rows = session.execute(
        select(
            *(Round.id, Round.slug, Round.title, Round.name, Round.period, Round.clause, Round.opens_at),
            *(Round.due_at, Round.ends_at, Round.provisional, Round.opened_at.is_not(None)),
            *(Round.skipped_at.is_not(None), Round.expected),
        ).where(*which)
    )
    return sorted((GridRound(*row) for row in rows), key=_by_due)


def _by_due(one: GridRound) -> tuple[datetime, datetime, int]:
    return (one.due_at or one.ends_at or one.opens_at, one.opens_at, one.id)


def _units(
    session: Session, rounds: Sequence[int], kind: str | None, window: tuple[int, int]
) -> list[GridUnit]:
    owes = exists().where(Obligation.unit_id == Unit.id, Obligation.round_id.in_(rounds))
    query = select(Unit.id, Unit.code, Unit.name).where(owes).order_by(Unit.code)
    if kind is not None:
        query = query.where(Unit.kind == kind)
    offset, limit = window
    return [GridUnit(*row) for row in session.execute(query.offset(offset).limit(limit))]


def _marks(
    session: Session,
    rounds: Sequence[GridRound],
    opened: Sequence[int],
    units: Sequence[GridUnit],
    now: datetime,
) -> tuple[tuple[Mark | None, ...], ...]:
    # Joined to the units, so that each cell is found by its key: of ten thousand units a page shows a few.
    cells_of = (
        select(Obligation.unit_id, Obligation.round_id, Obligation.id, outcome_now(now))
        .select_from(Unit)
        .join(Round, Round.id.in_(opened))
        .join(Obligation, and_(Obligation.round_id == Round.id, Obligation.unit_id == Unit.id))
        .where(Unit.id.in_([one.id for one in units]))
    )
    rows = session.connection().execute(cells_of)  # a session takes three times as long to hand on a row
    columns = {one.id: number for number, one in enumerate(rounds)}
    cells: dict[int, list[Mark | None]] = {one.id: [None] * len(rounds) for one in units}
    for unit_id, round_id, id_, number in rows:
        cells[unit_id][columns[round_id]] = Mark(id_, OUTCOMES[number])
    return tuple(tuple(row) for row in cells.values())
