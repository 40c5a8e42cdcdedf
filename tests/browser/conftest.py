"""Real Chromium before a real site: twenty-two villages owe March's check; it is due on Friday the 24th."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from duban.ledger.book import Book
from support.browser import chromium, listening
from support.campaign import adopt, advance, day, move_in
from support.desk import Desk, desk_over
from support.full_site import TOWN


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium for the module alone: the loop that it runs in would lead Prefect astray later."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book)
    advance(sqlite_book, day("03-01 09:00"))
    return desk_over(sqlite_book, tmp_path)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Give where the site of ``desk`` listens."""
    with listening(desk) as where:
        yield where
