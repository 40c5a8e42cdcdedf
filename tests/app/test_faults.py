"""The disk is full, or has damaged a page: it is said, nothing is half-written, and there is a way on."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from typer.testing import CliRunner

from duban.app import at_once, backup, restoring
from duban.app.cli import app
from duban.app.doctor import examine
from duban.app.settings import Settings
from duban.app.supervisor import up
from duban.ledger import agenda, journal
from duban.ledger.book import Book
from duban.ledger.tables import Obligation
from duban.obligations.errors import DubanError
from support import example
from support.scratch import SHANGHAI, works_at

NOW = datetime(2023, 3, 23, 10, 0, tzinfo=SHANGHAI)
FULL = "磁盘已满，这次的内容一条也没有写入账簿。"
DAMAGED = "账簿文件已损坏。请立即停止使用，保留现在的文件，并把最近的备份恢复到一个新的数据目录"


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return Settings(data=tmp_path, database_url=sqlite_url, port=9)


def owed(book: Book) -> int:
    with book.read() as session:
        return session.scalar(select(func.count()).select_from(Obligation)) or 0


def test_a_full_disk_stops_the_day_and_the_day_goes_on_when_there_is_room(
    sqlite_book: Book, settings: Settings
) -> None:
    works = works_at(sqlite_book, settings.data)
    example.fill(sqlite_book, NOW)
    whole, room = 1_073_741_823, [1]  # SQLite takes 1 for the present size

    def limit(raw: object, _record: object) -> None:
        raw.execute(f"PRAGMA max_page_count={room[0]}")  # pyright: ignore[reportAttributeAccessIssue]

    event.listen(sqlite_book.engine, "connect", limit)
    try:
        sqlite_book.close()
        stopped = at_once.bring_up(works, NOW)
        assert FULL in "".join(stopped.failed)
        before = owed(sqlite_book)
        with sqlite_book.read() as session:
            assert journal.verify(session).ok
        room[0] = whole
        sqlite_book.close()
        assert at_once.bring_up(works, NOW).failed == []
    finally:
        event.remove(sqlite_book.engine, "connect", limit)
    at_once.deliver(works, NOW)
    assert owed(sqlite_book) > before
    with sqlite_book.read() as session:
        assert agenda.due(session, NOW) == []
        assert journal.verify(session).ok


def test_a_damaged_page_is_found_said_and_the_backup_named_that_restores_the_book(
    sqlite_book: Book, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = works_at(sqlite_book, settings.data)
    example.fill(sqlite_book, NOW)
    at_once.bring_up(works, NOW)
    made = backup.make(sqlite_book, settings.attachments, settings.backups / backup.name_at(NOW), NOW)
    kept = owed(sqlite_book)
    sqlite_book.close()
    with Path(sqlite_book.name).open("r+b") as file:
        file.seek(-4096 * 3, os.SEEK_END)
        file.write(b"\x5a" * 4096)
    damaged = Path(sqlite_book.name).read_bytes()
    with pytest.raises(DubanError, match=DAMAGED):
        up(settings, lambda _: None)
    monkeypatch.setenv("DUBAN_DATABASE_URL", settings.url)
    told = CliRunner().invoke(app, ["verify", "--data", str(tmp_path)])
    assert DAMAGED in f"{told.exception}"
    (found,) = [one for one in examine(settings, NOW, full=False) if one.item == "账簿"]
    assert (found.mark, DAMAGED in found.state) == ("✗", True)
    assert str(made.path) in found.remedy
    sqlite_book.close()
    assert Path(sqlite_book.name).read_bytes() == damaged
    with closing(Book.open(f"sqlite:///{tmp_path / 'new' / 'book.sqlite'}")) as anew:
        restoring.restore(made.path, anew, tmp_path / "new" / "attachments")
        assert owed(anew) == kept
