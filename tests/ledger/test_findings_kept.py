from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from duban.ledger import finding_files, findings, journal
from duban.ledger.attachments import FileFacts, store
from duban.ledger.book import Book
from duban.ledger.findings import Fixed
from duban.ledger.shelf import place
from duban.obligations.errors import DubanError
from support.campaign import adopt, day
from support.finding_cast import fix, locked, recheck, record, reopen

PHOTO = FileFacts("整改后.jpg", "image/jpeg", b"\xff\xd8 a photo")
TABLES = ("findings", "finding_steps", "finding_files")


@pytest.fixture
def closed(book: Book, town: object) -> int:
    """Give a finding that was sent back, closed, and came again."""
    adopt(book)
    one = record(book)
    fix(book, one, day("03-10 09:00"))
    recheck(book, one, day("03-13 09:00"), passed=False, text="仍有3箱", until=day("04-10 23:59"))
    with book.write() as session:
        step = findings.fix(
            session,
            locked(session, one),
            day("03-20 09:00"),
            "一村 甲文书",
            Fixed("清完", day("03-19 09:00").date()),
        )
        finding_files.attach(session, step, [PHOTO, PHOTO])
    recheck(book, one, day("03-21 09:00"))
    reopen(book, one, day("05-08 09:00"), day("05-20 23:59"))
    return one


def proved(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def forge(book: Book, statement: str) -> str:
    """Give what the proof says once somebody has dropped the triggers and run the statement."""
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for table in TABLES:
            for event in ("update", "delete"):
                on = "" if book.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}_{event}{on}"))
        connection.exec_driver_sql(statement)
    engine.dispose()
    return proved(book)


def test_all_that_happened_to_a_finding_is_proved(book: Book, closed: int) -> None:
    assert proved(book) == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE findings SET description = '没有问题'", "1号隐患的登记与第"),
        ("UPDATE findings SET found_at = entered_at", "1号隐患的登记与第"),
        ("UPDATE finding_steps SET people = '赵六' WHERE kind = 'closed'", "5号隐患办理记录与第"),
        ("UPDATE finding_steps SET done_on = NULL WHERE id = 2", "2号隐患办理记录与第"),
        ("UPDATE finding_files SET name = '别的.jpg'", "1号隐患附件与第"),
        ("DELETE FROM finding_files", "1号隐患附件已不在账簿中"),
    ],
)
def test_a_row_changed_behind_the_book_s_back_is_named(
    book: Book, closed: int, statement: str, said: str
) -> None:
    assert said in forge(book, statement)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'closed'",
        "reopened = 0",
        "due_at = first_due_at",
        "closed_by = '王芳'",
        "grade = 'grave'",
        "measures = '无需整改'",
        "responsible = ''",
        "unit_id = 2",
        "asked_at = entered_at",
    ],
)
def test_columns_that_do_not_follow_from_the_steps_are_named(book: Book, closed: int, change: str) -> None:
    assert forge(book, f"UPDATE findings SET {change}") == (
        "2023年第1号隐患（1号），账簿所记的情况与登记、整改、复查的记录不符"
    )


def test_a_finding_closed_by_hand_does_not_pass_for_closed(book: Book, closed: int) -> None:
    said = forge(book, "UPDATE findings SET refuted = NOT refuted, state = 'closed'")
    assert "与登记、整改、复查的记录不符" in said


def test_a_file_that_was_swapped_is_named(book: Book, closed: int, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    digest = store(folder, PHOTO.data)
    with book.read() as session:
        assert journal.verify(session, files=folder).ok
        place(folder, digest).write_bytes(b"another")
        assert "附件“整改后.jpg”" in journal.verify(session, files=folder).reason_zh


def test_the_same_file_twice_is_one_and_too_many_are_refused(book: Book, closed: int) -> None:
    with book.read() as session:
        assert [(one.name, one.size) for one in finding_files.of(session, closed)] == [("整改后.jpg", 10)]
    many = [FileFacts(f"{n}.jpg", "image/jpeg", bytes([n])) for n in range(31)]
    done = Fixed("好", day("05-10 09:00").date())
    with book.write() as session:
        step = findings.fix(session, locked(session, closed), day("05-10 09:00"), "一村", done)
        with pytest.raises(DubanError, match="最多传30个附件"):
            finding_files.attach(session, step, many)
