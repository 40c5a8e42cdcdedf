"""Sheets that people sign, answer and keep, and the ladder that climbs from them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.sheet_talks import Minuted
from duban.ledger.tables import Sheet
from duban.obligations.sheet_names import sheet_number
from duban.obligations.words import Rung
from support import ladders, sheets
from support.campaign import day
from support.ladders import climb, open_march

CLIMBING = """\
ladder:
  - since: 2023-01-01
    cuiban: {after: 0, limit: 2}
    duban: {after: 0, limit: 3}
    yuetan: {after: 0, limit: 3}
    tongbao: {after: 0, limit: 5}
"""


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Let 催办 run out on Wednesday 29 March, so that on the 30th there are drafts for three villages."""
    open_march(book, CLIMBING)
    climb(book, "03-27 09:00")
    climb(book, "03-30 08:00")
    return book


def drafts(book: Book) -> list[int]:
    with book.read() as session:
        return list(
            session.scalars(select(Sheet.id).where(Sheet.state == "draft").order_by(Sheet.obligation_id))
        )


def proved(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def signed(book: Book) -> int:
    """Sign the draft about the first village's check; gives its number in the book."""
    first, *_ = drafts(book)
    sheets.sign(book, first, day("03-30 09:00"))
    return first


def rungs(book: Book) -> list[str]:
    """Give the sheets about the first village's check: numbers, or the rung of a draft."""
    with book.read() as session:
        owed = sheets.obligation_id(session)
    mine = [one for one in ladders.sheets(book) if one.obligation_id == owed]
    return [sheet_number(one.rung, one.year, one.number) or one.rung for one in mine]


def test_anybody_who_signs_may_sign_what_the_program_drafted(march: Book) -> None:
    sheet_id = signed(march)
    found = sheets.look(march, sheet_id)
    assert (found.made_by, found.signed_by, found.number) == ("duban", "李镇长", 1)
    assert found.next_at == day("04-05 00:00")
    assert proved(march) == ""


def test_what_goes_unmet_past_its_limit_is_drafted_a_rung_further(march: Book) -> None:
    signed(march)
    climb(march, "04-04 20:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号", "yuetan"]


def test_a_reason_that_was_accepted_ends_the_climb(march: Book) -> None:
    sheet_id = signed(march)
    reply = sheets.reply(march, sheet_id, day("03-31 09:00"))
    sheets.decide(march, sheet_id, reply, day("03-31 10:00"))
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
def test_a_sheet_that_has_ended_takes_its_matter_no_further(march: Book, end: str) -> None:
    sheet_id = signed(march)
    if end == "closed":
        sheets.close(march, sheet_id, day("03-31 10:00"))
    else:
        sheets.withdraw(march, sheet_id, day("03-31 10:00"))
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]
    assert proved(march) == ""


def test_a_person_may_answer_and_close_what_the_program_issued(march: Book) -> None:
    with march.read() as session:
        first = session.scalars(select(Sheet.id).where(Sheet.rung == "cuiban").order_by(Sheet.id)).first()
    assert first is not None
    sheets.acknowledge(march, first, day("03-30 09:00"))
    sheets.decide(march, first, sheets.reply(march, first, day("03-30 09:10")), day("03-30 09:20"))
    sheets.close(march, first, day("03-30 10:00"))
    assert proved(march) == ""


def test_a_promise_past_its_date_without_follow_up_makes_the_next_rung(march: Book) -> None:
    talk = talked(march)
    assert sheets.look(march, talk).next_at == day("04-14 00:00")
    climb(march, "04-13 20:00")
    assert "tongbao" not in rungs(march)
    climb(march, "04-14 08:00")
    assert rungs(march)[-1] == "tongbao"


def test_a_promise_that_was_seen_to_does_not(march: Book) -> None:
    sheets.follow(march, talked(march), day("04-13 10:00"))
    climb(march, "04-20 08:00")
    assert "tongbao" not in rungs(march)
    assert proved(march) == ""


def talked(book: Book) -> int:
    """Talk about the first village's check on 6 April; it promised to report by the 13th."""
    signed(book)
    climb(book, "04-05 08:00")
    talk = next(one for one in drafts(book) if sheets.look(book, one).rung == str(Rung.YUETAN))
    sheets.arrange(book, talk, day("04-06 15:00"), day("04-05 09:00"))
    sheets.sign(book, talk, day("04-05 10:00"))
    heard = Minuted("谈了", "4月13日前报齐", day("04-13 23:59").replace(second=59))
    sheets.minute(book, talk, day("04-06 16:00"), heard)
    return talk
