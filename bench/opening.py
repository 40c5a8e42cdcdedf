"""Opening rounds against the bare statement that writes the same rows."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text
from sqlalchemy.schema import CreateIndex, CreateTable

from duban.ledger import rounds
from duban.ledger.tables import Base, Obligation, Round

from .books import shelves
from .report import Options, Report, ratios
from .rows import add_units, round_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from duban.ledger.book import Book
    from duban.ledger.reminding import Slots

    from .books import Shelf

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMIT = 1.5
ROUNDS = 10
TABLE = Base.metadata.tables["obligations"]
BARE = text(
    "INSERT INTO bare (round_id, unit_id, due_at, state, nil, rung) "
    "SELECT r.id, u.id, r.due_at, 'owed', false, 0 FROM rounds r CROSS JOIN units u "
    "WHERE r.id = :round AND u.kind = '村'"
)


def run(options: Options) -> None:
    """Measure on each database and print."""
    rows, runs = options.pick(options.rows, 1_000_000, 2_000), options.pick(options.runs, 3, 1)
    units = rows // ROUNDS
    for shelf in shelves(options.databases):
        report = Report(
            f"open · {shelf.name} {shelf.version}".rstrip(),
            options,
            _notes(units, runs),
        )
        ours, bare = _measure(shelf, units, runs)
        report.seconds("duban catch_up", ours, units * ROUNDS)
        report.seconds("bare INSERT ... SELECT", bare, units * ROUNDS)
        report.ratio("ratio of times", ratios(ours, bare), LIMIT)
        report.print()


def _notes(units: int, runs: int) -> list[str]:
    return [
        f"{ROUNDS} rounds x {units:,} units = {units * ROUNDS:,} obligations, each round a transaction.",
        "Ours: catch_up, which locks the round, writes who owes and counts them, enters it in the journal;",
        "bare: INSERT ... SELECT into a second table of the same columns, constraints and indexes.",
        f"Turn about round by round; a fresh book for each of {runs} runs.",
    ]


def _measure(shelf: Shelf, units: int, runs: int) -> tuple[list[float], list[float]]:
    base = _book(shelf, units)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(runs):
        book = shelf.copy(base)
        mine, other = _one_run(book)
        _same(book, units * ROUNDS)
        shelf.drop(book)
        ours.append(mine)
        bare.append(other)
    shelf.drop(base)
    return ours, bare


def _book(shelf: Shelf, units: int) -> Book:
    book = shelf.new()
    with book.write() as session:
        add_units(session, units)
        session.execute(insert(Round), [round_row(number, NOW) for number in range(ROUNDS)])
        for statement in (CreateTable(TABLE), *_indexes()):
            compiled = str(statement.compile(dialect=session.get_bind().dialect))
            session.execute(text(compiled.replace("obligations", "bare")))
    shelf.settle(book)
    return book


def _indexes() -> list[CreateIndex]:
    return [CreateIndex(index) for index in TABLE.indexes]


def _one_run(book: Book) -> tuple[float, float]:
    """Open each round both ways, now the one first and now the other."""
    spent = {_open: 0.0, _open_bare: 0.0}
    for round_id in range(1, ROUNDS + 1):
        order = (_open, _open_bare) if round_id % 2 else (_open_bare, _open)
        for way in order:
            spent[way] += _timed(way, book, round_id)
    return spent[_open], spent[_open_bare]


def _timed(way: Callable[[Book, int], None], book: Book, round_id: int) -> float:
    begun = perf_counter()
    way(book, round_id)
    return perf_counter() - begun


def _open(book: Book, round_id: int) -> None:
    with book.write() as session:
        assert rounds.catch_up(session, round_id, NOW, _never)


def _never(_now: datetime, _urgent: bool) -> Slots:  # noqa: FBT001 - called by position
    raise AssertionError("these rounds have no reminders")


def _open_bare(book: Book, round_id: int) -> None:
    with book.write() as session:
        session.execute(BARE, {"round": round_id})


_ROWS = "SELECT round_id, unit_id, due_at, state, nil, rung FROM"


def _same(book: Book, expected: int) -> None:
    with book.read() as session:
        assert session.scalar(select(func.count()).select_from(Obligation)) == expected
        for one, other in (("obligations", "bare"), ("bare", "obligations")):
            differ = text(f"{_ROWS} {one} EXCEPT {_ROWS} {other}")
            assert session.execute(differ).first() is None
