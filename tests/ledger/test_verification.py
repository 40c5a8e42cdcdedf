from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from sqlalchemy import Connection, create_engine, insert, select, text

from duban.ledger import attachments, journal, owed, reports
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.kept import EXTENSIONS
from duban.ledger.reports import Return
from duban.ledger.shelf import place
from duban.ledger.tables import Attempt, Extension, Message
from duban.ledger.verification import Verification
from support.campaign import adopt, advance, day, deliver, messages, only, return_, submit

KEPT = (
    "journal",
    "journal_head",
    "submissions",
    "verdicts",
    "extensions",
    "exemptions",
    "attempts",
    "rounds",
    "plans",
)
BACK_DATED = "'2023-03-01 00:00:00'"


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give a round as it comes to be: reminded of, answered, returned, accepted, extended, exempted."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    submit(book, "cun1", day("03-09 10:00"))
    why = Return("数字不符", material=True, correct_by=day("03-20 18:00"))
    return_(book, "cun1", day("03-10 10:00"), why=why)
    deliver(book, day("03-13 09:00"))
    submit(book, "cun1", day("03-13 09:30"))
    with book.write() as session:
        first = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, first, day("03-13 11:00"), "办公室")
        second = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        asked, until = day("03-14 09:00"), day("03-31 17:30")
        reports.extend(
            session, second, day("03-14 10:00"), "办公室", asked_at=asked, until=until, reason="防汛"
        )
        third = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        reports.exempt(session, third, day("03-15 10:00"), "值班员", reason="搬迁", approver="李镇长")
    return book


def verify(book: Book) -> Verification:
    with book.read() as session:
        return journal.verify(session)


@contextmanager
def forger(book: Book) -> Generator[Connection]:
    """Give a connection of someone who has the password and has dropped the triggers."""
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for table in KEPT:
            for event in ("update", "delete", "truncate"):
                on = "" if book.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}_{event}{on}"))
        yield connection
    engine.dispose()


def forge(book: Book, *statements: str) -> str:
    """Give what the proof says once the statements have been run."""
    with forger(book) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return verify(book).reason_zh


def entry_of(book: Book, action: str) -> int:
    with book.read() as session:
        return session.execute(
            text("SELECT max(seq) FROM journal WHERE action = :action"), {"action": action}
        ).scalar_one()


def test_a_round_with_all_that_happened_in_it_is_proved(march: Book) -> None:
    found = verify(march)
    assert (found.ok, found.reason_zh, found.submissions) == (True, "", 2)
    assert [(one.id, one.state) for one in messages(march)] == [(1, "sent")]


@pytest.mark.parametrize(
    ("statement", "action", "reason"),
    [
        (
            "UPDATE verdicts SET verdict = 'accepted' WHERE id = 1",
            "submission.returned",
            "1号上报的审核结论与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE verdicts SET material = NOT material WHERE id = 1",
            "submission.returned",
            "1号上报的审核结论与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE verdicts SET correct_by = NULL WHERE id = 1",
            "submission.returned",
            "1号上报的审核结论与第{}条留痕所记的不符，被改动过",
        ),
        (
            "UPDATE verdicts SET at = '2023-03-12 03:00:00' WHERE id = 2",
            "submission.accepted",
            "2号上报的审核结论与第{}条留痕所记的不符，被改动过",
        ),
        (
            "DELETE FROM verdicts WHERE id = 1",
            "submission.returned",
            "第{}条留痕所记的1号上报的审核结论已不在账簿中",
        ),
        (
            "UPDATE extensions SET until = '2023-04-30 00:00:00'",
            "obligation.extended",
            "1号延期与第{}条留痕所记的不符，被改动过",
        ),
        ("DELETE FROM extensions", "obligation.extended", "第{}条留痕所记的1号延期已不在账簿中"),
        (
            f"UPDATE exemptions SET at = {BACK_DATED}",
            "obligation.exempted",
            "3号事项的免报与第{}条留痕所记的不符，被改动过",
        ),
        ("DELETE FROM exemptions", "obligation.exempted", "第{}条留痕所记的3号事项的免报已不在账簿中"),
    ],
)
def test_a_decision_that_was_rewritten_or_removed_is_named(
    march: Book, statement: str, action: str, reason: str
) -> None:
    assert forge(march, statement) == reason.format(entry_of(march, action))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            (
                "INSERT INTO exemptions (obligation_id, at, by, reason) "
                f"VALUES (1, {BACK_DATED}, '李镇长', '搬迁')"
            ),
            "1号事项的免报没有留痕",
        ),
        (
            (
                "INSERT INTO extensions (obligation_id, asked_at, asked_by, reason, until) "
                f"VALUES (1, {BACK_DATED}, '一村', '防汛', '2023-04-30 00:00:00')"
            ),
            "2号延期申请没有留痕",
        ),
    ],
)
def test_a_decision_that_was_slipped_in_is_named(march: Book, statement: str, reason: str) -> None:
    assert forge(march, statement) == reason


@pytest.mark.parametrize("column", ["opens_at", "due_at", "locks_at"])
def test_a_date_of_an_opened_round_that_was_moved_is_named(march: Book, column: str) -> None:
    number, seq = opened(march)
    said = forge(march, f"UPDATE rounds SET {column} = '2023-04-30 00:00:00' WHERE id = {number}")
    assert said == f"{number}号期次的下达与第{seq}条留痕所记的不符，被改动过"


def test_a_round_made_as_if_it_had_never_opened_is_named(march: Book) -> None:
    number, seq = opened(march)
    said = forge(march, f"UPDATE rounds SET opened_at = NULL WHERE id = {number}")
    assert said == f"第{seq}条留痕所记的{number}号期次的下达已不在账簿中"


@pytest.mark.usefixtures("town")
def test_an_obligation_that_was_removed_is_missed(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    number, _ = opened(book)
    assert verify(book).ok
    said = forge(book, "DELETE FROM obligations WHERE id = 3")
    assert said == f"{number}号期次“2023年3月 · 每月检查”下达给3个单位，账簿中有2个单位的事项，有增删"


def test_an_obligation_that_was_slipped_in_is_named(march: Book) -> None:
    number, _ = opened(march)
    said = forge(
        march,
        "INSERT INTO obligations (round_id, unit_id, state, nil) "
        f"SELECT {number}, id, 'owed', false FROM units WHERE code = 'paichusuo'",
    )
    assert said == f"{number}号期次“2023年3月 · 每月检查”下达给3个单位，账簿中有4个单位的事项，有增删"


def test_a_removed_obligation_cannot_be_hidden_by_the_number_of_the_round(march: Book) -> None:
    number, seq = opened(march)
    said = forge(march, f"UPDATE rounds SET expected = 2 WHERE id = {number}")
    assert said == f"{number}号期次的下达与第{seq}条留痕所记的不符，被改动过"


def test_a_message_that_was_never_sent_is_named(march: Book) -> None:
    with march.write() as session:
        sent = session.scalars(select(Message).order_by(Message.id)).first()
        assert sent is not None
        values = {"key": "假", "contact_id": sent.contact_id, "send_on": sent.send_on}
        session.execute(insert(Message).values(not_before=sent.not_before, id=77, **values))
    assert verify(march).ok
    said = forge(march, f"UPDATE messages SET state = 'sent', sent_at = {BACK_DATED} WHERE id = 77")
    assert said == "77号消息记为已发出，但没有发送的留痕"


def test_a_sending_that_was_dated_back_is_named(march: Book) -> None:
    said = forge(march, "UPDATE messages SET sent_at = '2023-02-28 00:00:00' WHERE id = 1")
    assert said == "1号消息的发出时间没有相符的发送记录，被改动过"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE obligations SET state = 'owed' WHERE id = 1", "“一村”的“2023年3月 · 每月检查”（1号事项）"),
        (f"UPDATE obligations SET credited_at = {BACK_DATED} WHERE id = 1", "（1号事项），账簿所记的情况"),
        (
            "UPDATE obligations SET due_at = '2023-05-01 00:00:00' WHERE id = 2",
            "“二村”的“2023年3月 · 每月检查”",
        ),
        ("UPDATE obligations SET nil = NOT nil WHERE id = 3", "“三村”的“2023年3月 · 每月检查”（3号事项）"),
        ("UPDATE rounds SET clause = '三（九）' WHERE opened_at IS NOT NULL", "号期次的下达与第"),
        ("UPDATE rounds SET form = '[]' WHERE opened_at IS NOT NULL", "号期次的下达与第"),
        ("UPDATE attempts SET answer = '收到' WHERE ok", "号消息的对方答复与第"),
        ("UPDATE plans SET content = content || ' '", "方案“jiancha”第1版的内容与它的校验码不符"),
    ],
)
def test_what_lists_and_counts_rest_on_is_held_against_the_facts(
    march: Book, statement: str, reason: str
) -> None:
    assert reason in forge(march, statement)


def test_two_units_that_were_exchanged_under_their_reports_are_named(march: Book) -> None:
    said = forge(
        march,
        "UPDATE obligations SET unit_id = 4 WHERE id = 1",
        "UPDATE obligations SET unit_id = 1 WHERE id = 2",
        "UPDATE obligations SET unit_id = 2 WHERE id = 1",
    )
    assert said.startswith("1号上报的单位与第")


def test_what_the_office_granted_of_its_own_is_proved_by_the_grant_alone(march: Book, tmp_path: Path) -> None:
    """The program before this one entered no request for what the office granted by itself."""
    with march.write() as session:
        row = Extension(obligation_id=2, asked_at=day("03-16 09:00"), asked_by="二村", reason="防汛")
        row.until, row.decided_at = day("03-30 09:00"), day("03-16 09:00")
        row.by, row.granted = "办公室", True
        session.add(row)
        session.flush()
        said = EXTENSIONS.said(row)
        del said["answer"]
        journal.append(session, day("03-16 09:00"), "办公室", "obligation.extended", "obligation/2", said)
    assert verify(march).ok


def test_a_file_that_was_changed_or_lost_is_named(march: Book, tmp_path: Path) -> None:
    photo = FileFacts("照片.jpg", "image/jpeg", b"no real photo")
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        attachments.store(tmp_path, photo.data)
        attachments.receive(session, found, photo, day("03-16 09:00"), "二村")
    assert of_files(march, tmp_path) == ""
    place(tmp_path, photo.sha256).write_bytes(b"another photo")
    assert of_files(march, tmp_path).endswith("的内容与它的校验码不符，被改动过")
    place(tmp_path, photo.sha256).unlink()
    assert of_files(march, tmp_path).endswith("的文件不见了")


def of_files(book: Book, folder: Path) -> str:
    with book.read() as session:
        return journal.verify(session, files=folder).reason_zh


@pytest.mark.usefixtures("town")
def test_a_book_of_five_thousand_messages_is_proved_in_two_seconds(book: Book) -> None:
    many(book, day("03-02 09:00"), 5000)
    began = process_time()
    assert verify(book).ok
    assert process_time() - began < 2


def many(book: Book, now: datetime, count: int) -> None:
    ids = range(1001, 1001 + count)
    with book.write() as session:
        common = {"contact_id": 1, "send_on": now.date(), "not_before": now, "state": "sent", "sent_at": now}
        session.execute(insert(Message), [{"id": one, "key": f"k{one}", **common} for one in ids])
        session.execute(
            insert(Attempt), [{"message_id": one, "at": now, "ok": True, "answer": "好"} for one in ids]
        )
        for first in range(1001, 1001 + count, 100):
            results = [[one, "sent", "好"] for one in range(first, first + 100)]
            journal.append(
                session, now + timedelta(seconds=1), "duban", "messages.tried", "outbox", {"results": results}
            )


def opened(book: Book) -> tuple[int, int]:
    """Give the number of the round of March, and of the entry that says it was opened."""
    with book.read() as session:
        number = session.execute(text("SELECT id FROM rounds WHERE opened_at IS NOT NULL")).scalar_one()
    return number, entry_of(book, "round.opened")
