"""The book: one database, SQLite or PostgreSQL, opened for reading or for writing."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from ..obligations.errors import DubanError
from .explain import NOT_MIGRATED, BookError, explain
from .scope import Narrowed, NarrowedWriter, narrow
from .writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Connection, Engine

    from .scope import Scope

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
_MIGRATING = 0x64756261  # any number that is only ours: the key of PostgreSQL's advisory lock
_WRITING = "duban_writing"
_ADDRESS = "应为 sqlite:///文件路径 或 postgresql://用户:口令@主机/库名"


class Book:
    """One book: open it with :meth:`open`, then ``with book.read()`` and ``with book.write()``."""

    __slots__ = ("_current", "_reading", "_turn", "_writing", "engine", "name")

    engine: Engine
    name: str  # where it is, without a password

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = engine.url.database or "" if self.is_sqlite else engine.url.render_as_string()
        self._current, self._turn = Event(), Lock()
        self._writing = engine.execution_options(**{_WRITING: True})
        # A reader sees one moment of the book from first to last query; on SQLite that is so anyway.
        snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine if self.is_sqlite else engine.execution_options(**snapshot)

    def __repr__(self) -> str:
        """Name the book, without a password."""
        return f"Book({self.name!r})"

    @classmethod
    def open(cls, url: str) -> Book:
        """Open the book at ``sqlite:///path`` or ``postgresql://user:password@host/name``; make nothing.

        Raises :class:`DubanError` when it cannot be reached, is no database, or a newer program made it.
        """
        book = cls(_engine(_parse(url)))
        try:
            book._refuse_newer()
        except BaseException:
            book.close()
            raise
        return book

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the book is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    def migrate(self) -> None:
        """Bring the book to this program's shape, all or nothing; makes a SQLite file that is not there.

        Raises :class:`DubanError` as :meth:`open` does, and when the disk is full or read-only.
        """
        with self._explained():
            if self.is_sqlite:
                _make_file(Path(self.name))
                self._use_wal()
            with self._writing.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
                self._refuse_newer(connection)
                if _revision(connection) != max(known_revisions()):
                    _upgrade(connection)
        self._current.set()

    def revision(self) -> str | None:
        """Give the revision of the book's shape, or none when it has not been migrated yet."""
        if self.is_sqlite and not Path(self.name).exists():
            return None
        with self._explained(), self.engine.connect() as connection:
            return _revision(connection)

    @contextmanager
    def write(self, scope: Scope | None = None) -> Generator[Session]:
        """Give a session that writes: committed at the end, rolled back on any error; narrowed to a scope.

        Raises :class:`BookError` when the book cannot be written; then nothing of this session has been.
        """
        self._require_current()
        kind = Writer if scope is None else NarrowedWriter
        writer = kind(self._writing, expire_on_commit=False)
        with self._explained(), self._in_turn(), writer as session, session.begin():
            narrow(session, scope)
            yield session

    @contextmanager
    def read(self, scope: Scope | None = None) -> Generator[Session]:
        """Give a session that sees one moment of the book and cannot change it; narrowed to a scope."""
        self._require_current()
        kind = Session if scope is None else Narrowed
        with self._explained(), kind(self._reading, autoflush=False) as session:
            narrow(session, scope)
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _in_turn(self) -> Generator[None]:
        # SQLite lets a writer who waits for another sleep, longer each time; threads here wake one another.
        # Whoever has waited as long as SQLite would goes on to it, and is told.
        mine = self.is_sqlite and self._turn.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as wrong:
            if (said := explain(wrong, self.name)) is None:
                raise
            raise said from wrong

    def _require_current(self) -> None:
        if self._current.is_set():
            return
        self._refuse_newer()
        if self.revision() != max(known_revisions()):
            raise BookError(f"{NOT_MIGRATED}（账簿：{self.name}）")
        self._current.set()

    def _refuse_newer(self, connection: Connection | None = None) -> None:
        found = self.revision() if connection is None else _revision(connection)
        if found is not None and found not in known_revisions():
            shape = f"结构版本 {found}，本程序只认识到 {max(known_revisions())}"
            raise BookError(
                f"账簿由更新版本的程序建立（{shape}），没有改动其中任何内容。"
                f"请升级程序后再打开。（账簿：{self.name}）"
            )

    def _use_wal(self) -> None:
        # The mode stays with the file. It cannot change in a transaction, hence the driver's own connection.
        raw = self.engine.raw_connection()
        try:
            _patiently(lambda: raw.cursor().execute("PRAGMA journal_mode=WAL"))
        finally:
            raw.close()


def _patiently(act: Callable[[], object]) -> None:
    # SQLite does not wait out its busy timeout here: two programs that start at once would refuse each other.
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            act()
        except sqlite3.OperationalError as wrong:
            if wrong.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def known_revisions() -> frozenset[str]:
    """Give the revisions that this program knows, from the names of its migrations; the last is its own."""
    return frozenset(step.name.split("_")[0] for step in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as wrong:
        raise DubanError(f"账簿地址写得不对；{_ADDRESS}。") from wrong
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise DubanError(f"账簿地址写得不对；{_ADDRESS}；实际为 {parsed!r}。")


def _engine(url: URL) -> Engine:
    # Parameters hold what people reported; they do not belong in a traceback.
    # As many as serve requests at a time are kept: one above that is opened anew each time, schema and all.
    shared: dict[str, Any] = {"hide_parameters": True, "pool_size": 20, "max_overflow": 20}
    if url.get_backend_name() == "sqlite":
        return _sqlite(create_engine(url, creator=lambda: _connect(Path(str(url.database))), **shared))
    options = {"connect_timeout": 10, "options": "-c timezone=UTC", "application_name": "duban"}
    return create_engine(url, pool_pre_ping=True, connect_args=options, **shared)


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: a mistyped path must not leave an empty file behind. isolation_level=None: we begin ourselves.
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(
        address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _sqlite(engine: Engine) -> Engine:
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(raw: sqlite3.Connection, _record: object) -> None:
    # FULL: a report that was taken survives a power cut.
    # Recursive triggers: REPLACE must not slip past the triggers that refuse DELETE.
    for setting in ("foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"):
        raw.execute(f"PRAGMA {setting}")


def _on_begin(connection: Connection) -> None:
    # A writer locks at once: one that reads first and locks later may find the book changed under it.
    writing = connection.get_execution_options().get(_WRITING, False)
    if connection.info.get(_WRITING) is not writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info[_WRITING] = writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as wrong:
        raise DubanError(
            f"无法建立账簿文件 {path}：{wrong.strerror}。请检查文件夹是否可写、磁盘是否已满。"
        ) from wrong


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _upgrade(connection: Connection) -> None:
    # Alembic takes a fifth of a second to import; only a migration needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
