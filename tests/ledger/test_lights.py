"""Which light each matter shows in lists, and when it changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from duban.ledger import lights, overdue, owed, reports
from duban.ledger.book import Book
from duban.ledger.mine import mine
from duban.ledger.reports import Return
from duban.ledger.tables import Unit
from duban.obligations.words import Light, Rung
from support import sheets as acts
from support.campaign import day, return_, submit, workdays
from support.ladders import climb, open_march


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give March's check of the three villages, due on Friday the 24th, taken until Monday 3 April."""
    open_march(book)
    return book


def of_cun1(book: Book, at: str) -> list[Light]:
    """Give the lights on the list of 一村 at a moment."""
    with book.read() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        found = mine(session, unit_id, day(at))
        items = (*found.returned, *found.owed)
        return list(lights.of_items(session, items, day(at), workdays()).values())


def overdue_of(book: Book, at: str, *, today: bool = True) -> dict[str, Light]:
    with book.read() as session:
        found = overdue.page(session, overdue.OverdueFilters(), day(at), today=today)
        return {one.unit_code: one.light for one in found.rows}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("03-20 23:59", Light.GREEN),
        ("03-21 00:00", Light.BLUE),
        ("03-24 23:59", Light.BLUE),
        ("03-25 00:00", Light.YELLOW),
        ("04-03 23:59", Light.YELLOW),
    ],
)
def test_time_alone_changes_it(march: Book, at: str, expected: Light) -> None:
    assert of_cun1(march, at) == [expected]


def test_a_reminder_or_an_urging_sheet_does_not_change_it(march: Book) -> None:
    climb(march, "03-28 00:00")
    assert of_cun1(march, "03-28 09:00") == [Light.YELLOW]


def test_a_sheet_that_a_person_signed_makes_it_red_until_it_is_closed(march: Book) -> None:
    sheet = acts.draft(march, Rung.DUBAN)
    assert of_cun1(march, "03-27 09:30") == [Light.YELLOW]
    acts.sign(march, sheet, day("03-27 10:00"))
    assert of_cun1(march, "03-27 10:30") == [Light.RED]
    assert overdue_of(march, "03-27 10:30") == {
        "cun1": Light.RED,
        "cun2": Light.YELLOW,
        "cun3": Light.YELLOW,
    }
    acts.withdraw(march, sheet, day("03-28 09:00"))
    assert of_cun1(march, "03-28 10:00") == [Light.YELLOW]


def test_once_reports_are_no_longer_taken_what_is_missing_is_red(march: Book) -> None:
    climb(march, "04-04 09:00")
    assert set(overdue_of(march, "04-04 09:00").values()) == {Light.RED}


def test_a_past_day_is_shown_as_it_was(march: Book) -> None:
    acts.sign(march, acts.draft(march, Rung.DUBAN), day("03-28 10:00"))
    assert overdue_of(march, "03-27 23:59", today=False)["cun1"] == Light.YELLOW
    assert overdue_of(march, "03-28 23:59", today=False)["cun1"] == Light.RED


def test_what_went_back_for_a_trifle_is_not_late(march: Book) -> None:
    submit(march, "cun1", day("03-20 10:00"))
    return_(march, "cun1", day("03-21 10:00"), why=Return("错别字", material=False))
    assert of_cun1(march, "03-28 09:00") == [Light.GREEN]


def test_what_went_back_for_a_fault_of_substance_is(march: Book) -> None:
    submit(march, "cun1", day("03-20 10:00"))
    return_(march, "cun1", day("03-21 10:00"))
    assert of_cun1(march, "03-28 09:00") == [Light.YELLOW]


def test_more_time_moves_what_is_near(march: Book) -> None:
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asked, until = day("03-22 10:00"), day("03-31 23:59")
        reports.extend(session, found, day("03-23 09:00"), "办公室", asked_at=asked, until=until, reason="雨")
    assert of_cun1(march, "03-27 23:59") == [Light.GREEN]
    assert of_cun1(march, "03-28 00:00") == [Light.BLUE]


@pytest.mark.usefixtures("town")
def test_the_plan_says_what_is_near_and_what_is_red(book: Book) -> None:
    open_march(book, "ladder: [{since: 2023-01-01, near: 1, red: [duban]}]\n")
    assert of_cun1(book, "03-22 23:59") == [Light.GREEN]
    assert of_cun1(book, "03-23 00:00") == [Light.BLUE]
    climb(book, "04-04 09:00")
    assert set(overdue_of(book, "04-04 09:00").values()) == {Light.YELLOW}
