"""Extensions and limits for a correction, which no list of rounds shows."""

from __future__ import annotations

import pytest

from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.reports import Return
from duban.ledger.singled import singled
from duban.obligations.roster import Roster
from support.campaign import adopt, advance, day, only, return_, submit
from support.query_plans import plan_of


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def extend(book: Book, unit: str, until: str) -> None:
    with book.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        at = day("03-20 09:00")
        reports.extend(session, one, at, "办公室", asked_at=at, until=day(until), reason="防汛")


def send_back(book: Book, *, material: bool = False, **limits: str | None) -> None:
    for number, (unit, by) in enumerate(limits.items()):
        at = day(f"03-20 10:{number:02}")
        submit(book, unit, at)
        return_(book, unit, at, why=Return("错别字", material, day(by) if by else None))


def at(book: Book, now: str, until: str, limit: int = 20) -> list[tuple[str, bool]]:
    with book.read() as session:
        return [(one.unit, one.corrects) for one in singled(session, day(now), day(until), limit).rows]


def test_an_extension_is_listed_until_it_ends_or_is_used(opened: Book) -> None:
    extend(opened, "cun1", "03-29 12:00")
    with opened.read() as session:
        (one,) = singled(session, day("03-26 09:00"), day("04-02 00:00")).rows
    assert (one.unit, one.title, one.at, one.corrects) == (
        "一村",
        "2023年3月 · 每月检查",
        day("03-29 12:00"),
        False,
    )
    assert at(opened, "03-21 09:00", "03-28 23:59") == []
    assert at(opened, "03-29 12:01", "04-05 00:00") == []
    submit(opened, "cun1", day("03-26 10:00"))
    assert at(opened, "03-26 11:00", "04-02 00:00") == []


@pytest.mark.parametrize("material", [False, True])
def test_a_correction_is_listed_before_its_limit_and_after_it(opened: Book, *, material: bool) -> None:
    send_back(opened, cun1="03-22 18:00", cun2="03-30 18:00", cun3=None, material=material)
    assert at(opened, "03-22 09:00", "03-29 00:00") == [("一村", True)]
    assert at(opened, "03-22 09:00", "03-31 00:00") == [("一村", True), ("二村", True)]
    assert at(opened, "03-25 09:00", "03-29 00:00") == [("一村", True)]
    submit(opened, "cun1", day("03-25 10:00"))
    assert at(opened, "03-25 11:00", "03-29 00:00") == []


def test_a_limit_beyond_the_lock_counts_until_it_has_passed(opened: Book) -> None:
    send_back(opened, cun1="03-22 18:00", cun2="04-10 18:00")
    advance(opened, day("04-04 09:00"))
    assert at(opened, "04-04 09:00", "04-11 00:00") == [("二村", True)]
    assert at(opened, "04-11 09:00", "04-18 00:00") == []


def test_the_list_is_cut_and_says_so(opened: Book) -> None:
    extend(opened, "cun1", "03-29 12:00")
    send_back(opened, cun2="03-22 18:00")
    with opened.read() as session:
        found = singled(session, day("03-22 09:00"), day("03-30 00:00"), limit=1)
    assert ([one.unit for one in found.rows], found.more) == (["二村"], True)


def test_each_part_starts_from_the_few_that_have_such_a_date(opened: Book) -> None:
    def look() -> None:
        at(opened, "03-22 09:00", "03-29 00:00")

    assert "ix_extensions_until" in plan_of(opened, "extensions", look)
    assert "ix_verdicts_correct_by" in plan_of(opened, "verdicts", look)
    assert "ix_obligations_returned" in plan_of(opened, "'returned'", look)
