from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from duban.ledger import journal
from duban.ledger.appraisal_appeals import Answer
from duban.ledger.appraisal_check import wrong_in
from duban.ledger.book import Book
from duban.ledger.reports import Return
from support.appraised import (
    adjust,
    answer,
    appeal,
    appraisal,
    bonus,
    drafted,
    draw_up,
    publish,
    quarter,
    run,
    veto,
)
from support.campaign import day, return_
from support.forgery import forge

pytestmark = pytest.mark.usefixtures("town")


def verified(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def test_the_book_proves_a_whole_appraisal(book: Book) -> None:
    quarter(book)
    bonus(book)
    veto(book, sign="04-06 10:00")
    draw_up(book)
    answer(book, appeal(book), Answer(upheld=True, text="属实", points=Decimal("0.5")))
    adjust(book, "cun1", "-1")
    publish(book, "04-25 09:00")
    assert verified(book) == ""


# Each is a change behind the book's back, with its triggers off.
CHANGES = {
    "UPDATE appraisals SET final_total = '100' WHERE id = 3": "3号考核结果的公布与第",
    "UPDATE appraisals SET total = '100' WHERE id = 3": "3号考核结果与第",
    "UPDATE appraisals SET lines = '[]' WHERE id = 3": "3号考核结果与第",
    "UPDATE appraisal_rules SET content = '{}'": "1号考核规则与第",
    "UPDATE appraisal_runs SET as_of = '2023-05-01 00:00:00'": "1号考核与第",
    "UPDATE appraisal_appeals SET answer = '不属实'": "1号考核申诉的答复与第",
    "UPDATE appraisal_adjustments SET points = '1'": "1号考核更正与第",
    "UPDATE appraisal_entries SET points = '3' WHERE kind = 'bonus'": "1号考核登记与第",
    "DELETE FROM appraisal_adjustments": "考核更正已不在账簿中",
}


def test_a_time_for_appeals_that_was_cut_short_is_named(book: Book) -> None:
    drafted(book)
    veto(book, "cun2", now="04-11 09:30", sign="04-12 10:00")
    cut = "UPDATE appraisals SET appeal_until = '2023-04-11 15:59:59' WHERE id = {}"
    assert forge(book, cut.format(2)) == "2号考核结果的申诉期限与留痕所记的不符，被改动过"


@pytest.mark.parametrize(("change", "said"), CHANGES.items())
def test_a_row_changed_behind_the_books_back_is_named(book: Book, change: str, said: str) -> None:
    quarter(book)
    bonus(book)
    draw_up(book)
    answer(book, appeal(book), Answer(upheld=True, text="属实", points=Decimal("0.5")))
    publish(book)
    assert said in forge(book, change)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE appraisals SET total = '1'",
        "UPDATE appraisals SET lines = '[]'",
        "DELETE FROM appraisals",
        "UPDATE appraisal_rules SET since = '2022-01-01'",
        "UPDATE appraisal_runs SET units = 0",
        "DELETE FROM appraisal_entries",
        "UPDATE appraisal_entries SET points = '3'",
    ],
)
def test_the_database_itself_refuses_to_change_a_draft(book: Book, statement: str) -> None:
    quarter(book)
    bonus(book)
    draw_up(book)
    engine = create_engine(book.engine.url)
    with pytest.raises(DBAPIError, match=r"append-only|只增不改"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_published_result_is_computed_again_from_the_book_as_of_then(book: Book) -> None:
    drafted(book)
    publish(book)
    why = Return("数字与台账不符", material=True, correct_by=day("05-07 23:59"))
    return_(book, "cun1", day("04-20 09:00"), period="2023-02", why=why)
    with book.read() as session:
        assert wrong_in(session, run(book)) is None
        assert wrong_in(session, run(book), appraisal(book, "cun1")) is None
    forge(book, "UPDATE submissions SET received_at = '2023-03-28 00:00:00' WHERE id = 3")
    with book.read() as session:
        assert wrong_in(session, run(book)) == "一村2023年第一季度的考核结果，与按当时的账簿重新计算的不符"
