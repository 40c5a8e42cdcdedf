"""Everything that the API's own description allows, and much that it does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from schemathesis.generation.case import Case
from sqlalchemy import event

from duban.ledger.book import Book
from duban.portal import site
from support.campaign import adopt, move_in
from support.desk import desk_over
from support.fuzzing import ask, described, each_request, keep_busy, let_in, look_around, serving

from ..conftest import TOWN, Server

EXAMPLES = int(os.environ.get("DUBAN_API_EXAMPLES", "10"))
on_sqlite = described(EXAMPLES, edges=True)
on_postgresql = described(EXAMPLES // 2, edges="DUBAN_API_EXAMPLES" in os.environ)


def _fill(book: Book) -> None:
    move_in(book, TOWN)
    adopt(book)
    keep_busy(book)


@contextmanager
def _serving(book: Book, folder: Path) -> Generator[None]:
    desk = desk_over(book, folder)
    desk.clock.on("09-20 09:00")
    let_in(desk)
    look_around(book)
    with serving(site.create(desk.counter)):
        yield
    book.close()


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("busy") / "book.db"
    shutil.copy(sqlite_template, path)
    book = Book.open(f"sqlite:///{path}")
    _fill(book)
    book.close()
    return path


@pytest.fixture
def sqlite_site(busy: Path, tmp_path: Path) -> Iterator[None]:
    book = Book.open(f"sqlite:///{shutil.copy(busy, tmp_path / 'busy.db')}")
    event.listen(book.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    with _serving(book, tmp_path):
        yield


@pytest.fixture(scope="module")
def postgresql_site(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with closing(Book.open(postgres_server.migrated())) as book:
        _fill(book)
        with _serving(book, tmp_path_factory.mktemp("files")):
            yield


@each_request(on_sqlite)
def test_every_answer_is_as_described_and_none_is_a_fault_of_the_program(
    case: Case[Any], sqlite_site: None
) -> None:
    ask(case)


@each_request(on_postgresql)
def test_nor_does_postgresql_choke_on_what_is_allowed(case: Case[Any], postgresql_site: None) -> None:
    ask(case)
