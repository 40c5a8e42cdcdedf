"""The book as lines of text, table by table, and back: for backups, and for moving to another database.

A line is one row as a JSON array in the order of :func:`columns`: moments in UTC to the second, days as ISO
dates, bytes in base64. Lines come by primary key, so that equal books give equal lines on any database.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Date, LargeBinary, bindparam, func, insert, select, text, update

from .digests import NO_HASH
from .tables import FindingFile, PlanDraft, Upload
from .tables_base import Base
from .tables_journal import JournalHead
from .types import UTCSecond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from psycopg import Cursor
    from sqlalchemy import Column, Dialect, Table
    from sqlalchemy.orm import Session

_BATCH = 1000
_HEAD = JournalHead.__tablename__


class Sum(NamedTuple):
    """How many rows a table has, and the SHA-256 over their lines, each ended by a line feed."""

    rows: int
    sha256: str


class Head(NamedTuple):
    """The last entry of the journal: its number and its hash."""

    seq: int
    hash: str


def tables() -> tuple[str, ...]:
    """Give the names of all tables, each after those that it refers to."""
    return tuple(table.name for table in Base.metadata.sorted_tables)


def columns(table: str) -> tuple[str, ...]:
    """Give the names of a table's columns, in the order in which a line has them."""
    return tuple(column.name for column in _table(table).columns)


def head(session: Session) -> Head:
    """Give the journal's head."""
    seq, last = session.execute(select(JournalHead.seq, JournalHead.hash)).one()
    return Head(seq, last)


def is_empty(session: Session) -> bool:
    """Tell whether nothing at all was ever entered in the book."""
    return head(session).seq == 0 and not any(
        session.scalar(select(func.count()).select_from(_table(name))) for name in tables() if name != _HEAD
    )


def lines(session: Session, table: str) -> Iterator[str]:
    """Give a table's rows as lines, without line feeds; a few at a time are held in memory."""
    here = _table(table)
    writers = [_writer(column) for column in here.columns]
    rows = session.execute(
        select(*here.columns).order_by(*here.primary_key.columns), execution_options={"yield_per": _BATCH}
    )
    for row in rows:
        said = [None if one is None else write(one) for write, one in zip(writers, row, strict=True)]
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def sum_of(rows: Iterable[str]) -> Sum:
    """Give the sum of lines."""
    count, digest = 0, sha256()
    for line in rows:
        count += 1
        digest.update(f"{line}\n".encode())
    return Sum(count, digest.hexdigest())


def fill(session: Session, table: str, rows: Iterable[str]) -> None:
    """Put lines into a table that is empty; the tables it refers to have been filled.

    Raises ValueError for a line that is not one of this table.
    """
    here = _table(table)
    if table == _HEAD:
        # The migration has made the one row.
        [row] = (_row(here, line) for line in rows)
        session.execute(update(here).values(row))
    elif session.get_bind().dialect.name == "sqlite":
        _insert(session, here, rows)
    else:
        _copy(session, here, rows)


def _copy(session: Session, here: Table, rows: Iterable[str]) -> None:
    # PostgreSQL looks at what rows refer to when the statement ends, so their order does not matter.
    connection = session.connection()
    writers = [_binder(column, connection.dialect) for column in here.columns]
    cursor = cast("Cursor[Any]", connection.connection.cursor())
    names = ", ".join(f'"{column.name}"' for column in here.columns)
    with cursor, cursor.copy(f"COPY {here.name} ({names}) FROM STDIN".encode()) as pipe:
        for line in rows:
            row = _row(here, line)
            pipe.write_row([write(one) for write, one in zip(writers, row.values(), strict=True)])


def _insert(session: Session, here: Table, rows: Iterable[str]) -> None:
    own = [column.name for column in here.columns if column.references(here.primary_key.columns[0])]
    later: list[dict[str, Any]] = []
    source = iter(rows)
    while batch := [_row(here, line) for line in islice(source, _BATCH)]:
        # What refers to its own table may come before what it refers to: that is entered afterwards.
        later += [{"this": row["id"], **{name: row[name] for name in own}} for row in batch if _any(row, own)]
        session.execute(insert(here), [row | dict.fromkeys(own) for row in batch])
    if later:
        values: dict[str, Any] = {name: bindparam(name) for name in own}
        session.connection().execute(update(here).where(here.c.id == bindparam("this")).values(values), later)


def clear(session: Session) -> None:
    """Throw away all that a book on PostgreSQL holds, so that it can be filled anew; keeps its shape.

    Only for a book that is an older copy of another: see ``app.moving``.
    """
    names = tables()
    guards = "ALTER TABLE {} {} TRIGGER USER"
    for name in names:
        session.execute(text(guards.format(name, "DISABLE")))
    session.execute(text(f"TRUNCATE {', '.join(names)}"))
    session.execute(insert(JournalHead).values(id=1, seq=0, hash=NO_HASH))
    for name in names:
        session.execute(text(guards.format(name, "ENABLE")))


def files(session: Session) -> list[str]:
    """Give the SHA-256 of every file that came with a report or a finding or was read, each once."""
    every = select(Upload.sha256).union(select(FindingFile.sha256), select(PlanDraft.sha256))
    return sorted(session.scalars(every))


def restart_numbers(session: Session) -> None:
    """Let what is entered next be numbered after what was put in; on SQLite that is so by itself."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            sequence = session.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
            last = session.scalar(select(func.max(table.c.id)))
            if sequence and last:
                session.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    # COPY takes what the driver takes; the column's type says what that is, as it does for INSERT.
    return column.type.dialect_impl(dialect).bind_processor(dialect) or _same


def _same(one: Any) -> Any:
    return one


def _any(row: dict[str, Any], names: Iterable[str]) -> bool:
    return any(row[name] is not None for name in names)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _row(here: Table, line: str) -> dict[str, Any]:
    said: list[Any] = json.loads(line)
    if len(said) != len(here.columns):
        raise ValueError(f"{here.name}: {len(here.columns)} values expected")
    return {
        column.name: None if one is None else _reader(column)(one)
        for column, one in zip(here.columns, said, strict=True)
    }


def _writer(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, UTCSecond):
        return lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(column.type, Date):
        return lambda day: day.isoformat()
    if isinstance(column.type, LargeBinary):
        return lambda data: b64encode(data).decode()
    return _same


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, UTCSecond):
        return datetime.fromisoformat
    if isinstance(column.type, Date):
        return date.fromisoformat
    if isinstance(column.type, LargeBinary):
        return b64decode
    return _same
