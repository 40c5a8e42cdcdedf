"""The site over a small campaign: March 2023's check has opened for three villages; it is due on the 24th."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.ledger.book import Book
from support.campaign import adopt, advance, day, move_in
from support.desk import Desk, desk_over
from support.supervised import supervised, write_history

from ..conftest import TOWN


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book)
    advance(sqlite_book, day("03-01 09:00"))
    return desk_over(sqlite_book, tmp_path)


@pytest.fixture(scope="session")
def supervised_book(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("supervised") / "book.db"))
    book = Book.open(f"sqlite:///{path}")
    write_history(book)
    book.close()
    return path


@pytest.fixture
def supervised_desk(supervised_book: Path, tmp_path: Path) -> Iterator[Desk]:
    """Give the site over a history for whoever supervises; see ``support.supervised``."""
    book = Book.open(f"sqlite:///{shutil.copy(supervised_book, tmp_path / 'supervised.db')}")
    yield supervised(book, tmp_path)
    book.close()
