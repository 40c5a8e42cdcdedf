from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from duban.calendar.slots import QuietHours, slot
from duban.ledger import channels, owed, reports
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.outbox import Result, record
from duban.ledger.reports import Report, Return
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Contact, Message, Round
from duban.ledger.today import Closed, came_in, closed, falls_due, missing, to_receive
from duban.ledger.trouble import Failing, Trouble, trouble
from duban.obligations.roster import Roster
from support.campaign import adopt, advance, day, deliver, look, messages, only, return_, submit, workdays
from support.query_plans import plan_of

BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")
SECOND = timedelta(seconds=1)
DUE = day("03-25 00:00") - SECOND


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03", "2023-04")
    advance(book, day("03-01 00:00"))
    return book


def due_soon(book: Book, at: str, until: str) -> list[tuple[str, int, int]]:
    with book.read() as session:
        found = falls_due(session, day(at), day(until))
    return [(one.title, one.missing, one.expected) for one in found.rounds]


def short(book: Book, at: str) -> list[tuple[str, int, int]]:
    with book.read() as session:
        return [(one.title, one.missing, one.expected) for one in missing(session, day(at)).rounds]


def test_what_falls_due_says_how_many_are_missing_of_how_many(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    assert due_soon(opened, "03-20 09:00", "03-27 09:00") == [("2023年3月 · 每月检查", 2, 3)]
    assert due_soon(opened, "03-20 09:00", "03-24 23:59") == []
    assert due_soon(opened, "03-25 00:00", "03-31 00:00") == []
    advance(opened, day("04-01 00:00"))
    assert due_soon(opened, "04-02 09:00", "04-30 09:00") == [("2023年4月 · 每月检查", 3, 3)]


def test_what_is_missing_is_listed_from_the_deadline_to_the_lock(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    assert short(opened, "03-24 23:59") == []
    assert short(opened, "03-25 00:00") == [("2023年3月 · 每月检查", 2, 3)]
    assert short(opened, "04-03 23:59") == [("2023年3月 · 每月检查", 2, 3)]
    assert short(opened, "04-04 00:00") == []
    for unit in ("cun2", "cun3"):
        submit(opened, unit, day("03-26 10:00"))
    assert short(opened, "03-27 00:00") == []


def left(book: Book, at: str) -> Closed:
    with book.read() as session:
        return closed(session, day(at))


def test_what_is_overdue_and_no_longer_taken_is_counted_by_itself(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    assert left(opened, "04-03 23:59") == (0, False)
    assert left(opened, "04-04 00:00") == (2, False)
    advance(opened, day("04-04 09:00"))
    assert left(opened, "04-04 09:00") == (2, False)
    assert left(opened, "04-25 00:00") == (2, False)


def test_a_unit_with_an_extension_and_one_returned_for_a_trifle_are_not_missing(opened: Book) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        at = day("03-20 09:00")
        reports.extend(session, one, at, "办公室", asked_at=at, until=day("03-28 12:00"), reason="防汛")
    submit(opened, "cun2", day("03-20 10:00"))
    return_(opened, "cun2", day("03-21 10:00"), why=Return("错别字", material=False))
    assert short(opened, "03-26 09:00") == [("2023年3月 · 每月检查", 1, 3)]
    assert short(opened, "03-29 09:00") == [("2023年3月 · 每月检查", 2, 3)]


def test_lists_are_cut_and_say_so(opened: Book) -> None:
    advance(opened, day("04-01 00:00"))
    with opened.read() as session:
        some = falls_due(session, day("03-20 09:00"), day("04-30 09:00"), limit=1)
        every = falls_due(session, day("03-20 09:00"), day("04-30 09:00"), limit=2)
    assert ([one.due_at for one in some.rounds], some.more) == ([DUE], True)
    assert (len(every.rounds), every.more) == (2, False)


def test_reports_that_wait_are_counted_by_round_the_longest_first(opened: Book) -> None:
    advance(opened, day("04-01 00:00"))
    submit(opened, "cun1", day("04-02 09:00"), period="2023-04")
    submit(opened, "cun1", day("04-02 10:00"))
    submit(opened, "cun2", day("04-02 11:00"))
    with opened.read() as session:
        found = to_receive(session)
        first = to_receive(session, limit=1)
    assert [(one.title, one.waiting, one.since) for one in found.rounds] == [
        ("2023年4月 · 每月检查", 1, day("04-02 09:00")),
        ("2023年3月 · 每月检查", 2, day("04-02 10:00")),
    ]
    assert (found.total, found.more) == (3, False)
    assert (len(first.rounds), first.total, first.more) == (1, 3, True)


def test_nothing_waits_in_a_book_without_reports(opened: Book) -> None:
    with opened.read() as session:
        assert to_receive(session) == ((), 0, False)
        assert came_in(session, day("03-01 00:00")) == ((), 0, False)


def test_what_came_in_is_listed_from_the_latest_on(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))
    submit(opened, "cun2", day("03-25 09:00"), report=Report("n", nil=True, via="phone", by="李干事"))
    submit(opened, "cun1", day("03-26 09:00"))
    with opened.read() as session:
        found = came_in(session, day("03-25 00:00"))
        cut = came_in(session, day("03-01 00:00"), limit=1)
    assert [
        (one.unit, one.title, one.version, one.nil, one.by, one.via.zh, one.late) for one in found.reports
    ] == [
        ("一村", "2023年3月 · 每月检查", 2, False, "cun1", "窗口", True),
        ("二村", "2023年3月 · 每月检查", 1, True, "李干事", "电话", True),
    ]
    assert (found.total, found.capped) == (2, False)
    assert ([one.received_at for one in cut.reports], cut.total) == ([day("03-26 09:00")], 3)


def test_a_round_that_the_plan_came_too_late_for_is_never_missing(book: Book, town: Roster) -> None:
    adopt(book, now=day("06-01 09:00"))
    with book.read() as session:
        assert session.scalars(select(Round.id).where(Round.skipped_at.is_not(None))).all()
        assert missing(session, day("06-02 09:00")) == ((), False)


# What went wrong


def wrong(book: Book, at: str) -> Trouble:
    with book.read() as session:
        return trouble(session, day(at), leaves)


def leaves(at: datetime) -> datetime:
    return slot(at, workdays(), QuietHours(), urgent=False).not_before


@pytest.fixture
def queued(opened: Book) -> Book:
    with opened.write() as session:
        new = NewChannel("工作群", "wecom", None, {"key": "k"})
        channels.add(session, BOX, new, day("03-01 00:30"), "李主任")
        session.execute(update(Contact).values(channel_id=1))
    advance(opened, day("03-01 09:00"))
    return opened


def fail(book: Book, at: str, *, retry: str | None = None) -> None:
    """Let the provider refuse whatever may leave."""
    back = day(retry) if retry else None
    results = [
        Result(
            one.id,
            one.attempt,
            ok=False,
            permanent=back is None,
            answer="93000 无效",
            at=day(at),
            retry_at=back,
        )
        for one in look(book, day(at))
    ]
    with book.write() as session:
        record(session, results, day(at))


def test_all_is_well_while_messages_leave(queued: Book) -> None:
    assert wrong(queued, "03-01 09:01").nothing
    deliver(queued, day("03-01 09:01"))
    assert wrong(queued, "03-02 09:00") == Trouble((), 0, (), (), (), None, 0, 0, 0)


def test_a_message_that_could_have_left_half_an_hour_ago_is_late(queued: Book) -> None:
    (since, *_) = {one.not_before for one in messages(queued)}
    assert wrong(queued, "03-01 09:30").late_count == 0
    found = wrong(queued, "03-01 09:31")
    assert (found.late_since, found.late_count, found.nothing) == (since, 3, False)


def test_dead_messages_are_shown_with_the_providers_own_answer(queued: Book) -> None:
    fail(queued, "03-01 09:05")
    found = wrong(queued, "03-01 09:10")
    assert found.dead_count == 3
    last = found.dead[0]
    assert (last.unit, last.contact, last.channel, last.kind) == ("三村", "丙文书", "工作群", "wecom")
    assert (last.attempts, last.answer, last.next_at) == (1, "93000 无效", None)
    assert found.channels == (Failing(1, "工作群", "wecom", 3, 3, day("03-01 09:05"), "93000 无效"),)
    assert found.retried == ()


def test_messages_that_are_tried_again_say_when(queued: Book) -> None:
    fail(queued, "03-01 09:05", retry="03-01 09:20")
    found = wrong(queued, "03-01 09:10")
    assert [(one.unit, one.next_at) for one in found.retried] == [
        ("一村", day("03-01 09:20")),
        ("二村", day("03-01 09:20")),
        ("三村", day("03-01 09:20")),
    ]
    assert (found.dead, found.dead_count) == ((), 0)
    deliver(queued, day("03-01 09:30"))
    assert wrong(queued, "03-01 09:31").retried == ()


def test_what_quiet_hours_and_rest_days_hold_back_is_late_only_half_an_hour_after_them(queued: Book) -> None:
    fail(queued, "03-03 20:40", retry="03-03 20:55")  # a Friday
    for rest in ("03-03 21:30", "03-04 12:00", "03-06 08:30"):
        assert wrong(queued, rest).late_count == 0
    assert {one.next_at for one in wrong(queued, "03-03 21:30").retried} == {day("03-06 08:00")}
    found = wrong(queued, "03-06 08:31")
    assert (found.late_since, found.late_count) == (day("03-03 20:55"), 3)


def test_a_message_made_in_a_rest_is_due_at_its_end(queued: Book) -> None:
    fail(queued, "03-03 20:50", retry="03-03 21:20")
    assert wrong(queued, "03-06 08:30").late_count == 0
    found = wrong(queued, "03-06 08:31")
    assert (found.late_since, found.late_count) == (day("03-06 08:00"), 3)


def test_what_was_late_before_a_rest_stays_so(queued: Book) -> None:
    fail(queued, "03-03 15:00", retry="03-03 15:10")
    assert wrong(queued, "03-04 12:00").late_count == 3


def test_an_urgent_message_is_late_at_any_hour(queued: Book) -> None:
    fail(queued, "03-03 20:50", retry="03-03 21:20")
    with queued.write() as session:
        session.execute(update(Message).values(urgent=True))
    found = wrong(queued, "03-03 21:51")
    assert (found.late_since, found.late_count) == (day("03-03 21:20"), 3)
    assert {one.next_at for one in found.retried} == {day("03-03 21:20")}


def test_a_claim_that_was_never_finished_is_stuck(queued: Book) -> None:
    look(queued, day("03-01 09:05"))
    assert wrong(queued, "03-01 09:20").stuck == 0
    assert wrong(queued, "03-01 09:21").stuck == 3


def test_units_that_owe_and_have_nobody_to_tell_are_named(queued: Book) -> None:
    with queued.write() as session:
        session.execute(update(Contact).where(Contact.name.in_(("乙文书", "丁民警"))).values(active=False))
    assert [(one.code, one.name, one.owed) for one in wrong(queued, "03-01 09:01").untold] == [
        ("cun2", "二村", 1)
    ]


def test_units_that_are_told_by_files_alone_are_counted_while_they_owe(queued: Book) -> None:
    assert wrong(queued, "03-01 09:01").filed == 0
    with queued.write() as session:
        channels.add(session, BOX, NewChannel("存档", "file", None, {}), day("03-01 09:00"), "李主任")
        session.execute(update(Contact).where(Contact.name == "甲文书").values(channel_id=None))
        session.execute(update(Contact).where(Contact.name == "丙文书").values(channel_id=2))
    found = wrong(queued, "03-01 09:01")
    assert (found.filed, found.nothing) == (2, False)
    submit(queued, "cun1", day("03-02 10:00"))
    assert wrong(queued, "03-02 10:01").filed == 1
    with queued.write() as session:
        session.execute(update(Contact).where(Contact.name == "丙文书").values(active=False))
    assert wrong(queued, "03-02 10:01").filed == 0


def test_each_list_of_the_day_is_read_from_an_index(opened: Book) -> None:
    submit(opened, "cun1", day("03-10 10:00"))

    def waiting() -> None:
        with opened.read() as session:
            to_receive(session)

    assert "ix_obligations_waiting" in plan_of(opened, "FROM obligations", waiting)
    late = plan_of(opened, "NOT IN", lambda: left(opened, "04-04 09:00"))
    assert "ix_obligations_open_due_at" in late
    assert "ix_rounds_unlocked" in late
