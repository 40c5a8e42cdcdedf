"""Taking many reports at once."""

from __future__ import annotations

import pytest

from duban.ledger import accepting, journal, lookup, owed
from duban.ledger.book import Book
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster
from support.campaign import actions, adopt, advance, day, owing, round_of, submit

UNITS = ("cun1", "cun2", "cun3")
NOW = day("03-24 10:00")


@pytest.fixture
def ids(book: Book, town: Roster) -> dict[str, int]:
    adopt(book)
    advance(book, day("03-01 09:00"))
    with book.write() as session:
        return {unit: owed.find(session, "jiancha", "yuecha", "2023-03", unit).id for unit in UNITS}


def accept(book: Book, seen: dict[int, int], by: str = "王文书") -> accepting.Taken:
    with book.write() as session:
        return accepting.accept_many(session, round_of(book).id, seen, NOW, by)


def test_all_that_was_seen_is_taken_and_the_journal_proves_it(book: Book, ids: dict[str, int]) -> None:
    submit(book, "cun1", day("03-20 09:00"))
    submit(book, "cun2", day("03-21 09:00"))
    taken = accept(book, {ids["cun1"]: 1, ids["cun2"]: 1})
    assert sorted(taken.accepted) == sorted([ids["cun1"], ids["cun2"]])
    assert taken.refused == ()
    assert owing(book) == {"cun1": "accepted", "cun2": "accepted", "cun3": "owed"}
    assert actions(book)[-2:] == ["submission.accepted", "submission.accepted"]
    with book.read() as session:
        assert journal.verify(session).ok


def test_a_version_that_was_not_seen_stays_and_the_rest_is_taken(book: Book, ids: dict[str, int]) -> None:
    submit(book, "cun1", day("03-20 09:00"))
    submit(book, "cun2", day("03-20 09:00"))
    submit(book, "cun2", day("03-21 09:00"))
    taken = accept(book, {ids["cun1"]: 1, ids["cun2"]: 1})
    assert taken.accepted == (ids["cun1"],)
    assert [(one.unit, "第2版" in one.why) for one in taken.refused] == [("二村", True)]
    assert owing(book)["cun2"] == "submitted"


def test_what_has_not_come_or_was_taken_already_is_told(book: Book, ids: dict[str, int]) -> None:
    submit(book, "cun1", day("03-20 09:00"))
    accept(book, {ids["cun1"]: 1})
    taken = accept(book, {ids["cun1"]: 1, ids["cun3"]: 0})
    assert taken.accepted == ()
    assert {one.unit: one.why[:9] for one in taken.refused} == {
        "一村": "该事项已接收办结，",
        "三村": "该事项尚未上报，没",
    }


def test_what_belongs_to_another_round_is_passed_over(book: Book, ids: dict[str, int]) -> None:
    submit(book, "cun1", day("03-20 09:00"))
    with book.write() as session:
        taken = accepting.accept_many(session, round_of(book).id + 1, {ids["cun1"]: 1}, NOW, "王文书")
    assert taken == ((), ())
    assert owing(book)["cun1"] == "submitted"


def test_one_report_is_not_judged_unseen(book: Book, ids: dict[str, int]) -> None:
    submit(book, "cun1", day("03-20 09:00"))
    submit(book, "cun1", day("03-21 09:00"))
    with book.write() as session:
        found = lookup.obligation(session, ids["cun1"], lock=True)
        assert found is not None
        accepting.check_seen(session, found, 2)
        with pytest.raises(DubanError, match="第2版"):
            accepting.check_seen(session, found, 1)
