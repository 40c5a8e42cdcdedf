"""Histories that many tests begin with: written once in a process, and copied into the book from then on.

A history is known by what was to be written and by the book that it was written to: a SQLite file by its
very bytes, a PostgreSQL database by the head of its journal and the tables that a test writes to by hand.
What is to stand in a PostgreSQL database is copied there when it is first looked into, so of histories that
follow one another only the last is.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from hashlib import blake2b
from pathlib import Path
from threading import Lock, current_thread, main_thread
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

import psycopg
from psycopg import sql
from sqlalchemy import Engine, QueuePool, event, text

from duban.ledger.book import Book

P = ParamSpec("P")
R = TypeVar("R")

_FOLDER = tempfile.TemporaryDirectory(prefix="duban-histories-")
_BY_HAND = ("units", "contacts", "accounts", "rounds", "stretches", "obligations", "messages", "sheets")
_ROWS = "(SELECT md5(string_agg({0}::text, ' ' ORDER BY id)) FROM {0})"
_HEAD = text(f"SELECT hash, {', '.join(map(_ROWS.format, _BY_HAND))} FROM journal_head")


class _Kept(NamedTuple):
    place: str  # a file, or the name of a database
    given: object


class _Placed(NamedTuple):
    place: str
    there: bool  # or yet to be copied


_kept: dict[object, _Kept] = {}
_placed: dict[str, _Placed] = {}  # by database, as long as nobody has been in it
_heads: dict[str, object] = {}  # by place: what a book is known by that was copied from it
_copying = Lock()
_seen: Counter[object] = Counter()


def remembered(write: Callable[Concatenate[Book, P], R]) -> Callable[Concatenate[Book, P], R]:
    """Let what a function writes to a book be copied when it is to be written to an equal book again.

    What it gives must not be changed by who gets it. It is kept from the second time on, as much is written
    only once.
    """

    @wraps(write)
    def either(book: Book, *arguments: P.args, **named: P.kwargs) -> R:
        if (known := _known_by(book)) is None:
            return write(book, *arguments, **named)
        key = (write.__module__, write.__qualname__, repr(arguments), repr(named), known)
        if found := _kept.get(key):
            _copy_back(book, found.place)
            return cast("R", found.given)
        given = write(book, *arguments, **named)
        _seen[key] += 1
        if _seen[key] > 1 and _alone_in(book):
            _kept[key] = _Kept(_copy_away(book, len(_kept)), given)
        return given

    return either


def stand(book: Book, place: str) -> None:
    """Let a copy of another database stand in a book's, from when somebody first looks into it."""
    book.close()
    _placed[str(book.engine.url.database)] = _Placed(place, there=False)


def forget(database: str) -> None:
    """Copy nothing into a database: it is made by other means."""
    _placed.pop(database, None)


@event.listens_for(Engine, "do_connect")
def copy_first(_dialect: object, _record: object, _arguments: object, given: dict[str, Any]) -> None:
    """Copy what is to stand in a database before somebody is in it for the first time."""
    name = given.get("dbname", "")
    with _copying:
        if (placed := _placed.pop(name, None)) is not None and not placed.there:
            _make(given, name, placed.place)


def _known_by(book: Book) -> object:
    """Give what a book is known by, or nothing when others are in it: then it is not to be exchanged."""
    placed = _placed.get(str(book.engine.url.database))
    if placed is not None and placed.place in _heads and current_thread() is main_thread():
        return _heads[placed.place]
    if not _alone_in(book):
        return None
    if book.is_sqlite:
        return blake2b(Path(book.name).read_bytes()).hexdigest()
    with book.read() as session:
        head = (book.engine.url.host, *session.execute(_HEAD).one())
    if placed is not None:
        _heads[placed.place] = head
        _stands(book, placed.place)  # it has only been read
    return head


def _alone_in(book: Book) -> bool:
    # Threads are started to be in one book at once. SQLite's log is gone when the last connection is closed.
    if current_thread() is not main_thread() or cast("QueuePool", book.engine.pool).checkedout():
        return False
    book.close()
    if book.is_sqlite:
        return not Path(f"{book.name}-wal").exists()
    with book.read() as session:
        others = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"
        return bool(session.scalar(text(others)))


def _copy_away(book: Book, number: int) -> str:
    if book.is_sqlite:
        return str(shutil.copy(book.name, Path(_FOLDER.name) / str(number)))
    name = f"duban_history_{number}"
    # Nobody may be in a database while it is copied.
    book.close()
    server = dict(book.engine.dialect.create_connect_args(book.engine.url)[1])
    _make(server, name, str(book.engine.url.database))
    _stands(book, name)
    return name


def _stands(book: Book, place: str) -> None:
    book.close()
    _placed[str(book.engine.url.database)] = _Placed(place, there=True)


def _copy_back(book: Book, place: str) -> None:
    if book.is_sqlite:
        shutil.copyfile(place, book.name)
    else:
        stand(book, place)


def _make(server: dict[str, Any], name: str, template: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    address: dict[str, Any] = server | {"dbname": "postgres"}
    with closing(psycopg.connect(**address, autocommit=True)) as connection:
        connection.execute(drop)
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
