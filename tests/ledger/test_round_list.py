"""The list of rounds, and the small questions that the office's pages ask."""

from __future__ import annotations

from datetime import date

import pytest

from duban.ledger import asking, desk_queries, owed, round_list
from duban.ledger.book import Book, Session
from duban.ledger.round_list import Progress, RoundFilters, RoundRow
from duban.ledger.tables import Obligation
from duban.obligations.roster import Roster
from duban.obligations.words import State
from support.campaign import adopt, advance, day, return_, round_of, submit

MARCH = date(2023, 3, 1)


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    advance(book, day("03-01 09:00"))
    return book


def rows(book: Book, filters: RoundFilters, at: str = "03-22 09:00") -> list[RoundRow]:
    with book.read() as session:
        return round_list.listed(session, filters, day(at))[0]


def titles(book: Book, filters: RoundFilters, at: str = "03-22 09:00") -> list[str]:
    return [one.title for one in rows(book, filters, at)]


def test_rounds_are_counted_by_what_has_come_and_what_has_not(opened: Book) -> None:
    submit(opened, "cun1", day("03-20 09:00"))
    submit(opened, "cun2", day("03-20 09:00"))
    return_(opened, "cun2", day("03-21 09:00"))
    [before] = [one for one in rows(opened, RoundFilters(month=MARCH)) if one.title.endswith("每月检查")]
    assert (before.expected, before.received, before.waiting, before.returned, before.overdue) == (
        *(3, 1, 1, 1),
        0,
    )
    late = rows(opened, RoundFilters(month=MARCH), "03-25 09:00")
    assert [one.overdue for one in late if one.title.endswith("每月检查")] == [2]


def test_a_month_is_that_of_the_deadline_in_shanghai(opened: Book) -> None:
    assert titles(opened, RoundFilters(month=MARCH)) == ["2023年3月 · 情况报告", "2023年3月 · 每月检查"]
    assert titles(opened, RoundFilters(month=date(2023, 12, 31))) == [
        "2023年12月 · 情况报告",
        "2023年12月 · 每月检查",
    ]


@pytest.mark.parametrize(
    ("progress", "at", "seen"),
    [
        (Progress.WAITING, "03-22 09:00", ["2023年3月 · 每月检查"]),
        (Progress.OPEN, "03-22 09:00", ["2023年3月 · 情况报告", "2023年3月 · 每月检查"]),
        (Progress.SHORT, "03-22 09:00", []),
        (Progress.SHORT, "03-25 09:00", ["2023年3月 · 情况报告", "2023年3月 · 每月检查"]),
        (Progress.AHEAD, "03-22 09:00", []),
        (Progress.DONE, "03-22 09:00", []),
    ],
)
def test_rounds_are_found_by_their_progress(
    opened: Book, progress: Progress, at: str, seen: list[str]
) -> None:
    submit(opened, "cun1", day("03-20 09:00"))
    assert titles(opened, RoundFilters(month=MARCH, progress=progress), at) == seen


def test_the_list_is_turned_page_by_page(opened: Book) -> None:
    with opened.read() as session:
        first, total = round_list.listed(session, RoundFilters(year=2023), day("03-22 09:00"), limit=3)
        rest, same = round_list.listed(
            session, RoundFilters(year=2023), day("03-22 09:00"), offset=3, limit=100
        )
    assert total == same == len(first) + len(rest)
    assert {one.id for one in first}.isdisjoint({one.id for one in rest})


def test_plans_and_years_are_those_that_have_rounds(opened: Book) -> None:
    with opened.read() as session:
        assert round_list.plans(session) == [("jiancha", "示例检查方案")]
        assert round_list.years(session) == [2023]
        assert round_list.listed(session, RoundFilters(slug="nobody"), day("03-22 09:00")) == ([], 0)


def test_obligations_of_a_round_are_counted_by_state(opened: Book) -> None:
    submit(opened, "cun1", day("03-20 09:00"))
    with opened.read() as session:
        counts = desk_queries.states_of(session, round_of(opened).id)
    assert counts == {
        State.OWED: 2,
        State.SUBMITTED: 1,
        State.RETURNED: 0,
        State.ACCEPTED: 0,
        State.EXEMPT: 0,
    }


def test_requests_that_wait_are_listed_the_oldest_first(opened: Book) -> None:
    for unit, at in (("cun2", "03-20 09:00"), ("cun1", "03-21 09:00")):
        with opened.write() as session:
            asking.ask_for_time(
                session, _owed(session, unit), day(at), unit, until=day("03-30 23:59"), reason="汛期"
            )
    with opened.write() as session:
        asking.ask_to_transfer(
            session, _owed(session, "cun3"), day("03-21 10:00"), "丙", reason="不属本村", to_unit="派出所"
        )
    with opened.read() as session:
        assert [one.unit for one in desk_queries.times_asked(session, 10)] == ["二村", "一村"]
        assert [one.unit for one in desk_queries.transfers_asked(session, 10)] == ["三村"]
        assert len(desk_queries.times_asked(session, 1)) == 1


def _owed(session: Session, unit: str) -> Obligation:
    return owed.find(session, "jiancha", "yuecha", "2023-03", unit)


def test_kinds_of_units_are_listed_once(opened: Book) -> None:
    with opened.read() as session:
        assert sorted(desk_queries.unit_kinds(session)) == ["村", "部门"]
