"""A quarter's bulletin: drafted when the quarter ends, signed, numbered, sent, and kept as it left."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from duban.ledger import circular_list, circulars
from duban.ledger.book import Book
from duban.ledger.tables import Circular
from duban.obligations.circular_names import circular_number
from duban.obligations.errors import DubanError
from support.campaign import adopt, advance, day, messages, only, workdays
from support.forgery import forge
from support.sheets import MEANS


@pytest.fixture
def quarter(book: Book, town: object) -> Book:
    """Give the first of April: March's check of the three villages is over."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    return book


def draft(book: Book, now: str) -> list[str]:
    """Draft what is due by then; gives the periods."""
    with book.write() as session:
        due = circulars.due(session, day(now), workdays())
        return [one.period for one in due if circulars.handle(session, one, day(now), MEANS)]


def signed(book: Book, number: int, now: str) -> Circular:
    with book.write() as session:
        return circulars.sign(
            *(session, number, day(now), "李镇长", MEANS), write=lambda row: f"第{row.number}号".encode()
        ).circular


def test_it_is_drafted_once_when_the_quarter_is_over_and_numbered_as_it_is_signed(quarter: Book) -> None:
    assert draft(quarter, "03-31 23:00") == []
    assert draft(quarter, "04-01 00:10") == ["2023-Q1"]
    assert draft(quarter, "04-01 01:10") == []
    # In the other quarters nothing fell due: there is nothing to tell of.
    assert draft(quarter, "2024-01-01 01:00") == ["2023"]
    with quarter.write() as session:
        circulars.draft(session, "jiancha", 2023, 2, day("2024-01-01 09:00"), "王文书")
    with quarter.write() as session:
        circulars.drop(session, 3, day("2024-01-01 10:00"), "李镇长", "数据有误")
    with pytest.raises(DubanError, match="已经签发或者作废"):
        signed(quarter, 3, "2024-01-02 10:00")
    with quarter.write() as session:
        circulars.draft(session, "jiancha", 2023, 2, day("2024-01-02 10:00"), "王文书")
    rows = [signed(quarter, number, "2024-01-02 10:00") for number in (4, 1, 2)]
    assert [circular_number(row.kind, row.numbered_in or 0, row.number) for row in rows] == [
        *("情况通报〔2024〕1号", "情况通报〔2024〕2号", "工作总结〔2024〕1号"),
    ]
    assert [row.title for row in rows][:2] == [
        "关于2023年第二季度示例检查工作情况的通报",
        "关于2023年第一季度示例检查工作情况的通报",
    ]
    sent = [one.subject for one in messages(quarter) if (one.about or "").startswith("circular/")]
    assert sorted(sent) == ["【通报】情况通报〔2024〕1号"] * 3 + ["【通报】情况通报〔2024〕2号"] * 3


def test_what_was_issued_is_kept_to_the_byte_and_a_change_of_it_is_named(quarter: Book) -> None:
    draft(quarter, "04-01 00:10")
    signed(quarter, 1, "04-03 10:00")
    with quarter.read() as session:
        assert circular_list.content(session, 1) == "第1号".encode()
        assert list(circular_list.filed(session, "jiancha", 2023, day("04-03 11:00"))) == [1]
        assert circular_list.filed(session, "jiancha", 2023, day("04-03 09:00")) == {}
    with pytest.raises(DubanError, match="只增不改"), quarter.write() as session:
        session.execute(text("UPDATE circulars SET title = '改' WHERE id = 1"))
    said = forge(quarter, "UPDATE circulars SET content = NULL WHERE id = 1")
    assert said == "1号通报或总结的正文与签发时的校验码不符，被改动过"
