"""A clock that ran a month ahead and was put right: nobody waits for that month to pass."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from duban.ledger import channels, clock, journal, knocks, outbox
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.outbox import Result
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Contact, Message
from duban.obligations.errors import DubanError
from support.campaign import day, local, messages

NOON, AHEAD = day("03-01 12:00"), day("04-01 12:00")
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")


def queue(book: Book, *ready: tuple[date, datetime], channel: int | None = None) -> None:
    with book.write() as session:
        contact = session.scalars(select(Contact.id).order_by(Contact.id)).first()
        session.execute(
            insert(Message),
            [
                {"key": f"m{number}", "contact_id": contact, "channel_id": channel, "urgent": False}
                | {"send_on": send_on, "not_before": at}
                for number, (send_on, at) in enumerate(ready, 1)
            ],
        )


def claim(book: Book, now: datetime) -> list[int]:
    with book.write() as session:
        return outbox.claim(session, now, "甲", 100)


def answer(book: Book, now: datetime, *results: Result) -> None:
    with book.write() as session:
        outbox.record(session, results, now)


def put_right(book: Book, now: datetime = NOON) -> None:
    with book.write() as session:
        clock.accept(session, now, "李主任", "机器时钟曾快一个月")


@pytest.mark.usefixtures("town")
def test_what_was_claimed_while_the_clock_was_ahead_is_swept_back(book: Book) -> None:
    queue(book, (NOON.date(), NOON))
    claim(book, AHEAD)
    with book.write() as session:
        assert outbox.sweep(session, AHEAD - timedelta(minutes=15)) == []
        assert outbox.sweep(session, NOON) == [1]
    assert claim(book, NOON) == [1]


@pytest.mark.usefixtures("town")
def test_what_was_tried_while_the_clock_was_ahead_is_tried_again_once_it_is_right(book: Book) -> None:
    queue(book, (NOON.date(), NOON), (NOON.date(), NOON), (day("03-02 09:00").date(), day("03-02 09:00")))
    claim(book, AHEAD)
    retry = AHEAD + timedelta(minutes=1)
    answer(book, AHEAD, Result(1, 1, ok=False, permanent=False, answer="忙", at=AHEAD, retry_at=retry))
    with book.write() as session:
        outbox.release(session, [2, 3], retry)
    with pytest.raises(journal.ClockWentBack):
        claim(book, NOON)
    put_right(book)
    assert [local(one.not_before) for one in messages(book)] == [
        "2023-03-01 12:00:00",
        "2023-03-01 12:00:00",
        "2023-04-01 12:01:00",
    ]
    assert claim(book, NOON) == [1, 2]


@pytest.mark.usefixtures("town")
def test_what_is_planned_for_later_stays_so_when_the_clock_is_put_right(book: Book) -> None:
    queue(book, (NOON.date(), day("03-01 14:30")), (AHEAD.date(), AHEAD))
    with book.write() as session:
        journal.append(session, AHEAD, "duban", "round.opened", "round/1", {})
    put_right(book)
    assert [local(one.not_before) for one in messages(book)] == ["2023-03-01 14:30:00", "2023-04-01 12:00:00"]


@pytest.mark.usefixtures("town")
def test_without_a_reason_nothing_is_brought_forward(book: Book) -> None:
    queue(book, (NOON.date(), AHEAD))
    with book.write() as session:
        journal.append(session, AHEAD, "duban", "round.opened", "round/1", {})
    with pytest.raises(DubanError, match="理由"), book.write() as session:
        clock.accept(session, NOON, "李主任", " ")
    assert [one.not_before for one in messages(book)] == [AHEAD]


@pytest.mark.usefixtures("town")
def test_a_robot_is_not_held_up_by_what_it_sent_while_the_clock_was_ahead(book: Book) -> None:
    with book.write() as session:
        channels.add(session, BOX, NewChannel("工作群", "wecom", None, {"key": "k"}), NOON, "李主任")
    queue(book, *[(NOON.date(), NOON)] * 3, channel=1)
    ids = claim(book, AHEAD)
    answer(book, AHEAD, *(Result(one, 1, ok=True, permanent=False, answer="ok", at=AHEAD) for one in ids))
    with book.write() as session:
        assert channels.places_left(session, 1, 3, set(), AHEAD) == 0
        assert channels.places_left(session, 1, 3, set(), NOON) == 3


def test_who_mistyped_while_the_clock_was_ahead_may_try_once_it_is_right(book: Book) -> None:
    with book.write() as session:
        for _ in range(5):
            knocks.knock(session, "name/wang", "10.0.0.1", AHEAD)
    with pytest.raises(knocks.TooManyTriesError), book.write() as session:
        knocks.knock(session, "name/wang", "10.0.0.1", AHEAD)
    with book.write() as session:
        knocks.knock(session, "name/wang", "10.0.0.1", NOON)
