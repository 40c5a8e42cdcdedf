"""The clock prepares inspections, commits to seeds, begins what was drawn, makes the look-back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet

from duban.flows.advance import bring_up, plainly
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.tasks.works import Works
from support.campaign import adopt, day, move_in, workdays
from support.inspected import INSPECTED, draw, inspection, lot, register

from ..conftest import TOWN

OURS = ("公布抽签承诺", "督查开始", "列出复查")


def done(works: Works, now: datetime) -> list[str]:
    brought = bring_up(works, now, plainly)
    assert brought.failed == []
    return [line for line in brought.done if any(word in line for word in OURS)]


def test_all_of_it_happens_by_itself_once_and_with_fresh_seeds(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    register(sqlite_book)
    adopt(sqlite_book, INSPECTED, day("01-04 08:00"))
    works = Works(sqlite_book, workdays(), tmp_path, SecretBox(Fernet.generate_key()), lambda: 0.0)
    assert done(works, day("01-04 09:00")) == [
        "2023年 · 开展回头看：公布抽签承诺",
        "2023年第一季度 · 定期督查：公布抽签承诺和候选名单",
        "2023年第一季度 · 不定期督查：公布抽签承诺和候选名单",
    ]
    assert done(works, day("01-04 09:00")) == []
    assert len({lot(sqlite_book, duty).seed for duty in ("ducha", "ancha")}) == 2
    draw(sqlite_book, "02-01 09:00", "02-06 09:00")
    assert done(works, day("02-06 09:00")) == ["2023年第一季度 · 定期督查：督查开始，抽签结果已公开"]
    assert inspection(sqlite_book).state == "begun"
    assert "2023年 · 开展回头看：列出复查3项，其中抽查0项" in done(works, day("10-01 09:00"))
