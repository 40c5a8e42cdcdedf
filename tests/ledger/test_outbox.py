from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, select, update

from duban.ledger import channels, journal, outbox
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.outbox import Result
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Attempt, Contact, JournalEntry, Message, Notice, Obligation, Unit
from support.campaign import (
    actions,
    adopt,
    advance,
    day,
    deliver,
    local,
    look,
    messages,
    notices,
    only,
    settle,
)
from support.query_plans import plan_of

NOON, ONE = day("03-01 12:00"), day("03-01 13:00")
BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")


def queue(
    book: Book, number: int, *, urgent: frozenset[int] = frozenset(), channel: int | None = None
) -> None:
    """Put messages into the outbox, numbered from 1, each ready a second after the one before."""
    with book.write() as session:
        contact = session.scalars(select(Contact.id).order_by(Contact.id)).first()
        session.execute(
            insert(Message),
            [
                {"key": f"m{n}", "contact_id": contact, "channel_id": channel, "send_on": NOON.date()}
                | {"not_before": NOON + timedelta(seconds=n), "urgent": n in urgent}
                for n in range(1, number + 1)
            ],
        )


def claim(book: Book, limit: int = 100, now: datetime = ONE, *, urgent_only: bool = False) -> list[int]:
    with book.write() as session:
        return outbox.claim(session, now, "甲", limit, urgent_only=urgent_only)


def answer(book: Book, result: Result, now: datetime = NOON) -> None:
    with book.write() as session:
        outbox.record(session, [result], now)


def failed(
    id_: int, attempt: int = 1, retry_at: datetime | None = None, *, permanent: bool = False
) -> Result:
    return Result(
        id_, attempt, ok=False, permanent=permanent, answer="45009 超过限制", at=NOON, retry_at=retry_at
    )


def states(book: Book) -> list[str]:
    return [one.state for one in messages(book)]


@pytest.mark.usefixtures("town")
def test_what_is_urgent_is_taken_first_and_the_rest_by_when_it_may_leave(book: Book) -> None:
    queue(book, 5, urgent=frozenset({4}))
    assert claim(book, 3) == [4, 1, 2]
    assert claim(book, 3) == [3, 5]
    assert claim(book, 3) == []
    (one, *_) = messages(book)
    assert (one.state, one.claimed_by, one.attempts) == ("sending", "甲", 1)


@pytest.mark.usefixtures("town")
def test_what_may_not_leave_yet_is_not_taken(book: Book) -> None:
    queue(book, 3)
    assert claim(book, now=NOON + timedelta(seconds=2)) == [1, 2]


@pytest.mark.usefixtures("town")
def test_in_quiet_hours_only_what_is_urgent_is_taken(book: Book) -> None:
    queue(book, 3, urgent=frozenset({2}))
    assert claim(book, urgent_only=True) == [2]


@pytest.mark.usefixtures("town")
def test_many_workers_never_take_the_same_message(book: Book) -> None:
    queue(book, 120)
    ready = Barrier(4)

    def work(_: int) -> list[int]:
        ready.wait()
        mine: list[int] = []
        while taken := claim(book, 7):
            mine += taken
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [id_ for mine in pool.map(work, range(4)) for id_ in mine]
    assert sorted(taken) == list(range(1, 121))


@pytest.mark.usefixtures("town")
def test_a_failure_is_tried_again_when_it_should_and_keeps_the_answer(book: Book) -> None:
    queue(book, 1)
    claim(book)
    answer(book, failed(1, retry_at=NOON + timedelta(minutes=1)))
    (one,) = messages(book)
    assert (one.state, one.attempts, one.answer, one.claimed_by) == ("queued", 1, "45009 超过限制", None)
    assert local(one.not_before) == "2023-03-01 12:01:00"
    with book.read() as session:
        (tried,) = session.scalars(select(Attempt))
    assert (tried.ok, tried.permanent, tried.answer, local(tried.at)) == (
        False,
        False,
        "45009 超过限制",
        "2023-03-01 12:00:00",
    )


@pytest.mark.usefixtures("town")
def test_what_can_never_succeed_and_what_has_failed_too_often_are_dead_letters(book: Book) -> None:
    queue(book, 2)
    claim(book)
    answer(book, failed(1, permanent=True))
    answer(book, failed(2))
    assert states(book) == ["dead", "dead"]
    assert claim(book) == []


@pytest.mark.usefixtures("town")
def test_dead_letters_are_given_another_round_of_attempts(book: Book) -> None:
    queue(book, 3)
    claim(book)
    for id_ in (1, 2, 3):
        answer(book, failed(id_, permanent=True))
    with book.write() as session:
        assert outbox.requeue_dead(session, [2, 99], day("03-02 09:00"), "李主任") == [2]
    assert states(book) == ["dead", "queued", "dead"]
    with book.write() as session:
        assert outbox.requeue_dead(session, None, day("03-02 09:00"), "李主任") == [1, 3]
    assert [one.attempts for one in messages(book)] == [0, 0, 0]
    assert actions(book)[-2:] == ["messages.requeued", "messages.requeued"]


@pytest.mark.usefixtures("town")
def test_a_dead_letter_to_a_contact_who_was_switched_off_stays_dead(book: Book) -> None:
    queue(book, 2)
    claim(book)
    for id_ in (1, 2):
        answer(book, failed(id_, permanent=True))
    with book.write() as session:
        whom = session.get_one(Message, 1).contact_id
        session.execute(update(Message).where(Message.id == 2).values(contact_id=whom + 1))
        session.execute(update(Contact).where(Contact.id == whom).values(active=False))
        assert outbox.requeue_dead(session, None, day("03-02 09:00"), "李主任") == [2]
    assert states(book) == ["dead", "queued"]


@pytest.mark.usefixtures("town")
def test_a_dead_letter_goes_again_through_the_channel_that_its_contact_has_now(book: Book) -> None:
    with book.write() as session:
        channels.add(session, BOX, NewChannel("工作群", "wecom", None, {"key": "k"}), NOON, "李主任")
    queue(book, 1, channel=1)
    claim(book)
    answer(book, failed(1, permanent=True))
    with book.write() as session:
        outbox.requeue_dead(session, None, NOON, "李主任")
    assert messages(book)[0].channel_id is None


@pytest.mark.usefixtures("town")
def test_what_a_worker_never_finished_is_swept_back_after_a_quarter_of_an_hour(book: Book) -> None:
    queue(book, 2)
    claim(book, 1, day("03-01 13:00"))
    claim(book, 1, day("03-01 13:10"))

    def sweep(at: str) -> list[int]:
        with book.write() as session:
            return outbox.sweep(session, day(at))

    assert sweep("03-01 13:15") == []
    assert sweep("03-01 13:16") == [1]
    assert states(book) == ["queued", "sending"]
    assert claim(book, now=day("03-01 13:17")) == [1]
    assert messages(book)[0].attempts == 2


@pytest.mark.usefixtures("town")
def test_a_worker_slower_than_the_sweeper_does_not_undo_what_another_has_done(book: Book) -> None:
    queue(book, 1)
    claim(book, now=day("03-01 13:00"))
    with book.write() as session:
        outbox.sweep(session, day("03-01 13:20"))
    claim(book, now=day("03-01 13:20"))
    later = day("03-01 13:21")
    answer(book, failed(1, attempt=1, retry_at=NOON), later)
    assert states(book) == ["sending"]
    answer(book, Result(1, 2, ok=True, permanent=False, answer="好", at=later), later)
    answer(book, failed(1, attempt=2, permanent=True), later)
    (one,) = messages(book)
    assert (one.state, one.answer, local(one.sent_at)) == ("sent", "好", "2023-03-01 13:21:00")
    with book.read() as session:
        assert [one.ok for one in session.scalars(select(Attempt).order_by(Attempt.id))] == [
            False,
            True,
            False,
        ]


@pytest.mark.usefixtures("town")
def test_what_a_limit_holds_up_counts_as_no_attempt(book: Book) -> None:
    queue(book, 2)
    with book.write() as session:
        outbox.release(session, outbox.claim(session, day("03-01 13:00"), "甲", 10), day("03-01 13:01"))
    assert [(one.state, one.attempts, local(one.not_before)) for one in messages(book)] == [
        ("queued", 0, "2023-03-01 13:01:00")
    ] * 2


@pytest.mark.usefixtures("town")
def test_sending_marks_the_notices_and_leaves_an_entry_with_the_answers(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    sent = look(book, day("03-01 09:00"))
    assert notices(book) == {"due": 3}
    settle(book, sent, day("03-01 09:01"))
    assert notices(book) == {"sent": 3}
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail) == (
        "messages.tried",
        '{"results":[[1,"sent","好"],[2,"sent","好"],[3,"sent","好"]]}',
    )


@pytest.mark.usefixtures("town")
def test_a_message_that_is_tried_again_is_looked_at_again(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    for one in look(book, day("03-01 09:00")):
        answer(book, failed(one.id, one.attempt, day("03-01 09:30")), day("03-01 09:00"))
    with book.write() as session:
        cun1 = select(Unit.id).where(Unit.code == "cun1").scalar_subquery()
        session.execute(update(Obligation).where(Obligation.unit_id == cun1).values(state="submitted"))
    assert [one.unit for one in deliver(book, day("03-01 09:30"))] == ["二村", "三村"]
    assert [one.attempts for one in messages(book)] == [1, 2, 2]


@pytest.mark.usefixtures("town")
def test_nothing_is_recorded_when_recording_breaks_off(book: Book) -> None:
    queue(book, 1)
    claim(book)

    def fail() -> None:
        with book.write() as session:
            outbox.record(session, [Result(1, 1, ok=True, permanent=False, answer="好", at=NOON)], NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert states(book) == ["sending"]
    with book.read() as session:
        assert session.scalars(select(Attempt)).all() == []


@pytest.mark.usefixtures("town")
def test_claiming_reads_the_index_of_what_is_queued(book: Book) -> None:
    queue(book, 5)
    for part in ("urgent", "urgent = 0" if book.is_sqlite else "NOT messages.urgent"):
        plan = plan_of(book, part, lambda: claim(book))
        assert "ix_messages_queued" in plan
        # Nothing is put in order: a country's queue has 690,000 messages, and each batch takes a hundred.
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.usefixtures("town")
def test_sweeping_reads_the_index_of_what_is_being_sent(book: Book) -> None:
    def sweep() -> None:
        with book.write() as session:
            outbox.sweep(session, NOON)

    queue(book, 5)
    assert "ix_messages_sending" in plan_of(book, "UPDATE messages", sweep)


@pytest.mark.usefixtures("town")
def test_what_waits_for_a_contact_can_be_sent_another_way(book: Book) -> None:
    with book.write() as session:
        channels.add(session, BOX, NewChannel("工作群", "wecom", None, {"key": "k"}), NOON, "李主任")
        session.execute(update(Contact).values(channel_id=None))
    queue(book, 2)
    with book.write() as session:
        assert outbox.redirect(session, 1, 1) == 2
    assert {one.channel_id for one in messages(book)} == {1}
    with book.read() as session:
        assert session.scalars(select(Notice)).all() == []


@pytest.mark.usefixtures("town")
def test_a_clock_that_went_back_claims_nothing(book: Book) -> None:
    queue(book, 2)
    with book.write() as session:
        journal.append(session, day("03-01 15:00"), "甲", "x", "y", {})
    with pytest.raises(journal.ClockWentBack, match="早于最近一条留痕"):
        claim(book)
    assert states(book) == ["queued", "queued"]
    assert claim(book, now=day("03-01 14:58")) == [1, 2]


@pytest.mark.usefixtures("town")
def test_what_has_left_is_written_down_though_the_clock_went_back_meanwhile(book: Book) -> None:
    queue(book, 1)
    claim(book)
    with book.write() as session:
        journal.append(session, day("03-01 15:00"), "甲", "x", "y", {})
    answer(book, Result(1, 1, ok=True, permanent=False, answer="好", at=ONE), ONE)
    assert states(book) == ["sent"]
    with book.read() as session:
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert last is not None
    assert (last.action, local(last.at)) == ("messages.tried", "2023-03-01 15:00:00")


def three_in_one(book: Book) -> list[int]:
    """Let one message carry the notices of three villages; gives them."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    with book.write() as session:
        session.execute(update(Notice).values(message_id=1))
        session.execute(update(Message).where(Message.id > 1).values(state="withdrawn"))
        return list(session.scalars(select(Notice.id).order_by(Notice.id)))


def carried(book: Book) -> list[tuple[int | None, str]]:
    with book.read() as session:
        return [(one.message_id, one.state) for one in session.scalars(select(Notice).order_by(Notice.id))]


@pytest.mark.usefixtures("town")
def test_what_a_message_had_no_room_for_follows_in_another_and_only_then_counts_as_sent(book: Book) -> None:
    notices = three_in_one(book)
    assert claim(book) == [1]
    said = Result(1, 1, ok=True, permanent=False, answer="好", at=ONE, unsaid=tuple(notices[1:]))
    answer(book, said, ONE)
    assert carried(book) == [(1, "sent"), (4, "due"), (4, "due")]
    following = messages(book)[3]
    assert (following.key, following.state, local(following.not_before)) == (
        "d-2023-03-01-1-more",
        "queued",
        "2023-03-01 13:00:00",
    )
    answer(book, said, ONE)  # the answer of a slower worker to the same message
    assert len(messages(book)) == 4
    assert claim(book) == [4]
    answer(book, Result(4, 1, ok=True, permanent=False, answer="好", at=ONE), ONE)
    assert carried(book) == [(1, "sent"), (4, "sent"), (4, "sent")]


@pytest.mark.usefixtures("town")
def test_when_there_was_room_for_nothing_nothing_follows_and_nothing_counts_as_sent(book: Book) -> None:
    notices = three_in_one(book)
    claim(book)
    answer(book, Result(1, 1, ok=True, permanent=False, answer="好", at=ONE, unsaid=tuple(notices)), ONE)
    assert carried(book) == [(1, "due")] * 3
    assert len(messages(book)) == 3


@pytest.mark.usefixtures("town")
def test_a_claim_that_is_renewed_is_not_swept_and_one_that_was_swept_is_not_renewed(book: Book) -> None:
    queue(book, 3)
    claim(book, 2, day("03-01 13:00"))
    with book.write() as session:
        assert outbox.hold(session, [(1, 1)], "甲", day("03-01 13:10")) == {1}
        assert outbox.sweep(session, day("03-01 13:20")) == [2]
    assert claim(book, 1, day("03-01 13:20")) == [2]
    with book.write() as session:
        assert outbox.hold(session, [(1, 1), (2, 1), (3, 1)], "甲", day("03-01 13:21")) == {1}
        assert outbox.hold(session, [(1, 1), (2, 2)], "乙", day("03-01 13:21")) == set()
