"""Which units of a book a rehearsal counts with."""

from __future__ import annotations

import pytest

from duban.app import rehearsing
from duban.app.rehearsing import plan_in, roster_in
from duban.ledger import homes
from duban.ledger.book import Book
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster, UnitFact
from support.campaign import NEW_YEAR, PLAN, adopt, move_in

TWO_TOWNS = Roster(
    (
        UnitFact("a", "甲镇", "镇街"),
        UnitFact("a1", "甲一村", "村", frozenset({"沿江"}), "a"),
        UnitFact("ab", "甲部门", "部门", frozenset(), "a"),
        UnitFact("b", "乙镇", "镇街"),
        UnitFact("b1", "乙一村", "村", frozenset({"沿江"}), "b"),
    )
)


def bound(book: Book, slug: str, root: str) -> None:
    with book.write() as session:
        homes.bind(session, slug, homes.root_called(session, root), "", NEW_YEAR, "测试")


def codes(found: Roster | None) -> list[str]:
    return [unit.code for unit in found.units] if found else []


def test_a_plan_counts_the_units_of_where_it_is_at_home(book: Book) -> None:
    move_in(book, TWO_TOWNS)
    bound(book, "jiancha", "a")
    with book.read() as session:
        assert codes(roster_in(session, ["jiancha"])) == ["a", "a1", "ab"]
        assert codes(roster_in(session, ["other"])) == ["a", "a1", "ab", "b", "b1"]
        assert codes(roster_in(session, under="乙镇")) == ["b", "b1"]


def test_plans_at_home_in_different_places_are_not_counted_together(book: Book) -> None:
    move_in(book, TWO_TOWNS)
    bound(book, "jiancha", "a")
    bound(book, "anquan", "b")
    with book.read() as session, pytest.raises(DubanError, match="归不同的单位执行"):
        roster_in(session, ["jiancha", "anquan"])


def test_a_book_without_units_has_no_roster_to_count_with(book: Book) -> None:
    with book.read() as session:
        assert roster_in(session, ["jiancha"]) is None


def test_of_too_many_units_none_is_told_by_name(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(book, TWO_TOWNS)
    monkeypatch.setattr(rehearsing, "MOST_UNITS", 4)
    with book.read() as session:
        assert roster_in(session) is None


@pytest.mark.usefixtures("town")
def test_a_plan_is_rehearsed_as_it_is_in_force_in_that_year(book: Book) -> None:
    adopt(book)
    later = PLAN.replace("office: 镇综治岗", "office: 镇综治岗\nrevision: 2").replace("每月检查", "月度检查")
    adopt(book, later, year=2024)
    with book.read() as session:
        revisions = {
            year: found.plan.revision
            for year in (2023, 2024, 2025)
            if (found := plan_in(session, "jiancha", year))
        }
        assert plan_in(session, "nobody", 2023) is None
    assert revisions == {2023: 1, 2024: 2, 2025: 2}
