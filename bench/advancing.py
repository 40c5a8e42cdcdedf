"""One advance with the same things due, in a small book and in a large one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from duban.flows.advance import bring_up, plainly
from duban.ledger.tables import Cue, Round

from .books import scratch, shelves, works
from .report import Options, Report, ratios, time
from .rows import add_units, round_row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from duban.ledger.book import Book
    from duban.tasks.works import Works

    from .books import Shelf

LIMIT = 1.3
UNITS = 1_000
DUE_UNITS = 20
DUE_ROUNDS = 100
OPENING, REMINDING = 40, 40  # of the hundred; the other twenty fall due
HISTORY_SINCE = datetime(2016, 1, 4, 1, tzinfo=UTC)
FIRST_DAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


def run(options: Options) -> None:
    """Measure on each database and print."""
    large = options.pick(options.rows, 5_000_000, 100_000)
    runs = options.pick(options.runs, 9, 1)
    sizes = (large // 100, large)
    for shelf in shelves(options.databases):
        built, spent, disk = _measure(shelf, sizes, runs)
        made = f"On disk {disk[0] / 1e6:,.0f} MB and {disk[1] / 1e6:,.0f} MB; made in {time(built)}."
        report = Report(
            f"advance · {shelf.name} {shelf.version}".rstrip(),
            options,
            [*_notes(sizes, runs), made],
        )
        for size in sizes:
            report.seconds(f"{size:,} obligations", spent[size], DUE_ROUNDS)
        report.ratio("ratio of times", ratios(spent[sizes[1]], spent[sizes[0]]), LIMIT)
        report.print()


def _notes(sizes: tuple[int, int], runs: int) -> list[str]:
    return [
        f"bring_up with {DUE_ROUNDS} rounds due: {OPENING} open, {REMINDING} remind, the rest fall due;",
        f"each has {DUE_UNITS} units and a transaction. In a book of {sizes[0]:,} and in one of {sizes[1]:,}",
        "obligations, each with its notice, and a message for every five;",
        f"{UNITS:,} units in both. Turn about; {runs} runs, each on its own day, after one unmeasured.",
    ]


def _measure(
    shelf: Shelf, sizes: tuple[int, int], runs: int
) -> tuple[float, dict[int, list[float]], list[int]]:
    begun = perf_counter()
    books = {size: _book(shelf, size, runs + 1) for size in sizes}
    built = perf_counter() - begun
    with scratch() as folder:
        ready = {size: works(book, folder) for size, book in books.items()}
        spent = _turn_about(ready, runs)
    disk = [shelf.size(book) for book in books.values()]
    for book in books.values():
        shelf.drop(book)
    return built, spent, disk


def _turn_about(ready: dict[int, Works], runs: int) -> dict[int, list[float]]:
    spent: dict[int, list[float]] = {size: [] for size in ready}
    for number, day in enumerate(_workdays(runs + 1)):
        for size in sorted(ready, reverse=number % 2 == 1):
            took = _advance(ready[size], day)
            if number:  # the first warms both up
                spent[size].append(took)
    return spent


def _workdays(count: int) -> list[datetime]:
    """Give so many days of March on which digests leave at once."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


def _advance(here: Works, now: datetime) -> float:
    begun = perf_counter()
    brought = bring_up(here, now, plainly)
    took = perf_counter() - begun
    assert len(brought.done) == DUE_ROUNDS, brought.failed
    return took


def _book(shelf: Shelf, obligations: int, days: int) -> Book:
    book = shelf.new()
    shelf.hurry(book)
    with book.write() as session:
        add_units(session, UNITS)
        tags = "INSERT INTO unit_tags (unit_id, tag) SELECT id, 'due' FROM units WHERE id <= :n"
        session.execute(text(tags), {"n": DUE_UNITS})
        _past(session, obligations // UNITS)
        for number, day in enumerate(_workdays(days)):
            _due(session, day, 1_000_000 + number * DUE_ROUNDS)
    shelf.settle(book)
    return book


def _past(session: Session, rounds: int) -> None:
    """Write what is long done: every round answered by all but one unit in thirty, and reminded of."""
    session.execute(insert(Round), [_past_round(number) for number in range(1, rounds + 1)])
    for statement in _PAST:
        session.execute(text(statement), {"units": UNITS, "body": BODY})


def _past_round(number: int) -> dict[str, Any]:
    opened = HISTORY_SINCE + number * timedelta(hours=16)
    passed = {"due_passed_at": opened + WEEK, "locked_at": opened + 6 * WEEK}
    done = passed | {"next_at": None, "opened_at": opened}
    return round_row(number, opened) | done | {"id": number, "expected": UNITS}


BODY = (
    "王文书同志：您单位今日有一项任务即将到期，请于期限内报送检查情况和台账。依据：工作方案三、（一）。" * 2
)
# Numbers are given in order, so the message of a notice can be told from the numbers of its round and unit.
_PAST = (
    """
    INSERT INTO cues (round_id, at, kind, urgent, state, fired_at)
    SELECT id, opens_at, 'upcoming', false, 'fired', opens_at FROM rounds ORDER BY id
    """,
    """
    INSERT INTO obligations (round_id, unit_id, due_at, state, credited_at, nil)
    SELECT r.id, u.id, r.due_at, CASE WHEN (r.id + u.id) % 30 = 0 THEN 'owed' ELSE 'accepted' END,
        CASE WHEN (r.id + u.id) % 30 = 0 THEN NULL ELSE r.due_at END, false
    FROM rounds r CROSS JOIN units u ORDER BY r.id, u.id
    """,
    """
    INSERT INTO messages (
        key, contact_id, send_on, urgent, not_before, state, attempts, sent_at, subject, body, answer
    )
    SELECT 'h-' || r.id || '-' || c.id, c.id, date(r.opens_at), false, r.opens_at, 'sent', 1, r.opens_at,
        '今日到期1项', :body, 'HTTP 200'
    FROM rounds r CROSS JOIN contacts c WHERE r.id % 5 = 1 ORDER BY r.id, c.id
    """,
    """
    INSERT INTO notices (cue_id, obligation_id, contact_id, message_id, state, created_at)
    SELECT q.id, o.id, o.unit_id, (o.round_id - 1) / 5 * :units + o.unit_id, 'sent', q.at
    FROM obligations o JOIN cues q ON q.round_id = o.round_id ORDER BY o.id
    """,
)
_OPENED = """
    INSERT INTO obligations (round_id, unit_id, due_at, state, nil)
    SELECT r.id, t.unit_id, r.due_at, 'owed', false FROM rounds r CROSS JOIN unit_tags t
    WHERE r.id BETWEEN :first AND :last
"""


def _due(session: Session, at: datetime, first: int) -> None:
    """Write the hundred rounds that fall due at ``at``, numbered from ``first``."""
    rows = [_due_round(first + number, number, at) for number in range(DUE_ROUNDS)]
    session.execute(insert(Round), rows)
    reminding = [row["id"] for row in rows[: OPENING + REMINDING]]
    cue = {"at": at, "kind": "upcoming", "urgent": False, "state": "planned"}
    session.execute(insert(Cue), [cue | {"round_id": id_} for id_ in reminding])
    session.execute(text(_OPENED), {"first": first + OPENING, "last": first + DUE_ROUNDS - 1})


def _due_round(id_: int, number: int, at: datetime) -> dict[str, Any]:
    row = round_row(id_, at, "due") | {"id": id_, "next_at": at, "due_at": at + 9 * WEEK, "locks_at": None}
    if number < OPENING:
        return row
    opened = {"opens_at": at - WEEK, "opened_at": at - WEEK, "expected": DUE_UNITS}
    falls_due = number >= OPENING + REMINDING
    return row | opened | ({"due_at": at - SECOND} if falls_due else {})
