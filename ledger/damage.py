"""Whether a SQLite file is whole: a damaged page may be one that is read once a year."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import text

from .explain import DAMAGED, BookError

if TYPE_CHECKING:
    from pathlib import Path

    from .book import Book


def refuse_damaged(book: Book) -> None:
    """Raise :class:`BookError` when a page of a SQLite file is damaged; reads the whole file once.

    A PostgreSQL server watches over its own pages.
    """
    if not book.is_sqlite or book.revision() is None:
        return
    with book.read() as session:
        found = session.scalar(text("PRAGMA quick_check(1)"))
    if found != "ok":
        raise BookError(f"{DAMAGED}（账簿：{book.name}）")


def is_damaged(path: Path) -> bool:
    """Tell whether a SQLite file of another program is damaged; reads the whole of it once.

    A file that is not there, is empty, or cannot be read just now is not.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
