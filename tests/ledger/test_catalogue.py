"""What the book holds, in parts."""

from __future__ import annotations

import pytest

from duban.ledger import catalogue, owed, reports
from duban.ledger.book import Book
from duban.ledger.catalogue import ObligationFilters, RoundFilters
from duban.ledger.paging import Cut
from duban.ledger.round_counts import count_now, count_then
from duban.obligations.outcome import Tally
from duban.obligations.roster import Roster
from duban.obligations.words import State
from support.campaign import adopt, advance, day, deliver, return_, round_of, submit
from support.query_plans import plan_of

NOW = day("03-28 09:00")


@pytest.fixture
def march(book: Book, town: Roster) -> Book:
    """Give a book in which 一村 answered, 二村 was returned, and 三村 was let off in March."""
    adopt(book)
    advance(book, day("03-01 09:00"))
    deliver(book, day("03-02 10:00"))
    submit(book, "cun1", day("03-10 09:00"))
    submit(book, "cun2", day("03-11 09:00"))
    return_(book, "cun2", day("03-12 09:00"))
    with book.write() as session:
        third = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        reports.exempt(session, third, day("03-13 09:00"), "王文书", reason="并村", approver="赵镇长")
    return book


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (State.OWED, []),
        (State.SUBMITTED, ["cun1"]),
        (State.RETURNED, ["cun2"]),
        (State.EXEMPT, ["cun3"]),
        (State.ACCEPTED, []),
    ],
)
def test_each_state_has_its_own(march: Book, state: State, found: list[str]) -> None:
    filters = ObligationFilters(duty="yuecha", period="2023-03", state=state)
    with march.read() as session:
        rows = catalogue.obligations(session, filters, NOW, Cut()).rows
    assert [row.unit_code for row in rows] == found


def test_a_row_says_how_the_obligation_stands(march: Book) -> None:
    filters = ObligationFilters(duty="yuecha", period="2023-03")
    with march.read() as session:
        rows = catalogue.obligations(session, filters, NOW, Cut()).rows
    assert [str(catalogue.outcome_of(row)) for row in rows] == ["on_time", "returned", "exempt"]


def test_parts_follow_each_other_to_the_end(march: Book) -> None:
    with march.read() as session:
        first = catalogue.units(session, Cut(limit=3))
        last = catalogue.units(session, Cut(first.next or 0, 3))
    assert [row.code for row in first.rows] == ["cun1", "cun2", "cun3"]
    assert ([row.code for row in last.rows], last.next) == (["paichusuo"], None)


def test_a_part_that_ends_with_the_list_has_no_next(march: Book) -> None:
    with march.read() as session:
        assert catalogue.units(session, Cut(limit=4)).next is None


def test_rounds_are_counted_from_the_columns_as_from_the_facts(march: Book) -> None:
    number = round_of(march).id
    with march.read() as session:
        now, then = count_now(session, [number], None, NOW), count_then(session, [number], None, NOW)
        before = count_then(session, [number], None, day("03-12 08:59"))
        one = count_now(session, [number], "cun2", NOW)
    assert now == then == {number: Tally(on_time=1, returned=1, exempt=1)}
    assert before == {number: Tally(on_time=2, pending=1)}
    assert one == {number: Tally(returned=1)}


def test_rounds_that_have_opened_by_a_day(march: Book) -> None:
    with march.read() as session:
        for at, periods in (("02-28 09:00", []), ("03-01 09:00", ["2023-01", "2023-02", "2023-03"])):
            filters = RoundFilters(duty="yuecha", opened_by=day(at))
            rows = catalogue.rounds(session, filters, Cut()).rows
            assert [row.period for row in rows] == periods


def test_messages_and_entries_come_as_they_were_written(march: Book) -> None:
    with march.read() as session:
        sent = catalogue.messages(session, "sent", Cut(limit=2)).rows
        queued = catalogue.messages(session, "dead", Cut()).rows
        entries = catalogue.entries(session, Cut(after=1, limit=1))
    assert [(row.unit, row.answer) for row in sent] == [("一村", "好"), ("二村", "好")]
    assert (queued, entries.rows[0].seq, entries.next) == ([], 2, 2)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (ObligationFilters(unit="cun1", state=State.OWED), "ix_obligations_unit_id_state"),
        (ObligationFilters(state=State.EXEMPT), "exemptions"),
        (ObligationFilters(round_id=3), "obligations USING INDEX sqlite_autoindex"),
    ],
)
def test_an_index_serves_what_is_rare(sqlite_book: Book, filters: ObligationFilters, index: str) -> None:
    def look() -> None:
        with sqlite_book.read() as session:
            catalogue.obligations(session, filters, NOW, Cut())

    assert index in plan_of(sqlite_book, "FROM obligations", look)
