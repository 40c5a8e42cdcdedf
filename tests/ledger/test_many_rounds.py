"""What a day costs on which many rounds open: nothing is made ready anew for each, or from what was small."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from duban.ledger import rounds
from duban.ledger.book import Book
from support.campaign import adopt, day, round_of, slots
from support.query_plans import put_together

MORE = (
    (
        "INSERT INTO units (code, name, kind) SELECT 'm' || n, '第' || n || '村', '村'"
        " FROM generate_series(1, 2000) n"
    ),
    (
        "INSERT INTO contacts (unit_id, name, phone, email, active)"
        " SELECT id, '王文书', '', '', true FROM units WHERE code LIKE 'm%'"
    ),
)
WRITTEN = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'messages'"
READ = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'obligations'"


def opened(book: Book, month: int) -> int | None:
    """Open the check of a month, with its first reminder; gives how many units owe it."""
    number = round_of(book, period=f"2023-{month:02}").id
    with book.write() as session:
        progress = rounds.catch_up(session, number, day(f"{month:02}-08 09:00"), slots)
    return progress.opened if progress else None


@pytest.mark.usefixtures("town")
def test_a_second_round_puts_no_statement_together_again(book: Book) -> None:
    adopt(book)
    assert opened(book, 3) == 3
    assert put_together(book, lambda: opened(book, 4)) == []
    assert round_of(book, period="2023-04").expected == 3


@pytest.mark.parametrize("book", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("town")
def test_a_digest_that_waits_already_is_locked_and_not_written_again(book: Book) -> None:
    adopt(book)
    assert opened(book, 3) == 3
    number = round_of(book, "qingkuang").id
    with book.write() as session:
        progress = rounds.catch_up(session, number, day("03-08 09:00"), slots)
        written = session.scalar(text(WRITTEN))
    assert progress is not None
    assert progress.reminded == {"opening": 2}
    assert written == 0


@pytest.mark.parametrize("book", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("town")
def test_references_to_a_table_are_looked_up_however_small_it_was_on_the_day_before(book: Book) -> None:
    adopt(book)
    with book.write() as session:
        session.execute(text("ANALYZE obligations"))  # as the server does by itself, sooner or later
    assert [opened(book, month) for month in (3, 4, 5, 6)] == [3, 3, 3, 3]
    with book.write() as session:
        for statement in MORE:
            session.execute(text(statement))
    number = round_of(book, period="2023-07").id
    with book.write() as session:
        progress = rounds.catch_up(session, number, day("07-10 09:00"), slots)
        read = session.scalar(text(READ))
    assert progress is not None
    assert progress.opened == 2003
    # Were the whole table read for each of the 2,003 notices, it would be two millions.
    assert read is not None
    assert read < 100_000
