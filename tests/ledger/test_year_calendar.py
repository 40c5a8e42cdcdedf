from __future__ import annotations

from datetime import date

import pytest

from duban.ledger.book import Book
from duban.ledger.year_calendar import YearCalendar, year_calendar
from support.campaign import adopt, local


@pytest.fixture
def adopted(book: Book, town: object) -> Book:
    adopt(book)
    return book


def between(book: Book, first: str, last: str, slug: str | None = None) -> YearCalendar:
    with book.read() as session:
        return year_calendar(session, date.fromisoformat(first), date.fromisoformat(last), slug)


def test_a_month_shows_what_opens_and_what_falls_due_on_which_day(adopted: Book) -> None:
    days = between(adopted, "2023-03-01", "2023-03-31").days()
    assert {str(day): [one.title for one in here.opening] for day, here in days.items() if here.opening} == {
        "2023-03-01": ["2023年3月 · 情况报告", "2023年3月 · 每月检查"]
    }
    assert {str(day): [one.name for one in here.due] for day, here in days.items() if here.due} == {
        "2023-03-24": ["情况报告", "每月检查"]
    }
    assert all([one.name for one in here.phases] == ["前期"] for here in days.values())
    assert len(days) == 31


def test_a_window_over_midnight_lies_on_both_days(adopted: Book) -> None:
    found = between(adopted, "2023-01-15", "2023-01-25")
    assert {str(day): [one.name for one in here.windows] for day, here in found.days().items()} == {
        "2023-01-16": [],
        "2023-01-21": ["除夕夜"],
        "2023-01-22": ["除夕夜"],
        "2023-01-24": [],
    }
    (window,) = found.stretches
    assert (window.kind, window.clause, local(window.ends_at)) == (
        "window",
        "二（二）",
        "2023-01-22 01:00:00",
    )


def test_a_round_that_takes_place_in_these_days_is_there_though_it_opened_before(adopted: Book) -> None:
    assert [one.name for one in between(adopted, "2023-01-21", "2023-01-21").rounds] == ["除夕夜值守"]


def test_the_last_second_of_a_day_belongs_to_it(adopted: Book) -> None:
    assert len(between(adopted, "2023-03-24", "2023-03-24").rounds) == 2
    assert between(adopted, "2023-03-25", "2023-03-25").rounds == ()


def test_only_the_plan_asked_for_is_shown(adopted: Book) -> None:
    assert len(between(adopted, "2023-01-01", "2023-12-31", "jiancha").rounds) == 25
    assert between(adopted, "2023-01-01", "2023-12-31", "bieder") == YearCalendar(
        date(2023, 1, 1), date(2023, 12, 31), (), ()
    )
