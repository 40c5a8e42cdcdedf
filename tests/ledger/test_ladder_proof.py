"""What the program issued and closed by itself is proven against the entries that cover it in bulk."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from duban.ledger import journal, owed, reports
from duban.ledger.book import Book
from support.campaign import day, submit
from support.ladders import climb, open_march


@pytest.fixture
def climbed(book: Book, town: object) -> Book:
    """Give three 催办单, of which that of 一村 has been closed, and two drafts."""
    open_march(book)
    climb(book, "03-28 00:00")
    submit(book, "cun1", day("03-29 10:00"))
    with book.write() as session:
        first = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, first, day("03-29 11:00"), "办公室")
    climb(book, "03-29 12:00")
    climb(book, "04-01 00:00")
    return book


def verified(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def forge(book: Book, statement: str) -> str:
    """Give what the proof says once somebody who has the password has run a statement."""
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for event in ("update", "delete"):
            on = "" if book.is_sqlite else " ON sheets"
            connection.execute(text(f"DROP TRIGGER IF EXISTS keep_sheets_{event}{on}"))
        connection.exec_driver_sql(statement)
    engine.dispose()
    return verified(book)


def entry_of(book: Book, action: str) -> int:
    with book.read() as session:
        found = text("SELECT max(seq) FROM journal WHERE action = :action")
        return session.execute(found, {"action": action}).scalar_one()


def test_what_the_ladder_did_is_proved(climbed: Book) -> None:
    assert verified(climbed) == ""


NOT_CLOSED = "closed_at = NULL, closed_by = NULL, closing = NULL, state = 'issued'"
MADE_UP = "closed_at = '2023-03-29 04:00:00', closed_by = 'duban', closing = 'x', state = 'closed'"
CHANGED = "“jiancha”2023年催办单1至3号与第{}条留痕所记的不符，被改动过"


@pytest.mark.parametrize(
    "change",
    [
        "matter = '别的事'",
        "requirement = ''",
        "unit_id = 3",
        "limit_at = '2023-04-30 15:59:59'",
        "issued_at = '2023-03-20 00:00:00'",
        "limit_days = 30",
        "responsible = '甲文书'",
        "reason = '退回后未重新报送'",
        "basis = '《别的方案》'",
        "clause = '三（二）'",
        "lead = ''",
        "cause = 'direct'",
        "made_at = '2023-03-20 00:00:00'",
    ],
)
def test_a_sheet_that_says_something_else_is_named(climbed: Book, change: str) -> None:
    said = forge(climbed, f"UPDATE sheets SET {change} WHERE number = 2")
    assert said == CHANGED.format(entry_of(climbed, "sheets.issued"))


def test_a_sheet_that_is_gone_is_named(climbed: Book) -> None:
    said = forge(climbed, "DELETE FROM sheets WHERE number = 3")
    assert said == CHANGED.format(entry_of(climbed, "sheets.issued"))


def test_texts_that_run_into_each_other_are_not_taken_for_the_same(climbed: Book) -> None:
    moved = "responsible = '乙', lead = '文书各部门'"
    said = forge(climbed, f"UPDATE sheets SET {moved} WHERE number = 2")
    assert said == CHANGED.format(entry_of(climbed, "sheets.issued"))


def test_a_sheet_that_nobody_entered_is_noticed(climbed: Book) -> None:
    columns = (
        "rung, state, series, year, number, cause, reason, unit_id, matter, responsible, lead, requirement, "
        "basis, clause, limit_days, limit_at, made_at, made_by, issued_at, signed_by"
    )
    copied = columns.replace("number", "4").replace("cause", "'direct'")
    said = forge(climbed, f"INSERT INTO sheets ({columns}) SELECT {copied} FROM sheets WHERE number = 2")
    assert said == "“jiancha”2023年由程序签发的催办单有4份，留痕所记的份数不同"


def test_one_that_is_said_to_be_signed_by_a_person_has_no_entry(climbed: Book) -> None:
    said = forge(climbed, "UPDATE sheets SET signed_by = '李镇长' WHERE number = 2")
    assert said == "2号督办文书的签发没有留痕"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE sheets SET closing = '另行处理' WHERE number = 1",
            "“jiancha”2023年催办单1号的办结与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE sheets SET closed_at = '2023-03-28 00:00:00' WHERE number = 1",
            "“jiancha”2023年催办单1号的办结与第{}条留痕所记的不符，被改动过",
        ),
        (
            f"UPDATE sheets SET {NOT_CLOSED} WHERE number = 1",
            "第{}条留痕所记的“jiancha”2023年催办单1号的办结已不在账簿中",
        ),
        (
            f"UPDATE sheets SET {MADE_UP} WHERE number = 2",
            "“jiancha”2023年催办单2号的办结没有留痕",
        ),
    ],
)
def test_a_close_that_was_changed_undone_or_made_up_is_named(
    climbed: Book, statement: str, said: str
) -> None:
    assert forge(climbed, statement) == said.format(entry_of(climbed, "sheets.closed"))


@pytest.mark.usefixtures("town")
def test_a_sheet_that_was_halted_behind_the_books_back_is_named(book: Book) -> None:
    open_march(book)
    climb(book, "03-28 00:00")
    said = forge(book, "UPDATE sheets SET next_at = NULL WHERE number = 2")
    assert said == "2号督办文书升级的时间与留痕所记的不符，被改动过"
