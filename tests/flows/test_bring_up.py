from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from duban.flows.advance import Brought, bring_up, plainly
from duban.ledger.book import Book
from duban.ledger.journal import ClockWentBack, verify
from duban.ledger.tables import Cue, JournalEntry, Message, Notice, Obligation, Round, Stretch, Unit
from duban.obligations.errors import DubanError
from duban.tasks.outbox import deliver_batch
from duban.tasks.rounds import alone_at, is_round, list_due
from duban.tasks.works import Works
from support import example
from support.scratch import SHANGHAI, works_at


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2023, month, day, hour, 0, tzinfo=SHANGHAI)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
def works(sqlite_book: Book, tmp_path: Path) -> Works:
    return works_at(sqlite_book, tmp_path)


def filled(book: Book, folder: Path, now: datetime) -> Works:
    made = works_at(book, folder)
    example.fill(book, now)
    return made


def deliver(works: Works, now: datetime) -> int:
    sent = 0
    while (batch := deliver_batch.fn(works, now)).claimed:
        sent += batch.sent
    return sent


def contents(book: Book) -> dict[str, Any]:
    """What the book holds, without the numbers of its rows."""
    with book.read() as session:
        who = select(Round.slug, Round.duty, Round.period, Unit.code)
        owed = who.add_columns(Obligation.state, Obligation.due_at)
        owed = owed.join(Obligation, Obligation.round_id == Round.id).join(
            Unit, Unit.id == Obligation.unit_id
        )
        told = who.add_columns(Cue.kind, Cue.at, Notice.state)
        told = told.join(Cue, Cue.round_id == Round.id).join(Notice, Notice.cue_id == Cue.id)
        told = told.join(Obligation, Obligation.id == Notice.obligation_id).join(
            Unit, Unit.id == Obligation.unit_id
        )
        rounds = select(Round.slug, Round.duty, Round.period, Round.next_at, Round.opened_at, Round.expected)
        cues = select(Round.slug, Round.duty, Round.period, Cue.at, Cue.kind, Cue.state)
        queries = {
            "obligations": owed,
            "notices": told,
            "rounds": rounds,
            "cues": cues.join(Round, Round.id == Cue.round_id),
            "stretches": select(Stretch.slug, Stretch.key, Stretch.year, Stretch.next_at, Stretch.begun_at),
            "messages": select(Message.send_on, Message.not_before, Message.urgent, Message.state),
        }
        entered = session.execute(select(JournalEntry.action, JournalEntry.subject))
        journal = Counter((action, re.sub(r"/\d+$", "", subject)) for action, subject in entered)
        held = {name: Counter(map(tuple, session.execute(query))) for name, query in queries.items()}
        return {**held, "journal": journal}


def at_once(url: str, now: datetime, folder: Path) -> list[Brought]:
    """Two programs, each with connections of its own, bring the same book up."""
    books = [Book.open(url) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as pool:
            return [*pool.map(lambda book: bring_up(works_at(book, folder), now, plainly), books)]
    finally:
        for book in books:
            book.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Book]:
    """Give a book that nobody else works on."""
    book = Book.open(f"sqlite:///{tmp_path / 'alone.db'}")
    book.migrate()
    yield book
    book.close()


@pytest.fixture
def shared(url: str) -> Iterator[Book]:
    book = Book.open(url)
    yield book
    book.close()


def test_two_at_once_do_what_one_would_have_done(url: str, shared: Book, alone: Book, tmp_path: Path) -> None:
    for book in (shared, alone):
        filled(book, tmp_path, at(1, 3))
    # In December the plans also open their next year.
    now = at(12, 4)
    expected = bring_up(works_at(alone, tmp_path), now, plainly)
    assert expected.failed == []
    assert any("2024年" in line for line in expected.done)
    both = at_once(url, now, tmp_path)
    assert [brought.failed for brought in both] == [[], []]
    assert sorted(both[0].done + both[1].done) == sorted(expected.done)
    assert contents(shared) == contents(alone)
    with shared.read() as session:
        assert verify(session).ok


def test_a_round_that_another_worker_is_at_is_left_to_it_till_the_end(
    postgres_url: str, tmp_path: Path
) -> None:
    book = Book.open(postgres_url)
    works = filled(book, tmp_path, at(3, 1))
    first, second, *_ = [due for due in list_due.fn(works, at(3, 28)) if is_round(due)]
    after = next(due for due in list_due.fn(works, at(3, 28)) if due.at > first.at and not is_round(due))
    with alone_at(works, first) as mine, alone_at(works, first) as again:
        assert (mine, again) == (True, False)
        done = [line.rpartition("：")[0] for line in bring_up(works, at(3, 28), plainly).done]
    with alone_at(works, first) as mine:
        assert mine
    # The other worker does not do it, so it is done all the same, before what looks at it.
    assert done.index(second.title) < done.index(first.title) < done.index(after.title)
    book.close()


def test_a_second_call_does_nothing(works: Works, tmp_path: Path) -> None:
    filled(works.book, tmp_path, at(3, 1))
    first = bring_up(works, at(3, 28), plainly)
    assert len(first.done) > 20
    before = contents(works.book)
    assert bring_up(works, at(3, 28), plainly) == Brought()
    assert contents(works.book) == before


def cues_of(session: Any, duty: str, period: str) -> list[tuple[str, str, str]]:
    rows = session.execute(
        select(Cue.at, Cue.kind, Cue.state)
        .join(Round, Round.id == Cue.round_id)
        .where(Round.duty == duty, Round.period == period)
        .order_by(Cue.at)
    )
    return [(f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}", kind, state) for moment, kind, state in rows]


def test_after_days_switched_off_overtaken_reminders_are_superseded_not_sent(
    works: Works, tmp_path: Path
) -> None:
    filled(works.book, tmp_path, at(3, 1))
    for day in (1, 20):
        bring_up(works, at(3, day), plainly)
        deliver(works, at(3, day))
    bring_up(works, at(3, 28), plainly)
    with works.book.read() as session:
        assert cues_of(session, "meiyue-jiancha", "2023-03") == [
            ("03-22 09:00", "upcoming", "superseded"),
            ("03-27 09:00", "due", "superseded"),
            ("03-28 09:00", "overdue", "fired"),
        ]
        told = (
            select(Cue.kind, func.count())
            .join(Notice, Notice.cue_id == Cue.id)
            .join(Round, Round.id == Cue.round_id)
            .where(Round.duty == "meiyue-jiancha", Round.period == "2023-03")
            .group_by(Cue.kind)
        )
        assert [tuple(row) for row in session.execute(told)] == [("overdue", 21)]
        queued = session.scalars(select(Message.contact_id).where(Message.state == "queued")).all()
        assert len(queued) == len(set(queued)) > 0
    assert deliver(works, at(3, 28)) == len(queued)


def test_adopting_in_mid_year_floods_nobody(works: Works, tmp_path: Path) -> None:
    filled(works.book, tmp_path, at(9, 15))
    bring_up(works, at(9, 15), plainly)
    with works.book.read() as session:
        past = session.scalars(select(Round).where(Round.due_at < at(9, 15))).all()
        assert len(past) > 80
        assert {one.opened_at for one in past} == {None}
        assert None not in {one.skipped_at for one in past}
        owed = select(Obligation.due_at).where(Obligation.due_at < at(9, 15))
        assert session.scalars(owed).all() == []
        per_contact = Counter(session.scalars(select(Message.contact_id).where(Message.about.is_(None))))
        assert set(per_contact.values()) == {1}
        # Beside it, what is to be drawn this quarter: one letter to those on the list.
        letters = Counter(session.scalars(select(Message.contact_id).where(Message.about.like("lot/%"))))
        assert set(letters.values()) == {1}
        notices = select(Notice.obligation_id, Notice.contact_id)
        assert set(Counter(map(tuple, session.execute(notices))).values()) == {1}
    assert deliver(works, at(9, 15)) == len(per_contact) + len(letters)


def test_one_thing_that_cannot_be_done_does_not_hold_up_the_others(works: Works, tmp_path: Path) -> None:
    filled(works.book, tmp_path, at(3, 1))

    def stumbling(works: Works, due: Any, now: datetime) -> list[str]:
        if due.duty == "meiyue-jiancha":
            raise DubanError("磁盘已满")
        return plainly(works, due, now)

    brought = bring_up(works, at(3, 2), stumbling)
    assert brought.failed == ["2023年3月 · 每月检查：磁盘已满"]
    assert len(brought.done) > 10
    assert [line.partition("：")[0] for line in bring_up(works, at(3, 2), plainly).done] == [
        "2023年3月 · 每月检查"
    ]


def test_a_clock_that_went_back_stops_everything_at_once(works: Works, tmp_path: Path) -> None:
    filled(works.book, tmp_path, at(3, 2))
    with pytest.raises(ClockWentBack, match="系统时钟（2023年3月1日"):
        bring_up(works, at(3, 1), plainly)
