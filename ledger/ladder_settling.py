"""Sheets whose matter was met meanwhile: 催办单 are closed, drafts dropped, others climb no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Select, exists, literal_column, or_, select, update

from ..obligations import ladder_words as say
from ..obligations.words import SheetState
from .ladder_rows import PROGRAM
from .ladder_sql import DRAFT, ISSUED, in_series
from .tables import Finding, Obligation, Sheet, SheetReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

# What it is when a matter was met for good; what waits for the office's answer is not met yet.
_ENDS = ((Obligation, "accepted"), (Obligation, "exempt"), (Finding, "closed"))
_CUIBAN: ColumnElement[bool] = Sheet.rung == literal_column("'cuiban'")


class Closed(NamedTuple):
    """Program's sheets of one year's series that were closed with the same words."""

    year: int
    closing: str
    numbers: tuple[int, ...]


class Dropped(NamedTuple):
    """A draft that was dropped, and why."""

    sheet_id: int
    why: str


class Settled(NamedTuple):
    """What was closed and dropped, and how many sheets that a person closes climb no more."""

    closed: tuple[Closed, ...]
    dropped: tuple[Dropped, ...]
    stopped: int


def series_to_settle(session: Session) -> set[str]:
    """Give the series in which the matter of a sheet was met."""
    met = or_(*(_met(table, state) for table, state in _ENDS))
    queries: tuple[Select[tuple[str]], ...] = (
        select(Sheet.series).where(_closable(), met),
        select(Sheet.series).where(_climbing(), met),
        select(Sheet.series).where(_droppable(), met),
    )
    return {series for query in queries for series in session.scalars(query.distinct())}


def settle(session: Session, now: datetime, series: str) -> Settled:
    """Settle the sheets of a series whose matter was met."""
    closed, dropped, stopped = list[Closed](), list[Dropped](), 0
    for table, state in _ENDS:
        here = (in_series(series), _met(table, state))
        closed += _close(session, now, here, say.CLOSINGS[state])
        dropped += _drop(session, now, here, say.DROPPED[state])
        halted = update(Sheet).where(_climbing(), *here).values(next_at=None).returning(Sheet.id)
        stopped += len(session.execute(halted.execution_options(synchronize_session=False)).all())
    return Settled(tuple(closed), tuple(dropped), stopped)


def _close(
    session: Session, now: datetime, here: Sequence[ColumnElement[bool]], closing: str
) -> Iterator[Closed]:
    done = (
        update(Sheet)
        .where(_closable(), *here)
        .values(state=str(SheetState.CLOSED), closed_at=now, closed_by=PROGRAM, closing=closing, next_at=None)
        .returning(Sheet.year, Sheet.number)
    )
    rows = session.execute(done.execution_options(synchronize_session=False)).all()
    for year in sorted({row.year for row in rows}):
        numbers = sorted(row.number for row in rows if row.year == year and row.number is not None)
        yield Closed(year, closing, tuple(numbers))


def _drop(
    session: Session, now: datetime, here: Sequence[ColumnElement[bool]], why: str
) -> Iterator[Dropped]:
    done = (
        update(Sheet)
        .where(_droppable(), *here)
        .values(state=str(SheetState.DROPPED), withdrawn_at=now, withdrawn_by=PROGRAM, withdrawn_why=why)
        .returning(Sheet.id)
    )
    ids = session.scalars(done.execution_options(synchronize_session=False)).all()
    yield from (Dropped(id_, why) for id_ in sorted(ids))


def _met(table: type[Obligation | Finding], state: str) -> ColumnElement[bool]:
    about = Sheet.obligation_id if table is Obligation else Sheet.finding_id
    return exists().where(table.id == about, table.state == state)


def _closable() -> ColumnElement[bool]:
    """Tell of a sheet that it is the program's own and runs, with no reply that still waits for an answer."""
    undecided = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.decided_at.is_(None))
    return ISSUED & _CUIBAN & ~undecided


def _climbing() -> ColumnElement[bool]:
    return ISSUED & ~_CUIBAN & Sheet.next_at.is_not(None)


def _droppable() -> ColumnElement[bool]:
    return DRAFT & (Sheet.cause == "ladder")
