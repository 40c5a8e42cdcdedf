"""How the database goes about a statement that the program really sends."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import CacheStats

from duban.ledger.book import Book


@contextmanager
def heard(book: Book) -> Generator[list[str]]:
    """Give a list to which each statement is added that a book is asked meanwhile."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        seen.append(sql)

    event.listen(book.engine, "before_cursor_execute", listen)
    yield seen
    event.remove(book.engine, "before_cursor_execute", listen)


def reads_whole(book: Book, table: str, act: Callable[[], object]) -> list[str]:
    """Run ``act`` and give the statements in it for which PostgreSQL can but read a whole table."""
    seen: dict[str, Any] = {}

    def listen(_connection: object, _cursor: object, sql: str, given: Any, _: object, many: object) -> None:
        if table in sql and sql.lstrip().startswith(("SELECT", "UPDATE", "INSERT", "DELETE", "WITH")):
            seen.setdefault(sql, given[0] if many else given)

    event.listen(book.engine, "before_cursor_execute", listen)
    act()
    event.remove(book.engine, "before_cursor_execute", listen)
    assert seen, f"nothing that was asked named {table}"
    with book.write() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = session.connection().exec_driver_sql
        plans = {sql: "\n".join(map(str, asked(f"EXPLAIN {sql}", given))) for sql, given in seen.items()}
    return [sql for sql, plan in plans.items() if f"Seq Scan on {table}" in plan]


def plan_of(book: Book, part: str, act: Callable[[], object]) -> str:
    """Run ``act`` and give the database's own plan of the first statement in it that contains ``part``."""
    seen: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, sql: str, given: Any, *_: object) -> None:
        seen.append((sql, given))

    event.listen(book.engine, "before_cursor_execute", listen)
    act()
    event.remove(book.engine, "before_cursor_execute", listen)
    sql, given = next(one for one in seen if part in one[0])
    with book.write() as session:
        if not book.is_sqlite:
            # A few rows are read faster without an index; the question is whether one could be used.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if book.is_sqlite else "EXPLAIN "
        return "\n".join(map(str, session.connection().exec_driver_sql(explain + sql, given)))


def put_together(book: Book, act: Callable[[], object]) -> list[str]:
    """Run ``act`` and give the statements that SQLAlchemy did not remember from before."""
    anew: list[str] = []

    def listen(
        _connection: object, _cursor: object, sql: str, _given: object, context: Any, _: object
    ) -> None:
        if (
            context is not None
            and context.compiled is not None
            and context.cache_hit is not CacheStats.CACHE_HIT
        ):
            anew.append(sql)

    event.listen(book.engine, "before_cursor_execute", listen)
    act()
    event.remove(book.engine, "before_cursor_execute", listen)
    return anew
