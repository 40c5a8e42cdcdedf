"""A page of a book of many plans asks for all of them at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.ledger import inspection_coverage, night_list, proposing, watch_list, years
from duban.ledger.book import Book
from support.campaign import NEW_YEAR, PLAN, workdays
from support.query_plans import heard


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: proposing.plans_of(session, NEW_YEAR),
        night_list.nights,
        lambda session: inspection_coverage.coverage(session, 2023, NEW_YEAR),
        lambda session: watch_list.kinds(session, NEW_YEAR, None),
    ],
    ids=["meetings", "nights", "inspections", "watch"],
)
def test_the_plans_are_read_by_one_statement_however_many_there_are(
    book: Book, town: object, ask: Callable[[Session], object]
) -> None:
    with book.write() as session:
        for number in range(3):
            written = PLAN.replace("slug: jiancha", f"slug: jiancha{number}")
            year = expand(loader.read(written, f"jiancha{number}").plan, 2023, workdays())
            years.adopt(session, year, written, NEW_YEAR, "办公室")
    with heard(book) as statements, book.read() as session:
        ask(session)
    assert len([one for one in statements if "plans.content" in one]) == 1
