"""The site over a small campaign: March 2023's check has opened for three villages; it is due on the 24th."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.ledger.book import Book
from duban.ledger.units import import_roster
from support.campaign import adopt, advance, day
from support.desk import Desk, desk_over

from ..conftest import NEW_YEAR, TOWN


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    with sqlite_book.write() as session:
        import_roster(session, TOWN, NEW_YEAR, "测试")
    adopt(sqlite_book)
    advance(sqlite_book, day("03-01 09:00"))
    return desk_over(sqlite_book, tmp_path)
