"""A book that another program holds: it can be read, and not written."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import event

from duban.ledger.book import Book


def _impatient(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA busy_timeout=0")


@contextmanager
def held(book: Book) -> Generator[None]:
    """Hold a book on SQLite, whose own program does not wait for it meanwhile."""
    event.listen(book.engine, "connect", _impatient)
    book.close()
    with closing(sqlite3.connect(book.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
    event.remove(book.engine, "connect", _impatient)
    book.close()
