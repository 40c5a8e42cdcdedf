"""What runs every few minutes, or when somebody opens a page, never reads all obligations there ever were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duban.ledger.book import Book
from duban.obligations.words import Role
from support.campaign import advance, day, deliver, submit
from support.desk import desk_over
from support.ladders import climb, open_march
from support.query_plans import reads_whole

pytestmark = pytest.mark.parametrize("book", ["postgresql"], indirect=True)

DESK = (
    *("/rounds", "/rounds/1", "/rounds/1/chase", "/obligations/1", "/obligations/1/enter", "/calls"),
    *("/units", "/units/1", "/units/1/close", "/overdue?as_of=2023-03-26", "/year/grid?unit=1&year=2023"),
    *("/rates?plan=jiancha&year=2023", "/rates?year=2023&by=plan", "/rates?year=2023&by=round"),
    *("/rates/set?plan=jiancha&year=2023&unit=1", "/running", "/nights", "/api/v1/metrics"),
)


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give March's check, of which one village has reported."""
    open_march(book)
    submit(book, "cun1", day("03-20 10:00"))
    return book


@pytest.mark.parametrize(
    "act",
    [
        lambda book: advance(book, day("04-01 09:00")),
        lambda book: deliver(book, day("03-27 09:00")),
        lambda book: climb(book, "03-28 00:00"),
        lambda book: submit(book, "cun2", day("03-27 10:00")),
    ],
    ids=["advance", "deliver", "ladder", "report"],
)
def test_what_the_clock_drives_and_a_report_look_up_their_obligations(
    march: Book, act: Callable[[Book], object]
) -> None:
    assert reads_whole(march, "obligations", lambda: act(march)) == []


@pytest.mark.parametrize("page", ["/today", "/overdue", "/year/grid", "/l"])
def test_a_page_looks_up_its_obligations(march: Book, tmp_path: Path, page: str) -> None:
    desk = desk_over(march, tmp_path)
    desk.clock.on("03-27 10:00")
    who = desk.stranger() if page == "/l" else desk.signed_in(Role.OFFICE)
    address = f"/l/{desk.link('cun2')}" if page == "/l" else page

    def opened() -> None:
        assert who.get(address).status_code == 200

    assert reads_whole(march, "obligations", opened) == []


def test_no_page_of_the_desk_reads_all_obligations(march: Book, tmp_path: Path) -> None:
    desk = desk_over(march, tmp_path)
    desk.clock.on("03-27 10:00")
    who = desk.signed_in(Role.OFFICE)
    read: dict[str, list[str]] = {}
    for page in DESK:
        read[page] = reads_whole(march, "obligations", lambda page=page: who.get(page).raise_for_status())
    assert {page: whole for page, whole in read.items() if whole} == {}
