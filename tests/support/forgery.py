"""Somebody who has the password of a database, drops the triggers and changes what the book keeps."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox

_OURS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname, relname FROM pg_trigger "
        "JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    ),
}


def forge(book: Book, *changes: str, box: SecretBox | None = None) -> str:
    """Run statements with every trigger gone; give what the proof says then, empty if it sees nothing."""
    with book.read() as session:
        assert journal.verify(session, box=box).ok
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for name, table in connection.execute(text(_OURS[engine.dialect.name])).all():
            connection.execute(text(f"DROP TRIGGER {name}" + ("" if book.is_sqlite else f" ON {table}")))
        for change in changes:
            connection.execute(text(change))
    engine.dispose()
    with book.read() as session:
        return journal.verify(session, box=box).reason_zh
