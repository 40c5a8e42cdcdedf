"""What a day costs on which many rounds open: nothing is made ready anew for each."""

from __future__ import annotations

import pytest

from duban.ledger import rounds
from duban.ledger.book import Book
from support.campaign import adopt, day, round_of, slots
from support.query_plans import put_together


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
