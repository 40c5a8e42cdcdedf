"""A past day's whole list is what its pages show, with its sums."""

from __future__ import annotations

import pytest

from duban.ledger import overdue_sums
from duban.ledger.book import Book
from duban.ledger.overdue import OverdueFilters, Sort, Window, page
from duban.ledger.overdue_then import then
from support.histories import fill, moments

SORTS = (Sort.LONGEST, Sort.SHORTEST, Sort.UNIT, Sort.ROUND)


@pytest.mark.parametrize("sort", SORTS)
def test_the_whole_list_of_a_past_day_is_what_its_pages_show(book: Book, sort: Sort) -> None:
    fill(book, 11)
    filters = OverdueFilters()
    with book.read() as session:
        for at in moments(11, 6):
            rows = page(session, filters, at, today=False, sort=sort, window=Window(0, 1000)).rows
            whole = then(session, filters, at, sort)
            assert list(whole.ids) == [one.obligation_id for one in rows]
            assert whole.sums == overdue_sums.sums(session, filters, at, today=False)
