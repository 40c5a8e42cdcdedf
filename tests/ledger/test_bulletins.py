"""What a bulletin tells of a stretch, held against a history whose every number is known."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from duban.ledger.book import Book
from duban.ledger.bulletins import Bulletin, bulletin
from duban.obligations.outcome import Tally
from support import sheets
from support.campaign import day
from support.finding_cast import fix, recheck, record
from support.supervised import FORMULA, write_history

FIRST_QUARTER = (date(2023, 1, 1), date(2023, 3, 31))
AFTER = day("04-10 09:00")


@pytest.fixture
def history(book: Book) -> Book:
    write_history(book)
    return book


def told(book: Book, as_of: datetime = AFTER, days: tuple[date, date] = FIRST_QUARTER) -> Bulletin:
    with book.read() as session:
        return bulletin(session, "jiancha", 2023, days, as_of)


def test_a_quarter_is_counted_whole_by_round_and_by_unit_in_the_order_of_the_roster(history: Book) -> None:
    here = told(history)
    assert here.whole() == Tally(on_time=1, late=1, missing=2, returned=1, extended=1, exempt=1)
    assert [(one.title, tally.obliged, tally.received) for one, tally in here.by_round()] == [
        ("2023年3月 · 每月检查", 6, 3)
    ]
    assert [(code, name) for code, name in here.by_unit()] == [
        *((f"cun{n}", name) for n, name in enumerate(("一村", "二村", "三村", "四村", "五村", "六村"), 1)),
        ("cun7", FORMULA),
    ]


def test_what_came_later_is_not_told_of_an_earlier_day(history: Book) -> None:
    on_the_25th = told(history, day("03-25 09:00")).whole()
    assert on_the_25th == Tally(on_time=1, missing=3, returned=1, pending=1, exempt=1)


def test_nothing_is_told_of_a_day_on_which_nothing_had_opened(history: Book) -> None:
    here = told(history, day("02-01 09:00"))
    assert (here.rounds, here.owed) == ((), ())


def test_a_round_belongs_to_the_quarter_in_which_it_falls_due(history: Book) -> None:
    assert told(history, days=(date(2023, 4, 1), date(2023, 6, 30))).owed == ()


def test_a_year_is_counted_by_duty_and_by_month(history: Book) -> None:
    here = told(history, days=(date(2023, 1, 1), date(2023, 12, 31)))
    assert [(one.duty, many, tally.obliged) for one, many, tally in here.by_duty()] == [("yuecha", 1, 6)]
    assert {month: tally.received for month, tally in here.by_month().items()} == {3: 3}


def test_findings_count_where_they_were_found_as_they_stood(history: Book) -> None:
    entered, limit = day("04-05 09:00"), day("04-20 23:59")
    first = record(history, entered, found_at=day("03-30 10:00"), due_at=limit)
    record(history, entered, key="k2", found_at=day("04-03 10:00"), due_at=limit)
    fix(history, first, day("04-06 09:00"))
    recheck(history, first, day("04-07 09:00"))
    here = told(history).findings
    assert [(one.number, one.closing) for one in here] == [(1, "已销号（2023-04-07，李强）")]
    assert [one.closing for one in told(history, day("04-06 12:00")).findings] == ["待复查"]


def test_sheets_count_where_they_were_issued(history: Book) -> None:
    drafted = sheets.draft(history, unit="cun3", now=day("04-05 09:00"))
    sheets.sign(history, drafted, day("04-06 09:00"))
    april = (date(2023, 4, 1), date(2023, 6, 30))
    assert [(one.reference, one.unit) for one in told(history, days=april).sheets] == [
        ("督办〔2023〕1号", "三村")
    ]
    assert told(history, day("04-05 12:00"), april).sheets == ()
    assert told(history).sheets == ()
