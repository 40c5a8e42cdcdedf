"""Records stay as they were made: the database itself refuses to change them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from sqlite3 import IntegrityError as RawIntegrityError, connect
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.tables import (
    Attempt,
    Base,
    Contact,
    Cue,
    Exemption,
    Extension,
    Message,
    Notice,
    Obligation,
    PlanRevision,
    Round,
    Submission,
    Unit,
    Verdict,
)
from duban.obligations.errors import DubanError

AT = datetime(2023, 1, 29, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SHA = "0" * 64
KEPT = "只增不改，不能修改或删除"
ROWS: list[tuple[type[Base], dict[str, Any]]] = [
    (Unit, {"id": 1, "code": "cun1", "name": "一村", "kind": "村"}),
    (Contact, {"id": 1, "unit_id": 1, "name": "甲文书"}),
    (
        PlanRevision,
        {
            "id": 1,
            "slug": "p",
            "revision": 1,
            "title": "方案",
            "office": "打非办",
            "content": "",
            "sha256": SHA,
        }
        | {"adopted_at": AT},
    ),
    (
        Round,
        {
            "id": 1,
            "plan_id": 1,
            "slug": "p",
            "duty": "check",
            "period": "2023-01",
            "year": 2023,
            "name": "检查",
        }
        | {"kind": "monthly", "flow": "month", "title": "2023年1月检查", "opens_at": AT, "source": "local"}
        | {"clause": "二（一）", "audience": {"kinds": ["村"]}},
    ),
    (Cue, {"id": 1, "round_id": 1, "at": AT, "kind": "due"}),
    (Obligation, {"id": 1, "round_id": 1, "unit_id": 1, "due_at": AT}),
    (
        Submission,
        {
            "id": 1,
            "obligation_id": 1,
            "key": "k",
            "version": 1,
            "received_at": AT,
            "via": "desk",
            "by": "甲文书",
        }
        | {"sha256": SHA},
    ),
    (Verdict, {"id": 1, "submission_id": 1, "verdict": "accepted", "at": AT, "by": "打非办"}),
    (Exemption, {"id": 1, "obligation_id": 1, "at": AT, "by": "打非办", "reason": "停产"}),
    (
        Extension,
        {"id": 1, "obligation_id": 1, "asked_at": AT, "asked_by": "一村", "reason": "停电", "until": AT},
    ),
    (Message, {"id": 1, "key": "m", "contact_id": 1, "send_on": date(2023, 1, 29), "not_before": AT}),
    (Attempt, {"id": 1, "message_id": 1, "at": AT, "ok": True}),
]
KEPT_TABLES = ["journal", "submissions", "verdicts", "exemptions", "attempts"]


@pytest.fixture
def full(book: Book) -> Book:
    with book.write() as session:
        for table, row in ROWS:
            session.execute(insert(table).values(**row))
        journal.append(session, AT, "测试", "test.done", "test", {})
    return book


def run(book: Book, statement: str) -> None:
    with book.write() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("table", KEPT_TABLES)
def test_a_record_can_be_neither_changed_nor_deleted(full: Book, table: str) -> None:
    column = "actor" if table == "journal" else "id"
    with pytest.raises(DubanError, match=KEPT):
        run(full, f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(DubanError, match=KEPT):
        run(full, f"DELETE FROM {table}")


@pytest.mark.parametrize("table", [*KEPT_TABLES, "extensions", "journal_head"])
def test_a_table_of_records_cannot_be_emptied_at_a_stroke(postgres_url: str, table: str) -> None:
    book = Book.open(postgres_url)
    with pytest.raises(DubanError, match=KEPT):
        run(book, f"TRUNCATE {table} CASCADE")
    book.close()


def test_replacing_a_record_is_refused_too(full: Book) -> None:
    if full.is_sqlite:
        with pytest.raises(DubanError, match=KEPT):
            run(full, "REPLACE INTO exemptions SELECT id, obligation_id, at, 'x', reason FROM exemptions")
    else:
        upsert = "INSERT INTO exemptions SELECT * FROM exemptions ON CONFLICT (id) DO UPDATE SET by = 'x'"
        with pytest.raises(DubanError, match=KEPT):
            run(full, upsert)


def test_an_extension_is_decided_once(full: Book) -> None:
    decide = update(Extension).values(decided_at=AT, by="打非办", granted=True)
    with full.write() as session:
        session.execute(decide)
    with pytest.raises(DubanError, match=KEPT), full.write() as session:
        session.execute(decide.values(granted=False))
    with full.read() as session:
        assert session.scalar(select(Extension.granted)) is True


def test_an_extension_that_was_asked_for_is_not_deleted(full: Book) -> None:
    with pytest.raises(DubanError, match=KEPT):
        run(full, "DELETE FROM extensions")


def test_the_head_of_the_journal_only_moves_on(full: Book) -> None:
    for statement in ("UPDATE journal_head SET seq = 0", "DELETE FROM journal_head"):
        with pytest.raises(DubanError, match=KEPT):
            run(full, statement)


def test_a_program_that_is_not_ours_is_refused_too(sqlite_book: Book) -> None:
    with sqlite_book.write() as session:
        journal.append(session, AT, "测试", "test.done", "test", {})
    file = connect(sqlite_book.name)
    with pytest.raises(RawIntegrityError, match="append-only: journal"):
        file.execute("UPDATE journal SET actor = '别人'")
    file.close()


def test_a_second_notice_that_reaches_nobody_is_refused(full: Book) -> None:
    notice = {"cue_id": 1, "obligation_id": 1, "contact_id": None, "state": "no_contact", "created_at": AT}
    with full.write() as session:
        session.execute(insert(Notice).values(**notice))
    with pytest.raises(DubanError, match="刚刚已有人写入"), full.write() as session:
        session.execute(insert(Notice).values(**notice))
