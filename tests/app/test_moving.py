from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from duban.app import moving
from duban.app.cli import app
from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster, UnitFact
from support.campaign import advance, day, deliver, move_in
from support.looked_back import looked_back

if TYPE_CHECKING:
    from pathlib import Path

ROSTER = Roster(
    (
        UnitFact("cun1", "一村", "村", frozenset({"沿江"})),
        UnitFact("cun2", "二村", "村", frozenset({"沿江", "集市"})),
        UnitFact("cun3", "三村", "村"),
        UnitFact("paichusuo", "派出所", "部门", frozenset({"牵头"})),
    )
)
BELOW = Roster((UnitFact("aaa", "新设社区", "社区", parent="zzz"), UnitFact("zzz", "新设片区", "片区")))


def test_a_book_moves_to_postgresql_again_and_again_and_is_proved_equal(
    sqlite_book: Book, postgres_url: str
) -> None:
    move_in(sqlite_book, ROSTER)
    looked_back(sqlite_book)
    with closing(Book.open(postgres_url)) as target:
        first = moving.move(sqlite_book, target, None)
        assert first.replaced is None
        with sqlite_book.write() as session:
            import_roster(session, BELOW, day("10-08 10:00"), "办公室")
        deliver(sqlite_book, day("10-08 15:00"))
        second = moving.move(sqlite_book, target, None)
        assert (second.replaced, second.tables["units"].rows) == (first.head, 6)
        assert second.tables["journal"].rows == second.head.seq > first.head.seq
        assert moving.move(sqlite_book, target, None).tables == second.tables
        # It is a book like any other from then on: numbered on, proved, and never overwritten again.
        advance(target, day("10-20 09:00"))
        with target.read() as session:
            found = journal.verify(session)
        assert (found.ok, found.checked > second.head.seq) == (True, True)
        with pytest.raises(DubanError, match="已有本账簿没有的内容"):
            moving.move(sqlite_book, target, None)
        with target.read() as session:
            assert journal.verify(session).checked == found.checked


def test_only_from_sqlite_to_postgresql(sqlite_book: Book, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app,
        ["migrate-data", "--to", f"sqlite:///{tmp_path / 'b'}"],
        env={"DUBAN_DATABASE_URL": str(sqlite_book.engine.url)},
    )
    assert str(done.exception).startswith("只能从 SQLite 账簿迁到 PostgreSQL")
    assert not (tmp_path / "b").exists()


def test_a_worker_says_what_it_lacks() -> None:
    shared = {
        "DUBAN_WORK_POOL": "zhen",
        "DUBAN_DATABASE_URL": "postgresql://db/duban",
        "DUBAN_SECRET_KEY": "k",
    }
    for lacking, said in (
        ("DUBAN_WORK_POOL", "工作池"),
        ("DUBAN_DATABASE_URL", "PostgreSQL"),
        ("DUBAN_SECRET_KEY", "密钥须相同"),
    ):
        given = {name: "" if name == lacking else value for name, value in shared.items()}
        done = CliRunner().invoke(app, ["worker", "--server", "http://127.0.0.1:1/api"], env=given)
        assert said in str(done.exception)
