"""The ladder over a book of what nobody reported, against the bare statements of its reads and writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, func, insert, select, text, update

from duban.calendar.slots import QuietHours
from duban.calendar.workdays import Workdays
from duban.ledger import ladder
from duban.ledger.ladder import Climbed
from duban.ledger.ladder_writing import Numbers
from duban.ledger.means import Means
from duban.ledger.proof_ladder import digest_of
from duban.ledger.reminding import Slots, slots_at
from duban.ledger.tables import Cue, Message, Notice, Obligation, Round, Sheet
from duban.ledger.types import UTCSecond

from .books import shelves
from .report import Options, Report, ratios
from .rows import add_units, round_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from duban.ledger.book import Book

    from .books import Shelf

LIMIT = 2.0
ROUNDS = 10
DRAFTED = 10  # of so many sheets one runs out
SECOND = timedelta(seconds=1)
OPENED = datetime(2026, 3, 2, 1, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 11, 1, tzinfo=UTC)  # a whole workday after the day on which it was due
NEXT_AT = datetime(2026, 3, 16, 16, tzinfo=UTC)  # the limit is the end of Monday the 16th
NEXT = datetime(2026, 3, 17, 1, tzinfo=UTC)
WORKDAYS = Workdays.load()
OWED = """
    INSERT INTO obligations (round_id, unit_id, due_at, state, nil)
    SELECT r.id, u.id, r.due_at, 'owed', false FROM rounds r CROSS JOIN units u ORDER BY r.id, u.id
"""
# What statements would write that know all that the ladder finds out: the same rows of the same tables.
BARE = (
    """
    INSERT INTO sheets (rung, state, series, year, number, cause, reason, obligation_id, unit_id, matter,
        responsible, lead, requirement, basis, clause, limit_days, limit_at, made_at, made_by, issued_at,
        signed_by, next_at)
    SELECT 'cuiban', 'issued', 'p', 2026, row_number() OVER (ORDER BY o.round_id, o.due_at, o.unit_id),
        'ladder', '到期未报送', o.id, o.unit_id, r.title,
        (SELECT c.name FROM contacts c WHERE c.unit_id = o.unit_id AND c.active ORDER BY c.id LIMIT 1),
        '', r.ask, '《烟花爆竹“打非”工作方案》', r.clause, 3, :limit_at, :now, 'duban', :now, 'duban',
        :next_at
    FROM obligations o JOIN rounds r ON r.id = o.round_id
    WHERE o.rung = 0 AND o.state IN ('owed', 'returned') AND o.credited_at IS NULL AND o.due_at < :now
    """,
    """
    UPDATE obligations SET rung = 1
    WHERE rung = 0 AND state IN ('owed', 'returned') AND credited_at IS NULL AND due_at < :now
    """,
    """
    INSERT INTO cues (round_id, at, kind, urgent, state, fired_at)
    SELECT id, :now, 'urged', false, 'fired', :now FROM rounds
    """,
    """
    INSERT INTO messages (
        key, contact_id, send_on, urgent, not_before, state, attempts, subject, body, answer
    )
    SELECT 'd-2026-03-11-' || id, id, '2026-03-11', false, :now, 'queued', 0, '', '', '' FROM contacts
    """,
    """
    INSERT INTO notices (cue_id, obligation_id, contact_id, message_id, state, created_at)
    SELECT q.id, o.id, c.id, m.id, 'due', :now
    FROM obligations o JOIN cues q ON q.round_id = o.round_id AND q.at = :now
    JOIN contacts c ON c.unit_id = o.unit_id JOIN messages m ON m.key = 'd-2026-03-11-' || c.id
    """,
)
BARE_NEXT = (
    """
    INSERT INTO sheets (rung, state, series, year, cause, reason, obligation_id, unit_id, matter, responsible,
        lead, requirement, basis, clause, limit_days, made_at, made_by)
    SELECT 'duban', 'draft', series, 2026, cause, '催办〔2026〕' || number || '号到期未办结', obligation_id,
        unit_id, matter, responsible, lead, '请查明原因。' || requirement, basis, clause, 5, :now, made_by
    FROM sheets WHERE state = 'issued' AND next_at <= :now
    """,
    "UPDATE sheets SET next_at = NULL WHERE state = 'issued' AND next_at <= :now",
)


def run(options: Options) -> None:
    """Measure on each database and print."""
    rows, runs = options.pick(options.rows, 1_000_000, 2_000), options.pick(options.runs, 3, 1)
    units = rows // ROUNDS
    for shelf in shelves(options.databases):
        report = Report(f"ladder · {shelf.name} {shelf.version}".rstrip(), options, _notes(units, runs))
        spent = _measure(shelf, units, runs)
        report.seconds("duban climbs: 催办", [one.climb for one in spent], rows)
        report.seconds("bare statements", [one.bare for one in spent], rows)
        ours = ratios([one.climb for one in spent], [one.bare for one in spent])
        report.ratio("ratio of times", ours, LIMIT)
        report.seconds("the next look, nothing due", [one.idle for one in spent])
        report.seconds("next rung: drafts", [one.draft for one in spent], rows // DRAFTED)
        report.seconds("bare statements", [one.bare_draft for one in spent], rows // DRAFTED)
        report.beside(
            "ratio of times", ratios([one.draft for one in spent], [one.bare_draft for one in spent])
        )
        report.print()


def _notes(units: int, runs: int) -> list[str]:
    return [
        f"{ROUNDS} rounds x {units:,} units that did not report; each gets a 催办单 and a line of a digest.",
        "Ours: what is due, numbered sheets, rungs, digests, the entry with its SHA-256, the commit;",
        "bare: INSERT ... SELECT and UPDATE of the same rows in another copy of the book, and the commit.",
        f"Then a tenth of the sheets run out: drafts, each with its entry. {runs} runs, on fresh copies.",
    ]


class _Spent(NamedTuple):
    """Seconds of one run."""

    climb: float
    bare: float
    idle: float
    draft: float
    bare_draft: float


def _measure(shelf: Shelf, units: int, runs: int) -> list[_Spent]:
    base = _book(shelf, units)
    spent = [_one_run(shelf, base, units * ROUNDS, ours_first=number % 2 == 0) for number in range(runs)]
    shelf.drop(base)
    return spent


def _book(shelf: Shelf, units: int) -> Book:
    book = shelf.new()
    shelf.hurry(book)
    with book.write() as session:
        add_units(session, units)
        opened = {"opened_at": OPENED, "next_at": None, "due_passed_at": DUE, "expected": units}
        session.execute(insert(Round), [round_row(number, OPENED) | opened for number in range(ROUNDS)])
        owed = (
            "INSERT INTO obligations (round_id, unit_id, due_at, state, nil) "
            "SELECT r.id, u.id, r.due_at, 'owed', false FROM rounds r CROSS JOIN units u ORDER BY r.id, u.id"
        )
        session.execute(text(owed))
    shelf.settle(book)
    return book


def _one_run(shelf: Shelf, base: Book, rows: int, *, ours_first: bool) -> _Spent:
    mine, other = shelf.copy(base), shelf.copy(base)
    spent: dict[str, float] = {}
    first = (("climb", mine, _climb), ("bare", other, _bare))
    for name, book, way in first if ours_first else first[::-1]:
        spent[name] = _timed(way, book, rows)
    _same(mine, other, rows)
    spent["idle"] = _timed(_look, mine, rows)
    for book in (mine, other):
        _let_rest(book, rows // DRAFTED)
    second = (("draft", mine, _draft), ("bare_draft", other, _bare_draft))
    for name, book, way in second if ours_first else second[::-1]:
        spent[name] = _timed(way, book, rows // DRAFTED)
    shelf.drop(mine)
    shelf.drop(other)
    return _Spent(**spent)


def _timed(way: Callable[[Book, int], None], book: Book, rows: int) -> float:
    begun = perf_counter()
    way(book, rows)
    return perf_counter() - begun


def _climb(book: Book, rows: int) -> None:
    assert _climbed(book, NOW) == Climbed(issued=rows)


def _draft(book: Book, rows: int) -> None:
    assert _climbed(book, NEXT) == Climbed(drafted=rows)


def _climbed(book: Book, now: datetime) -> Climbed:
    with book.read() as session:
        assert ladder.series_due(session, now, WORKDAYS) == ["p"]
    with book.write() as session:
        return ladder.climb(session, "p", now, Means(WORKDAYS, _slots))


def _look(book: Book, _rows: int) -> None:
    with book.read() as session:
        assert ladder.series_due(session, NOW, WORKDAYS) == []


def _slots(now: datetime, urgent: bool) -> Slots:  # noqa: FBT001 - as the ledger calls it
    return slots_at(now, WORKDAYS, QuietHours(), urgent=urgent)


def _bare(book: Book, _rows: int) -> None:
    _run(book, BARE, NOW)


def _bare_draft(book: Book, _rows: int) -> None:
    _run(book, BARE_NEXT, NEXT)


def _run(book: Book, statements: tuple[str, ...], now: datetime) -> None:
    given = {"now": now, "limit_at": NEXT_AT - SECOND, "next_at": NEXT_AT}
    with book.write() as session:
        for statement in statements:
            known = {name: at for name, at in given.items() if f":{name}" in statement}
            typed = [bindparam(name, at, UTCSecond()) for name, at in known.items()]
            session.execute(text(statement).bindparams(*typed))


def _let_rest(book: Book, kept: int) -> None:
    """Leave only so many sheets to run out, since nobody signs a million."""
    with book.write() as session:
        session.execute(update(Sheet).where(Sheet.number > kept).values(next_at=None))


def _same(mine: Book, other: Book, rows: int) -> None:
    """See that both wrote the same, as far as it can be counted; the sheets say the same to the letter."""
    counted = [select(func.count()).select_from(table) for table in (Sheet, Message, Notice, Cue)]
    raised = select(func.count()).where(Obligation.rung == 1)
    found = list[object]()
    for book in (mine, other):
        with book.read() as session:
            counts = [session.scalar(one) for one in (*counted, raised)]
            found.append((counts, digest_of(session, Numbers("p", "cuiban", 2026, 1, rows))))
    assert found[0] == found[1]
    assert found[0][0][0] == rows  # pyright: ignore[reportIndexIssue]
