"""Whether the file of a book is whole: a damaged page may be one that is read once a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from .explain import DAMAGED, BookError

if TYPE_CHECKING:
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
