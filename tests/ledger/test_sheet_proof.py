"""What is kept of sheets cannot be changed, nor changed behind the book's back without being named."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.sheet_talks import Minuted
from duban.obligations.errors import DubanError
from duban.obligations.words import Rung
from support.campaign import day
from support.sheets import (
    acknowledge,
    close,
    decide,
    draft,
    follow,
    issued,
    locked,
    minute,
    open_march,
    reply,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("lived")


@pytest.fixture
def lived(book: Book, town: object) -> None:
    """Let all happen to sheets: 1 is closed, 2 has been talked about, 3 is withdrawn, 4 is a draft."""
    open_march(book)
    first, talk, third = issued(book), issued(book, Rung.YUETAN, "cun2"), issued(book, unit="cun3")
    acknowledge(book, first, day("03-28 09:00"))
    decide(book, first, reply(book, first, day("03-28 09:10")), day("03-28 09:20"))
    close(book, first, day("03-28 10:00"))
    withdraw(book, third, day("03-28 11:00"))
    minute(book, talk, day("03-29 16:00"), Minuted("谈了", "下周报", day("04-07 23:59")))
    follow(book, talk, day("03-30 09:00"))
    draft(book, unit="cun3", now=day("03-30 10:00"))


def verify(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def forge(book: Book, statement: str) -> str:
    """Give what the proof says once someone who has the password has dropped the triggers and written."""
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for table in ("sheets", "sheet_replies", "talks"):
            for event in ("update", "delete"):
                on = "" if book.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}_{event}{on}"))
        connection.exec_driver_sql(statement)
    engine.dispose()
    return verify(book)


def test_a_book_in_which_all_has_happened_to_sheets_is_proved(book: Book) -> None:
    assert verify(book) == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE sheets SET matter = '另一件' WHERE id = 1", "1号督办文书的签发与"),
        ("UPDATE sheets SET unit_id = 3 WHERE id = 1", "1号督办文书的签发与"),
        ("UPDATE sheets SET limit_at = '2023-05-01 15:59:59' WHERE id = 2", "2号督办文书的签发与"),
        ("UPDATE sheets SET signed_by = '王文书' WHERE id = 1", "1号督办文书的签发与"),
        ("UPDATE sheets SET number = 9 WHERE id = 3", "3号督办文书的签发与"),
        ("UPDATE sheets SET acknowledged_at = '2023-03-27 01:00:00' WHERE id = 1", "1号督办文书的签收与"),
        ("UPDATE sheets SET closing = '未办' WHERE id = 1", "1号督办文书的办结与"),
        ("UPDATE sheets SET withdrawn_why = '不知道' WHERE id = 3", "3号督办文书的撤销与"),
        ("UPDATE sheet_replies SET text = '没有的事' WHERE id = 1", "1号督办文书回复与"),
        ("UPDATE sheet_replies SET answer = '不准' WHERE id = 1", "1号督办文书回复的答复与"),
        ("DELETE FROM sheet_replies WHERE id = 1", "1号督办文书回复已不在账簿中"),
        ("UPDATE talks SET minutes = '没谈' WHERE id = 1", "1号约谈的记录与"),
        ("UPDATE talks SET promised_by = NULL WHERE id = 1", "1号约谈的记录与"),
        ("UPDATE talks SET followed = '没落实' WHERE id = 1", "1号约谈的跟进与"),
        ("UPDATE sheets SET state = 'issued' WHERE id = 1", "1号督办文书的状态"),
        ("UPDATE sheets SET state = 'issued' WHERE id = 3", "3号督办文书的撤销与"),
        ("UPDATE sheets SET state = 'issued' WHERE id = 4", "4号督办文书的状态"),
        (
            "UPDATE sheets SET next_at = '2033-05-01 16:00:00' WHERE id = 2",
            "2号督办文书升级的时间与留痕所记的不符",
        ),
        ("UPDATE obligations SET rung = 4 WHERE id = 1", "1号事项所记的督办层级"),
    ],
)
def test_what_is_changed_behind_the_book_s_back_is_named(book: Book, statement: str, said: str) -> None:
    assert said in forge(book, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sheets SET matter = '另一件' WHERE id = 1",
        "UPDATE sheets SET number = NULL WHERE id = 2",
        "UPDATE sheets SET obligation_id = NULL WHERE id = 2",
        "UPDATE sheets SET limit_at = NULL WHERE id = 2",
        "UPDATE sheets SET acknowledged_at = NULL WHERE id = 1",
        "UPDATE sheets SET state = 'issued' WHERE id = 1",
        "UPDATE sheets SET state = 'draft' WHERE id = 2",
        "DELETE FROM sheets WHERE id = 4",
        "UPDATE sheet_replies SET answer = '不准' WHERE id = 1",
        "UPDATE talks SET minutes = '没谈' WHERE id = 1",
        "DELETE FROM talks WHERE id = 1",
    ],
)
def test_the_database_itself_refuses(book: Book, statement: str) -> None:
    with pytest.raises((DubanError, DatabaseError), match=r"append-only|只增不改"), book.write() as session:
        session.execute(text(statement))


def test_a_draft_may_change_and_what_runs_may_be_looked_at_again(book: Book) -> None:
    with book.write() as session:
        session.execute(text("UPDATE sheets SET matter = '另一件' WHERE id = 4"))
        locked(session, 2).next_at = None
    assert verify(book) == ""
