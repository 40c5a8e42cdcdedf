"""``INSERT … ON CONFLICT`` for both databases: running twice is running once, as a unique key says."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import CursorResult, bindparam, insert, text
from sqlalchemy.dialects import postgresql, sqlite

from .tables import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable, Select, TextClause
    from sqlalchemy.orm import Session


Insert: TypeAlias = sqlite.Insert | postgresql.Insert


def upsert(session: Session, table: type[Base]) -> Insert:
    """Give the dialect's own ``INSERT``, which knows ``ON CONFLICT``; both spell it alike."""
    return _insert(session.get_bind().dialect.name, table)


@cache
def _insert(dialect: str, table: type[Base]) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def insert_new_rows(table: type[Base], key: str) -> TextClause:
    """Give the statement that inserts rows but for those whose key is taken, for many that come often.

    It takes values for every column but the number. SQLAlchemy would put ``ON CONFLICT`` together again at
    each call, and both databases spell it alike.
    """
    columns = [column for column in Base.metadata.tables[table.__tablename__].columns if column.key != "id"]
    names = ", ".join(f'"{column.key}"' for column in columns)
    places = ", ".join(f":{column.key}" for column in columns)
    written = (
        f'INSERT INTO {table.__tablename__} ({names}) VALUES ({places}) ON CONFLICT ("{key}") DO NOTHING'  # noqa: S608 - names of our own
    )
    return text(written).bindparams(*(bindparam(column.key, type_=column.type) for column in columns))


def insert_selected(
    session: Session, table: type[Base], columns: Sequence[str], rows: Select[Any], conflict: str
) -> int:
    """Insert what ``rows`` selects into these columns; give how many rows were written.

    ``conflict`` says what becomes of a row whose key is taken, ``ON CONFLICT …``. It goes where the
    statement ends, as a suffix of the SELECT, since both databases spell it alike and SQLAlchemy remembers
    the statement then; one with ``on_conflict_do_nothing`` it would put together anew for each round. SQLite
    wants a WHERE in ``rows``, to tell the clause from a join.
    """
    target = Base.metadata.tables[table.__tablename__]
    return rows_of(session, insert(target).from_select(columns, rows.suffix_with(text(conflict))))


def insert_new(
    session: Session, table: type[Base], values: dict[str, Any], key: tuple[str, ...]
) -> int | None:
    """Insert one row unless its key is taken; give its id, or None when the row was there already."""
    statement = upsert(session, table).values(values).on_conflict_do_nothing(index_elements=list(key))
    return session.scalar(statement.returning(table.__table__.c.id))


def rows_of(session: Session, statement: Executable) -> int:
    """Run a statement that writes; give how many rows it wrote."""
    # Without the option SQLAlchemy does not ask the driver for the count of an INSERT.
    done = session.execute(statement, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[Any]", done).rowcount


def plan_anew(session: Session) -> None:
    """Let PostgreSQL forget how it went about statements and references before, where it is the database.

    It keeps a plan for as long as a connection. One that was made while a table had a few rows reads all of
    it, for every single row that refers to it, however large the table has become since.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("DISCARD PLANS"))
