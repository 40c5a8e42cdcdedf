from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, create_engine, insert, select, text, update
from sqlalchemy.orm import Session

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.digests import entry_hash
from duban.ledger.journal import ClockWentBack, Note
from duban.ledger.tables import JournalEntry, JournalHead, Obligation, PlanRevision, Round, Submission, Unit
from duban.ledger.verification import Verification
from duban.obligations.errors import DubanError

SHANGHAI = timezone(timedelta(hours=8))
NINE = datetime(2023, 1, 29, 9, 0, 0, tzinfo=SHANGHAI)
RECORDS = ("journal", "submissions", "journal_head")


def note(book: Book, *actions: str, at: datetime = NINE) -> list[journal.Entry]:
    with book.write() as session:
        return journal.append_many(session, at, "打非办", [Note(action, "2023", {}) for action in actions])


def verify(book: Book) -> Verification:
    with book.read() as session:
        return journal.verify(session)


@contextmanager
def forger(book: Book) -> Generator[Connection]:
    """Give a connection of someone who has the password and has dropped the triggers."""
    engine = create_engine(book.engine.url)
    with engine.begin() as connection:
        for table in RECORDS:
            for event in ("update", "delete", "truncate"):
                on = "" if book.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER IF EXISTS keep_{table}_{event}{on}"))
        yield connection
    engine.dispose()


def forge(book: Book, statement: str) -> Verification:
    with forger(book) as connection:
        connection.exec_driver_sql(statement)
    return verify(book)


# Entries


def test_an_entry_carries_the_hash_of_the_one_before(book: Book) -> None:
    first, second = note(book, "year.opened", "round.opened")
    assert (first.seq, first.previous) == (1, "0" * 64)
    assert (second.seq, second.previous) == (2, first.hash)
    with book.read() as session:
        assert [row.hash for row in session.scalars(select(JournalEntry))] == [first.hash, second.hash]


def test_the_hash_of_an_entry_can_be_computed_by_anyone(book: Book) -> None:
    with book.write() as session:
        entry = journal.append(
            session, NINE, "打非办", "round.opened", "一村", {"期": "1月", "due": NINE, "n": 3}
        )
    # printf %s '[1,"2023-01-29T01:00:00+00:00","打非办","round.opened","一村",DETAIL,"0…0"]' | sha256sum
    assert entry.detail == '{"due":"2023-01-29T01:00:00+00:00","n":3,"期":"1月"}'
    assert entry.hash == "da21b18c71a6839eb8c7d9f1d6597355b40f2d7b635c6aa4127f7c9591d14024"


def test_an_entry_is_dropped_with_the_transaction_it_belongs_to(book: Book) -> None:
    def fail_half_way() -> None:
        with book.write() as session:
            journal.append(session, NINE, "打非办", "round.opened", "一村", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert verify(book) == Verification(ok=True, checked=0)


def test_entering_nothing_enters_nothing(book: Book) -> None:
    assert note(book) == []
    assert verify(book).checked == 0


@pytest.mark.parametrize("detail", [{"x": object()}, {"x": {1, 2}}, {"x": b"1"}])
def test_a_detail_that_json_cannot_hold_is_refused(sqlite_book: Book, detail: dict[str, object]) -> None:
    with pytest.raises(TypeError), sqlite_book.write() as session:
        journal.append(session, NINE, "打非办", "round.opened", "一村", detail)


def test_a_time_without_a_zone_is_refused(sqlite_book: Book) -> None:
    with pytest.raises(ValueError, match="zone"):
        note(sqlite_book, "round.opened", at=datetime(2023, 1, 29, 9, 0))  # noqa: DTZ001 - what is refused


def test_four_writers_at_once_keep_the_chain_whole(book: Book) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(note, book, f"a{n}", f"b{n}") for n in range(40)]:
            done.result()
    assert verify(book) == Verification(ok=True, checked=80)
    with book.read() as session:
        actions = list(session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)))
    pairs = set(zip(actions[::2], actions[1::2], strict=True))
    assert pairs == {(f"a{n}", f"b{n}") for n in range(40)}


def test_the_head_line_says_where_the_journal_stands(book: Book) -> None:
    with book.read() as session:
        assert journal.head_line(session) == "留痕尚无记录"
    (entry,) = note(book, "year.opened")
    with book.read() as session:
        line = journal.head_line(session)
    assert line == f"留痕截至第1条（2023年1月29日（星期日）09:00），校验码 {entry.hash}"


# The clock


def test_a_clock_two_minutes_behind_takes_the_time_of_the_last_entry(book: Book) -> None:
    note(book, "year.opened")
    (entry,) = note(book, "round.opened", at=NINE - timedelta(seconds=120))
    assert entry.at == NINE
    assert verify(book).ok


def test_a_clock_further_behind_records_nothing(book: Book) -> None:
    note(book, "year.opened")
    with pytest.raises(ClockWentBack) as refused:
        note(book, "round.opened", at=NINE - timedelta(seconds=121))
    assert str(refused.value) == (
        "系统时钟（2023年1月29日（星期日）08:57:59）早于最近一条留痕（2023年1月29日（星期日）09:00），"
        "请先校准时钟；确认无误后执行 duban clock accept"
    )
    assert verify(book).checked == 1


def test_once_someone_accepts_the_clock_entries_go_on_from_there(book: Book) -> None:
    note(book, "year.opened", at=NINE + timedelta(days=365))
    with book.write() as session:
        accepted = journal.accept_clock(session, NINE, "李主任", "机器时钟曾快一年")
    (entry,) = note(book, "round.opened", at=NINE + timedelta(seconds=5))
    assert (accepted.action, accepted.at) == ("clock.accepted", NINE)
    assert accepted.detail == '{"previous":"2024-01-29T01:00:00+00:00","reason":"机器时钟曾快一年"}'
    assert entry.at == NINE + timedelta(seconds=5)
    assert verify(book) == Verification(ok=True, checked=3)


def test_a_clock_that_is_not_behind_needs_no_acceptance(book: Book) -> None:
    note(book, "year.opened")
    with pytest.raises(DubanError, match="无需确认"), book.write() as session:
        journal.accept_clock(session, NINE, "李主任", "看过")


def test_accepting_the_clock_wants_a_reason(book: Book) -> None:
    note(book, "year.opened")
    with pytest.raises(DubanError, match="理由"), book.write() as session:
        journal.accept_clock(session, NINE - timedelta(days=1), "李主任", " ")


# Proof


def test_an_untouched_journal_is_proved(book: Book) -> None:
    note(book, *"abcde")
    assert verify(book) == Verification(ok=True, checked=5)


@pytest.mark.parametrize(
    ("statement", "seq", "reason"),
    [
        ("UPDATE journal SET actor = '别人' WHERE seq = 3", 3, "第3条留痕的内容与它的校验码不符，被改动过"),
        ("UPDATE journal SET detail = '{ }' WHERE seq = 2", 2, "第2条留痕的内容与它的校验码不符，被改动过"),
        ("UPDATE journal SET at = '2023-01-28 00:00:00' WHERE seq = 4", 4, "被改动过"),
        ("UPDATE journal SET previous = hash WHERE seq = 1", 1, "第1条留痕的内容与它的校验码不符，被改动过"),
        ("DELETE FROM journal WHERE seq = 3", 3, "第3条留痕缺失（下一条是第4条）"),
        ("DELETE FROM journal WHERE seq = 1", 1, "第1条留痕缺失（下一条是第2条）"),
        ("DELETE FROM journal WHERE seq = 5", 5, "第5条留痕缺失（末尾被截去）"),
        ("DELETE FROM journal WHERE seq > 3", 4, "第4条至第5条留痕缺失（末尾被截去）"),
        ("DELETE FROM journal", 1, "第1条至第5条留痕缺失（末尾被截去）"),
        ("UPDATE journal_head SET seq = 4", 5, "第5条留痕不在表头所记的范围内（表头只到第4条）"),
        ("UPDATE journal_head SET hash = 'x'", 5, "表头所记的校验码或时间，与最后一条（第5条）留痕不符"),
        ("DELETE FROM journal_head", None, "留痕的表头不见了，无法确认末尾是否完整"),
    ],
)
def test_the_first_broken_entry_is_named(book: Book, statement: str, seq: int | None, reason: str) -> None:
    note(book, *"abcde")
    found = forge(book, statement)
    assert (found.ok, found.first_broken_seq) == (False, seq)
    assert reason in found.reason_zh


def test_an_entry_that_was_rewritten_with_a_fitting_hash_breaks_the_next_one(book: Book) -> None:
    first, second, _third = note(book, *"abc")
    forged = entry_hash((2, second.at, "别人", "b", "2023"), "{}", first.hash)
    found = forge(book, f"UPDATE journal SET actor = '别人', hash = '{forged}' WHERE seq = 2")
    assert (found.first_broken_seq, found.checked) == (3, 2)
    assert found.reason_zh == "第3条留痕所记的上一条校验码，与上一条的校验码不符"


def test_a_time_that_can_no_longer_be_read_is_a_broken_entry_not_a_crash(sqlite_book: Book) -> None:
    note(sqlite_book, *"abcde")
    found = forge(sqlite_book, "UPDATE journal SET at = '昨天' WHERE seq = 3")
    assert (found.ok, found.first_broken_seq) == (False, 3)
    assert found.reason_zh == "第3条留痕已无法读取，被改动过"


def test_a_time_that_goes_back_without_anyone_accepting_it_is_broken(book: Book) -> None:
    (first,) = note(book, "a")
    who = (2, NINE.astimezone(UTC) - timedelta(days=1), "别人", "b", "2023")
    forged = journal.Entry(*who, "{}", first.hash, entry_hash(who, "{}", first.hash))
    with book.write() as session:
        session.execute(insert(JournalEntry).values(**forged._asdict()))
        session.execute(update(JournalHead).values(seq=2, hash=forged.hash, at=forged.at))
    found = verify(book)
    assert (found.first_broken_seq, found.reason_zh) == (2, "第2条留痕的时间早于上一条")


def test_the_journal_may_be_longer_than_what_is_read_at_once(book: Book) -> None:
    note(book, *["messages.sent"] * 4500)
    assert verify(book) == Verification(ok=True, checked=4500)
    assert forge(book, "DELETE FROM journal WHERE seq = 4321").first_broken_seq == 4321


# Reports


def submit(book: Book, version: int, *, entered: bool = True) -> Submission:
    with book.write() as session:
        if session.get(Obligation, 1) is None:
            owe(session)
        row = Submission(
            obligation_id=1,
            key=f"k{version}",
            version=version,
            received_at=NINE,
            answers={"隐患": version},
            via="link",
        )
        row.by, row.sha256 = "甲文书", ""
        row.sha256 = journal.submission_digest(row)
        session.add(row)
        session.flush()
        detail = {"submission": row.id, "sha256": row.sha256}
        if entered:
            journal.append(session, NINE, "甲文书", journal.SUBMISSION_RECEIVED, "一村", detail)
    return row


def owe(session: Session) -> None:
    session.add(Unit(id=1, code="cun1", name="一村", kind="村"))
    plan = {
        "slug": "p",
        "revision": 1,
        "title": "方案",
        "office": "打非办",
        "content": "",
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    session.execute(insert(PlanRevision).values(id=1, adopted_at=NINE, **plan))
    words = {"slug": "p", "duty": "d", "period": "2023-01", "year": 2023, "name": "检查", "kind": "monthly"}
    more = {"flow": "month", "title": "1月检查", "source": "local", "clause": "二", "audience": {}}
    session.execute(insert(Round).values(id=1, plan_id=1, opens_at=NINE, **words, **more))
    session.flush()
    answered = {"state": "submitted", "credited_at": NINE}
    session.execute(insert(Obligation).values(id=1, round_id=1, unit_id=1, **answered))


def test_reports_that_were_entered_are_proved(book: Book) -> None:
    submit(book, 1)
    submit(book, 2)
    assert verify(book) == Verification(ok=True, checked=2, submissions=2)


@pytest.mark.parametrize(
    ("statement", "seq", "reason"),
    [
        (
            """UPDATE submissions SET answers = '{"隐患":9}' WHERE id = 2""",
            2,
            "2号上报的内容与它的校验码不符，被改动过",
        ),
        ("UPDATE submissions SET received_at = '2023-01-28 00:00:00' WHERE id = 2", 2, "被改动过"),
        ("UPDATE submissions SET nil = NOT nil WHERE id = 1", 1, "1号上报的内容与它的校验码不符，被改动过"),
        ("DELETE FROM submissions WHERE id = 2", 2, "第2条留痕所记的2号上报已不在账簿中"),
    ],
)
def test_the_first_report_that_is_not_as_entered_is_named(
    book: Book, statement: str, seq: int, reason: str
) -> None:
    submit(book, 1)
    submit(book, 2)
    found = forge(book, statement)
    assert (found.ok, found.first_broken_seq) == (False, seq)
    assert reason in found.reason_zh


def test_a_report_that_no_entry_mentions_is_named(book: Book) -> None:
    submit(book, 1)
    submit(book, 2, entered=False)
    assert verify(book).reason_zh == "2号上报没有留痕"


def test_a_report_that_was_rewritten_with_a_fitting_hash_is_named(book: Book) -> None:
    row = submit(book, 1)
    row.answers = {"隐患": 0}
    forged = journal.submission_digest(row)
    found = forge(book, f"""UPDATE submissions SET answers = '{{"隐患":0}}', sha256 = '{forged}'""")
    assert found.reason_zh == "1号上报的校验码与第1条留痕所记的不符"


def test_the_journal_can_be_proved_without_the_reports(book: Book) -> None:
    submit(book, 1, entered=False)
    with book.read() as session:
        assert journal.verify(session, submissions=False).ok
