from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError, connect
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from duban.ledger import book as book_module
from duban.ledger.book import MIGRATIONS, Book, known_revisions
from duban.ledger.explain import BookError, explain
from duban.ledger.tables import OPEN, Base, Obligation, Unit
from duban.obligations.errors import DubanError

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "recursive_triggers": 1,
}


def add(book: Book, *names: str) -> None:
    with book.write() as session:
        session.add_all(Unit(code=name, name=name, kind="村") for name in names)


def names(book: Book) -> list[str]:
    with book.read() as session:
        return list(session.scalars(select(Unit.name).order_by(Unit.id)))


@contextmanager
def raw(book: Book) -> Generator[Engine]:
    engine = create_engine(book.engine.url)
    yield engine
    engine.dispose()


# Its shape


def test_the_models_are_what_the_migrations_make(book: Book) -> None:
    with book.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def shape(engine: Engine) -> dict[str, Any]:
    found, sqlite = inspect(engine), engine.dialect.name == "sqlite"

    def keys(table: str) -> list[str]:
        parts = [
            found.get_check_constraints(table),
            found.get_indexes(table),
            found.get_unique_constraints(table),
            # SQLite keeps no name of a key that came with a column of its own.
            [one | ({"name": None} if sqlite else {}) for one in found.get_foreign_keys(table)],
            [found.get_pk_constraint(table)],
        ]
        # A partial index holds its condition as a clause, which compares by identity.
        return sorted(re.sub(r"<.*?TextClause.*?>", spelled(key), str(key)) for part in parts for key in part)

    def spelled(key: Any) -> str:
        return " ".join(str(value) for value in key.get("dialect_options", {}).values())

    return {table: keys(table) for table in found.get_table_names() if table != "alembic_version"}


def test_the_checks_indexes_and_keys_of_the_models_are_those_of_the_migrations(book: Book) -> None:
    with raw(book) as engine:
        migrated = shape(engine)
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        assert shape(engine) == migrated


def test_every_migration_file_is_named_by_its_revision() -> None:
    assert {step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()} == known_revisions()


def test_opening_the_book_does_not_load_alembic() -> None:
    code = "import sys, duban.ledger.book, duban.ledger.units; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd="/").returncode == 0


def test_a_file_that_is_read_first_and_then_migrated_writes_ahead_and_through(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    path.touch()
    with closing(Book.open(f"sqlite:///{path}")) as book:
        assert book.revision() is None
        book.migrate()
        with book.read() as session:
            found = {name: session.scalar(text(f"PRAGMA {name}")) for name in SETTINGS}
    assert found == SETTINGS


def test_what_is_open_and_due_is_found_by_its_index(sqlite_book: Book) -> None:
    query = select(Obligation.id).where(OPEN, Obligation.due_at <= datetime(2023, 1, 29, tzinfo=UTC))
    with sqlite_book.read() as session:
        compiled = query.compile(session.connection())
        steps = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", ("2023-01-29 00:00:00",)
        )
        assert "ix_obligations_open_due_at" in steps.one().detail


# Opening and migrating


def test_a_new_book_is_made_by_migrating_and_a_second_time_changes_nothing(empty_url: str) -> None:
    with closing(Book.open(empty_url)) as book:
        assert book.revision() is None
        book.migrate()
        add(book, "一村")
        book.migrate()
        assert book.revision() == "0017"
        assert names(book) == ["一村"]


def test_two_programs_that_migrate_at_once_make_one_book(empty_url: str) -> None:
    books = [Book.open(empty_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Book.migrate, books))
    assert [book.revision() for book in books] == ["0017"] * 3
    for book in books:
        book.close()


def test_a_book_that_was_never_migrated_says_so(empty_url: str) -> None:
    with closing(Book.open(empty_url)) as book:
        with pytest.raises(DubanError, match="账簿还没有建立"), book.read():
            pass
        with pytest.raises(DubanError, match="请先运行 duban up"), book.write():
            pass


def test_opening_a_mistyped_path_leaves_nothing_behind(tmp_path: Path) -> None:
    with closing(Book.open(f"sqlite:///{tmp_path / 'nowhere.db'}")) as book:
        with pytest.raises(DubanError), book.read():
            pass
        assert list(tmp_path.iterdir()) == []


def test_a_book_made_by_a_newer_program_is_refused(book: Book) -> None:
    with raw(book) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = book.engine.url.render_as_string(hide_password=False)
    with pytest.raises(DubanError, match=r"更新版本的程序建立.*9999.*请升级程序"):
        Book.open(url)
    with pytest.raises(DubanError, match="更新版本的程序"):
        book.migrate()


def test_a_newer_book_is_not_touched_by_the_refusal(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    before = path.read_bytes()
    with pytest.raises(DubanError):
        Book.open(sqlite_url)
    assert path.read_bytes() == before
    assert sorted(item.name for item in path.parent.iterdir()) == ["book.db"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"not a book " * 500)
    with pytest.raises(DubanError, match="不是 SQLite 数据库文件"):
        Book.open(f"sqlite:///{path}")


@pytest.mark.parametrize(
    "url", ["book.db", "mysql://root:hunter2@localhost/x", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_is_no_books_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(
        DubanError, match="账簿地址写得不对；应为 sqlite:///文件路径 或 postgresql://"
    ) as refused:
        Book.open(url)
    assert "hunter2" not in str(refused.value)


def test_a_database_server_that_does_not_answer_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="连不上账簿所在的数据库。请检查数据库是否已启动") as refused:
        Book.open(f"postgresql://clerk:hunter2@/book?host={tmp_path}")
    assert "hunter2" not in str(refused.value)


def test_a_database_that_is_not_there_is_told_in_chinese(postgres_url: str) -> None:
    with pytest.raises(DubanError, match="连不上账簿所在的数据库"):
        Book.open(postgres_url.replace("/duban_", "/no_such_"))


def test_a_books_name_shows_no_password() -> None:
    book = Book(create_engine("postgresql+psycopg://clerk:hunter2@db/book"))
    assert repr(book) == "Book('postgresql+psycopg://clerk:***@db/book')"


# Reading and writing


def test_what_is_written_is_kept(book: Book) -> None:
    add(book, "一村", "二村")
    assert names(book) == ["一村", "二村"]


def test_an_error_leaves_nothing_of_the_session(book: Book) -> None:
    def fail_half_way() -> None:
        with book.write() as session:
            session.add(Unit(code="1", name="一村", kind="村"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert names(book) == []


def test_a_reader_cannot_write(book: Book) -> None:
    with pytest.raises(DubanError, match="只读"), book.read() as session:
        session.execute(insert(Unit).values(code="1", name="一村", kind="村"))
    add(book, "二村")
    assert names(book) == ["二村"]


def test_a_reader_sees_one_moment_of_the_book(book: Book) -> None:
    with book.read() as session:
        assert session.scalars(select(Unit.name)).all() == []
        add(book, "一村")
        assert session.scalars(select(Unit.name)).all() == []
    assert names(book) == ["一村"]


def test_a_program_fault_is_not_dressed_up(book: Book) -> None:
    with pytest.raises(IntegrityError) as fault, book.write() as session:
        session.add(Unit(code="1", name="一村", kind="村", parent_id=99))
    assert "一村" not in str(fault.value)  # parameters stay out of tracebacks


def test_foreign_keys_and_words_are_enforced(book: Book) -> None:
    with pytest.raises(IntegrityError), book.write() as session:
        session.add(Unit(code="1", name="一村", kind="村", parent_id=99))
    channel = text("INSERT INTO channels (name, kind, active) VALUES ('信鸽', 'pigeon', true)")
    with pytest.raises(IntegrityError), book.write() as session:
        session.execute(channel)


def test_a_writer_that_reads_first_is_not_overtaken(sqlite_book: Book) -> None:
    book = sqlite_book  # PostgreSQL lets both go on; there the journal's head row puts them in a queue
    with book.write() as first:
        first.scalars(select(Unit.name)).all()
        other = threading.Thread(target=add, args=(book, "二村"))
        other.start()
        other.join(0.2)
        assert other.is_alive()
        first.add(Unit(code="1", name="一村", kind="村"))
    other.join()
    assert names(book) == ["一村", "二村"]


# What goes wrong outside


def test_a_full_disk_leaves_nothing_half_written(sqlite_book: Book) -> None:
    def write_much() -> None:
        with sqlite_book.write() as session:
            session.execute(text("PRAGMA max_page_count = 1"))  # SQLite takes it for the present size
            for n in range(5000):
                session.execute(insert(Unit).values(code=f"{n}", name="很长的名字" * 20, kind="村"))
                written.append(n)

    written: list[int] = []
    add(sqlite_book, "一村")
    with pytest.raises(DubanError, match="磁盘已满，这次的内容一条也没有写入账簿"):
        write_much()
    assert len(written) > 2
    assert names(sqlite_book) == ["一村"]
    with sqlite_book.write() as session:
        session.execute(text("PRAGMA max_page_count = 1073741823"))
    add(sqlite_book, "二村")
    with sqlite_book.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_disk_that_fills_while_migrating_leaves_no_half_book(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    with closing(Book.open(url)) as book:
        event.listen(book.engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 20"))
        with pytest.raises(DubanError, match="磁盘已满"):
            book.migrate()
    with closing(Book.open(url)) as book:
        assert inspect(book.engine).get_table_names() == []
        book.migrate()
        assert book.revision() == "0017"


def test_a_book_that_another_program_holds_is_told(
    sqlite_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_module, "BUSY_SECONDS", 0.05)
    sqlite_book.close()  # so that the next connection waits no longer than that
    with closing(connect(sqlite_book.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DubanError, match="账簿一直被另一个程序占用"):
            add(sqlite_book, "一村")


def test_who_locks_a_row_sees_it_as_it_stands_and_not_as_it_was_read_before(postgres_url: str) -> None:
    with closing(Book.open(postgres_url)) as book:
        add(book, "一村")
        with book.write() as session:
            row = session.scalars(select(Unit)).one()
            with book.write() as other:
                other.scalars(select(Unit)).one().name = "新一村"
            assert row.name == "一村"
            session.scalars(select(Unit).with_for_update()).one()
            assert row.name == "新一村"


def test_a_book_that_was_taken_away_is_told(sqlite_url: str) -> None:
    with closing(Book.open(sqlite_url)) as book:
        book.close()
        Path(book.name).unlink()
        with pytest.raises(DubanError, match="账簿还没有建立"):
            add(book, "一村")


def test_a_book_that_is_taken_away_while_in_use_is_told(sqlite_book: Book) -> None:
    add(sqlite_book, "一村")
    sqlite_book.close()
    Path(sqlite_book.name).unlink()
    with pytest.raises(DubanError, match="打不开账簿文件"):
        add(sqlite_book, "二村")


def test_a_read_only_file_is_told(sqlite_book: Book) -> None:
    with (
        closing(connect(f"file:{sqlite_book.name}?mode=ro", uri=True)) as file,
        pytest.raises(OperationalError) as wrong,
    ):
        file.execute("DELETE FROM units")
    assert "账簿是只读的" in str(explain(wrong.value, "甲.db"))
    assert str(explain(wrong.value, "甲.db")).endswith("（账簿：甲.db）")
    assert isinstance(explain(wrong.value), BookError)


def test_what_somebody_has_just_written_too_is_no_fault_of_the_book(book: Book) -> None:
    add(book, "一村")
    with pytest.raises(DubanError) as refused:
        add(book, "一村")
    assert "刚刚已有人写入了相同的内容" in str(refused.value)
    assert not isinstance(refused.value, BookError)
    assert book.name not in str(refused.value)


def test_what_is_not_the_databases_fault_has_no_sentence() -> None:
    assert explain(ValueError("x")) is None
