"""The ladder as the clock drives it, beside all else that falls due."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from duban.flows.advance import bring_up, plainly
from duban.ledger.book import Book
from duban.ledger.journal import verify
from duban.ledger.tables import Sheet
from duban.tasks.rounds import list_due
from support.campaign import adopt, day, only
from support.scratch import works_at


@pytest.mark.usefixtures("town")
def test_it_climbs_by_itself_and_says_what_it_did(book: Book, tmp_path: Path) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    works = works_at(book, tmp_path)
    for at in ("03-01 09:00", "03-24 09:00", "03-27 09:00"):
        assert not any("逐级督办" in line for line in bring_up(works, day(at), plainly).done)
    assert bring_up(works, day("03-28 01:00"), plainly).done == ["逐级督办 · 示例检查方案：催办3件"]
    assert bring_up(works, day("03-28 02:00"), plainly).done == []
    assert "逐级督办 · 示例检查方案：拟制待签3件" in bring_up(works, day("04-01 09:00"), plainly).done
    with book.read() as session:
        assert [one.rung for one in session.scalars(select(Sheet).order_by(Sheet.id))] == (
            ["cuiban"] * 3 + ["duban"] * 3
        )
        assert verify(session).ok


@pytest.mark.usefixtures("town")
def test_it_is_named_so_that_a_person_finds_it_on_the_page_of_runs(book: Book, tmp_path: Path) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    works = works_at(book, tmp_path)
    bring_up(works, day("03-01 09:00"), plainly)
    [due] = [one for one in list_due.fn(works, day("03-28 01:00")) if one.flow == "ladder"]
    assert (due.what, due.slug, due.period, due.title) == (
        *("ladder", "jiancha", "2023-03-28"),
        "逐级督办 · 示例检查方案",
    )
