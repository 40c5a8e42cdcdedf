"""Sheets whose matter was met meanwhile: 催办单 are closed, drafts dropped, others climb no more."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, case, exists, literal_column, or_, select, update

from ..obligations import ladder_words as say
from ..obligations.sheet_names import sheet_name
from ..obligations.words import Rung, SheetState
from .journal import Note
from .ladder_rows import PROGRAM
from .ladder_sql import DRAFT, ISSUED, about_the_same, in_series
from .proof_ladder import CLOSED as BULK_CLOSED
from .tables import Finding, Obligation, Sheet, SheetReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, ScalarSelect
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import ReturningUpdate

# The states of a matter that was met for good; what waits for the office's answer is not met yet.
_ENDS = ((Obligation, ("accepted", "exempt")), (Finding, ("closed",)))
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
    met = or_(*(_met(table) for table, _ in _ENDS))
    queries: tuple[Select[tuple[str]], ...] = (
        select(Sheet.series).where(_closable(), met),
        select(Sheet.series).where(_climbing(), met),
        select(Sheet.series).where(_droppable(), met),
    )
    return {series for query in queries for series in session.scalars(query.distinct())}


def settle(session: Session, now: datetime, series: str) -> Settled:
    """Settle the sheets of a series whose matter was met."""
    closed, dropped, stopped = list[Closed](), list[Dropped](), 0
    for table, _ in _ENDS:
        here = (in_series(series), _met(table))
        closed += _close(session, now, table, here)
        dropped += _drop(session, now, table, here)
        halted = update(Sheet).where(_climbing(), *here).values(next_at=None).returning(Sheet.id)
        stopped += len(_run(session, halted))
    return Settled(tuple(closed), tuple(dropped), stopped)


def close_below(session: Session, found: Sheet, now: datetime) -> Note | None:
    """Close the program's own 催办单 about the matter of a higher sheet that a person has closed.

    Gives what the journal is to say of it, None when none runs; one with a reply that waits stays.
    """
    about = about_the_same(found)
    if not about or Rung(found.rung) is Rung.CUIBAN:
        return None
    closed = {"state": str(SheetState.CLOSED), "closed_at": now, "closed_by": PROGRAM, "next_at": None}
    closing = say.WITH_HIGHER.format(sheet_name(found.rung, found.year, found.number))
    _hold(session, _closable(), *about)
    done = update(Sheet).where(_closable(), *about).values(**closed, closing=closing)
    rows = _run(session, done.returning(Sheet.year, Sheet.number))
    if not rows:
        return None
    one = Closed(rows[0].year, closing, tuple(sorted(row.number for row in rows)))
    return closed_note(found.series, now, one, one.numbers)


def closed_note(series: str, now: datetime, one: Closed, numbers: tuple[int, ...]) -> Note:
    """Give what the journal is to say of 催办单 that the program closed."""
    detail = {"series": series, "rung": str(Rung.CUIBAN), "year": one.year, "at": now}
    return Note(BULK_CLOSED, series, {**detail, "closing": one.closing, "numbers": numbers})


def _close(
    session: Session, now: datetime, table: type[Obligation | Finding], here: Sequence[ColumnElement[bool]]
) -> Iterator[Closed]:
    closed = {"state": str(SheetState.CLOSED), "closed_at": now, "closed_by": PROGRAM, "next_at": None}
    words = _by_state(table, say.CLOSINGS)
    _hold(session, _closable(), *here)
    done = update(Sheet).where(_closable(), *here).values(**closed, closing=words)
    numbers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for year, number, closing in _run(session, done.returning(Sheet.year, Sheet.number, Sheet.closing)):
        numbers[year, closing].append(number)
    for (year, closing), own in sorted(numbers.items()):
        yield Closed(year, closing, tuple(sorted(own)))


def _drop(
    session: Session, now: datetime, table: type[Obligation | Finding], here: Sequence[ColumnElement[bool]]
) -> Iterator[Dropped]:
    dropped = {"state": str(SheetState.DROPPED), "withdrawn_at": now, "withdrawn_by": PROGRAM}
    words = _by_state(table, say.DROPPED)
    done = update(Sheet).where(_droppable(), *here).values(**dropped, withdrawn_why=words)
    rows = _run(session, done.returning(Sheet.id, Sheet.withdrawn_why))
    yield from sorted(Dropped(*row) for row in rows)


def higher_closed(session: Session, found: Sheet) -> Sheet | None:
    """Give the higher sheet about the same matter that a person closed while the reply to 催办 waited."""
    about = about_the_same(found)
    if not about or Rung(found.rung) is not Rung.CUIBAN:
        return None
    ended = (Sheet.state == str(SheetState.CLOSED), ~_CUIBAN)
    return session.scalar(select(Sheet).where(*about, *ended).order_by(Sheet.id.desc()).limit(1))


def _hold(session: Session, *which: ColumnElement[bool]) -> None:
    """Lock sheets before looking again whether a reply waits: who replies holds the sheet meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        chosen = select(Sheet.id).where(*which).order_by(Sheet.id)
        session.execute(chosen.with_for_update(key_share=True)).all()


def _run(session: Session, statement: ReturningUpdate[Any]) -> Sequence[Row[Any]]:
    return session.execute(statement.execution_options(synchronize_session=False)).all()


def _met(table: type[Obligation | Finding]) -> ColumnElement[bool]:
    ended = table.state.in_(dict(_ENDS)[table])
    if table is Finding:  # it was closed in between and came back, or another unit answers for it
        ended = or_(ended, Finding.climbs > Sheet.again)
    return exists().where(table.id == _about(table), ended)


def _by_state(table: type[Obligation | Finding], words: Mapping[str, str]) -> ScalarSelect[str]:
    """Say what became of the matter, by its state."""
    ends = dict(_ENDS)[table]
    other = words["moved"] if table is Finding else words[ends[-1]]
    said = case({state: words[state] for state in ends}, value=table.state, else_=other)
    return select(said).where(table.id == _about(table)).scalar_subquery()


def _about(table: type[Obligation | Finding]) -> Any:
    return Sheet.obligation_id if table is Obligation else Sheet.finding_id


def _closable() -> ColumnElement[bool]:
    """Tell of a sheet that it is the program's own and runs, with no reply that still waits for an answer."""
    undecided = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.decided_at.is_(None))
    return ISSUED & _CUIBAN & ~undecided


def _climbing() -> ColumnElement[bool]:
    return ISSUED & ~_CUIBAN & Sheet.next_at.is_not(None)


def _droppable() -> ColumnElement[bool]:
    return DRAFT & (Sheet.cause == "ladder")
