"""Drafted plans in the book: read once, decided about by several clerks, proved, backed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from duban.app import backup, restoring
from duban.calendar.reviewing.proposing import propose
from duban.ledger import attachments, drafts, journal
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.drafts import Decision, OvertakenError
from duban.ledger.tables import PlanDraft
from duban.obligations.errors import DubanError
from support.campaign import day

NOW = day("01-03 09:00")
NOTICE = """\
清溪镇人民政府办公室文件
关于做好元旦春节期间安全生产工作的通知
各村（居）民委员会：
一、排查隐患
各村（居）要于1月5日前将隐患清单报镇应急办。
清溪镇人民政府办公室
2022年12月20日
"""
FILE = FileFacts("通知.txt", "text/plain", NOTICE.encode())


def taken(book: Book, key: str = "form-1", now: str = "01-03 09:00") -> tuple[int, bool]:
    with book.write() as session:
        found, fresh = drafts.take(session, key, FILE, propose(NOTICE, "tongzhi"), day(now), "王文书")
        return found.id, fresh


def decide(book: Book, draft_id: int, decision: Decision, by: str) -> None:
    with book.write() as session:
        found = drafts.find(session, draft_id, lock=True)
        assert found is not None
        drafts.decide(session, found, [decision], day("01-03 10:00"), by)


def test_a_document_is_kept_with_what_was_read_in_it(book: Book) -> None:
    number, fresh = taken(book)
    with book.read() as session:
        found = drafts.find(session, number)
        assert found is not None
        state = drafts.state_of(session, found)
        assert (fresh, found.items, found.name) == (True, 1, "通知.txt")
        assert [(one.item.quote, one.values.receiver) for one in state.items] == [
            ("各村（居）要于1月5日前将隐患清单报镇应急办。", "镇应急办")
        ]


def test_the_same_form_and_the_same_document_are_read_once(book: Book) -> None:
    assert [taken(book), taken(book), taken(book, "form-2")] == [(1, True), (1, False), (1, False)]


def test_a_document_whose_draft_was_given_up_may_be_read_again(book: Book) -> None:
    number, _ = taken(book)
    decide(book, number, Decision("draft", "dropped", 0, reason="传错了"), "王文书")
    with pytest.raises(DubanError, match="已经作废"):
        decide(book, number, Decision("d1", "confirmed", 0), "李文书")
    assert taken(book, "form-2", "01-03 11:00") == (2, True)


def test_the_second_of_two_clerks_is_told_who_was_first_and_changes_nothing(book: Book) -> None:
    number, _ = taken(book)
    decide(book, number, Decision("d1", "confirmed", 0), "王文书")
    with pytest.raises(OvertakenError, match="王文书刚刚已经办过这一处"):
        decide(book, number, Decision("d1", "struck", 0, reason="不归我们"), "李文书")
    with book.read() as session:
        found = drafts.find(session, number)
        assert found is not None
        [one] = drafts.state_of(session, found).items
        assert (one.state, [act.by for act in one.acts]) == ("kept", ["王文书"])


def test_what_was_struck_is_remembered_with_who_and_why(book: Book) -> None:
    number, _ = taken(book)
    decide(book, number, Decision("d1", "struck", 0, reason="县里已另有部署"), "李文书")
    with book.read() as session:
        found = drafts.find(session, number)
        assert found is not None
        [one] = drafts.state_of(session, found).items
        assert (one.state, one.reason, one.acts[0].by) == ("struck", "县里已另有部署", "李文书")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plan_drafts SET content = replace(content, '1月5日', '1月8日')",
        "UPDATE plan_draft_acts SET reason = '别的理由'",
        "UPDATE plan_drafts SET sha256 = replace(sha256, substr(sha256, 1, 1), 'x')",
    ],
)
def test_a_draft_that_was_changed_behind_the_book_is_found_out(sqlite_book: Book, change: str) -> None:
    number, _ = taken(sqlite_book)
    decide(sqlite_book, number, Decision("d1", "struck", 0, reason="县里已另有部署"), "李文书")
    with sqlite_book.read() as session:
        assert journal.verify(session).reason_zh == ""
    with pytest.raises(DubanError, match="只增不改"), sqlite_book.write() as session:
        session.execute(text(change))
    with sqlite_book.write() as session:
        for table in ("plan_drafts", "plan_draft_acts"):
            session.execute(text(f"DROP TRIGGER keep_{table}_update"))
        session.execute(text(change))
    with sqlite_book.read() as session:
        assert "草稿" in journal.verify(session).reason_zh


def test_the_document_goes_into_the_backup_and_comes_back(book: Book, tmp_path: Path) -> None:
    attachments.store(tmp_path / "files", FILE.data)
    number, _ = taken(book)
    decide(book, number, Decision("d1", "confirmed", 0), "王文书")
    made = backup.make(book, tmp_path / "files", tmp_path / "a.duban", NOW)
    assert made.manifest.files == (FILE.sha256,)
    other = Book.open(f"sqlite:///{tmp_path / 'other.db'}")
    restoring.restore(made.path, other, tmp_path / "back")
    with other.read() as session:
        found = session.get_one(PlanDraft, number)
        assert drafts.state_of(session, found).items[0].state == "kept"
        assert journal.verify(session, files=tmp_path / "back").reason_zh == ""
    other.close()


def test_a_document_whose_file_was_changed_is_found_out(sqlite_book: Book, tmp_path: Path) -> None:
    attachments.store(tmp_path, FILE.data)
    taken(sqlite_book)
    attachments.place(tmp_path, FILE.sha256).write_bytes(b"\xe5\x88\xab\xe7\x9a\x84")
    with sqlite_book.read() as session:
        assert "通知.txt" in journal.verify(session, files=tmp_path).reason_zh


def test_of_many_clerks_at_once_one_decides_and_the_others_are_told(book: Book) -> None:
    number, _ = taken(book)

    def one(by: str) -> str:
        try:
            decide(book, number, Decision("d1", "confirmed", 0), by)
        except OvertakenError as wrong:
            return wrong.act.by
        return by

    people = [f"文书{n}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        first = set(pool.map(one, people))
    assert len(first) == 1
    with book.read() as session:
        found = drafts.find(session, number)
        assert found is not None
        assert [act.by for act in drafts.state_of(session, found).acts] == list(first)
