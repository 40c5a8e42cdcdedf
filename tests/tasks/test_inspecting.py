"""The clock prepares inspections, tells of commitments, begins what was drawn, makes the look-back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from duban.flows.advance import bring_up, plainly
from duban.ledger.book import Book
from duban.tasks.works import Works
from support.campaign import adopt, day, move_in, workdays
from support.desk import BOX
from support.inspected import INSPECTED, draw, inspection, lot, register

from ..conftest import TOWN

OURS = ("抽签承诺", "督查开始", "列出复查")


def done(works: Works, now: datetime) -> list[str]:
    brought = bring_up(works, now, plainly)
    assert brought.failed == []
    return [line for line in brought.done if any(word in line for word in OURS)]


def test_all_of_it_happens_by_itself_once_and_with_fresh_seeds(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    register(sqlite_book)
    adopt(sqlite_book, INSPECTED, day("01-04 08:00"))
    works = Works(sqlite_book, workdays(), tmp_path, BOX, lambda: 0.0)
    assert done(works, day("01-04 09:00")) == [
        "2023年第一季度 · 定期督查：公布抽签承诺和候选名单",
        "2023年第一季度 · 不定期督查：公布抽签承诺和候选名单",
        "抽签公告：抽签承诺告知3个单位",
    ]
    assert done(works, day("01-04 09:00")) == []
    assert len({lot(sqlite_book, duty).commitment for duty in ("ducha", "ancha")}) == 2
    draw(sqlite_book, "02-01 09:00", "02-06 09:00")
    assert done(works, day("02-06 09:00")) == ["2023年第一季度 · 定期督查：督查开始，抽签结果已公开"]
    assert inspection(sqlite_book).state == "begun"
    draw(sqlite_book, "03-01 09:00", "03-07 09:00", "ancha")
    assert done(works, day("03-07 08:00")) == []
    assert done(works, day("03-07 09:00")) == ["2023年第一季度 · 不定期督查：督查开始，抽签结果已公开"]
    said = done(works, day("10-01 09:00"))
    assert "2023年 · 开展回头看：公布回头看的抽签承诺和名单，共0处隐患" in said
    assert "2023年 · 开展回头看：列出复查3项，其中抽查0项" in done(works, day("10-07 09:00"))
