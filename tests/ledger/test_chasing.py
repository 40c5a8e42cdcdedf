from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, update

from duban.ledger import asking, calls, channels, chasing, clock, journal, owed, reports
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Contact, Cue, Message, Round, Unit
from duban.obligations.errors import DubanError
from duban.obligations.words import CueKind, RemarkKind
from support.campaign import (
    actions,
    adopt,
    advance,
    day,
    deliver,
    local,
    messages,
    only,
    return_,
    round_of,
    said,
    slots,
    submit,
)
from support.remembered import remembered

KEY = b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk="


@pytest.fixture
def book_in_march(book: Book, town: object) -> Book:
    """Give a book in which three villages owe March's check, due on Friday the 24th."""
    _open_march(book)
    return book


@remembered
def _open_march(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    deliver(book, day("03-01 09:10"))


def missing(book: Book, now: datetime) -> tuple[list[str], list[str]]:
    with book.read() as session:
        found = chasing.missing(session, chasing_round(book), now)
    return [one.unit for one in found.owing], [one.unit for one in found.extended]


def chasing_round(book: Book) -> Round:
    return round_of(book, "yuecha", "2023-03")


def remind(book: Book, now: datetime) -> chasing.Told:
    number = chasing_round(book).id
    with book.write() as session:
        cue = chasing.remind(session, number, now, "王文书", slots(now, urgent=False))
    with book.read() as session:
        found = chasing.told(session, number, cue)
    assert found is not None
    return found


def extend(book: Book, unit: str, now: datetime, until: datetime) -> None:
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        reports.extend(session, found, now, "李主任", asked_at=now, until=until, reason="汛期抢险")


def call(book: Book, unit: str, now: datetime, *, reached: bool) -> None:
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        kind = RemarkKind.CALL
        asking.remark(session, found, now, "王文书", kind=kind, text="明日报", whom="甲文书", reached=reached)


def test_missing_are_those_who_owe_and_those_who_were_returned(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-20 10:00"))
    submit(book_in_march, "cun2", day("03-20 10:00"))
    return_(book_in_march, "cun2", day("03-21 10:00"))
    assert missing(book_in_march, day("03-22 09:00")) == (["二村", "三村"], [])


def test_who_has_more_time_is_listed_apart_until_it_has_run_out(book_in_march: Book) -> None:
    extend(book_in_march, "cun3", day("03-22 10:00"), day("03-30 23:59"))
    assert missing(book_in_march, day("03-27 09:00")) == (["一村", "二村"], ["三村"])
    assert missing(book_in_march, day("03-31 09:00")) == (["一村", "二村", "三村"], [])


def test_whom_to_ring_stands_beside_each_unit(book_in_march: Book) -> None:
    with book_in_march.read() as session:
        found = chasing.missing(session, chasing_round(book_in_march), day("03-22 09:00"))
    assert found.owing[0].people == (chasing.Person("甲文书", "13900000001"),)


def test_reminding_now_reaches_only_who_is_missing(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-20 10:00"))
    found = remind(book_in_march, day("03-22 10:00"))
    assert (found.notices, found.messages, found.left, found.nobody) == (2, 2, 0, ())
    assert local(found.first_at) == "2023-03-22 10:00:00"
    sent = deliver(book_in_march, day("03-22 10:01"))
    assert said(sent) == {"二村": ["2023年3月 · 每月检查"], "三村": ["2023年3月 · 每月检查"]}


def test_a_person_who_reminds_is_not_put_off_till_tomorrow_by_todays_digest(book_in_march: Book) -> None:
    found = remind(book_in_march, day("03-01 15:00"))
    assert (found.messages, local(found.first_at)) == (3, "2023-03-01 15:00:00")
    assert len(deliver(book_in_march, day("03-01 15:01"))) == 3


def test_quiet_hours_and_rest_days_hold_it_back_as_any_other(book_in_march: Book) -> None:
    found = remind(book_in_march, day("03-18 10:00"))  # a Saturday
    assert local(found.first_at) == "2023-03-20 08:00:00"
    assert deliver(book_in_march, day("03-18 10:01")) == []


def test_it_is_said_as_what_it_is(book_in_march: Book) -> None:
    for at in ("03-22 10:00", "03-24 10:00", "03-27 10:00"):
        remind(book_in_march, day(at))
    with book_in_march.read() as session:
        kinds = session.scalars(select(Cue.kind).where(Cue.state == "fired").order_by(Cue.at)).all()
    assert kinds == ["opening", "upcoming", "due", "overdue"]
    assert chasing.kind_of(None, day("03-24 10:00")) is CueKind.UPCOMING


def test_what_was_done_while_the_clock_was_ahead_holds_up_nobody_once_it_is_right(
    book_in_march: Book,
) -> None:
    remind(book_in_march, day("03-23 10:00"))
    with book_in_march.write() as session:
        clock.accept(session, day("03-22 10:00"), "李主任", "机器时钟曾快一天")
    remind(book_in_march, day("03-22 10:00"))


def test_a_second_time_within_the_hour_is_refused_and_says_when_the_last_was(
    book_in_march: Book,
) -> None:
    remind(book_in_march, day("03-22 10:00"))
    with pytest.raises(DubanError, match=r"2023年3月22日（星期三）10:00已安排提醒，一小时内不重复安排"):
        remind(book_in_march, day("03-22 10:59"))
    assert remind(book_in_march, day("03-22 11:00")).notices == 3


def last(book: Book) -> tuple[str, str, str]:
    with book.read() as session:
        found = chasing.last_reminded(session, chasing_round(book).id)
    assert found is not None
    return local(found.arranged_at), local(found.live_at), local(found.left_at)


def by_robot(book: Book, at: str) -> None:
    with book.write() as session:
        new = NewChannel("工作群", "wecom", None, {"key": "k"})
        channels.add(session, SecretBox(KEY), new, day(at), "李主任")
        session.execute(update(Contact).values(channel_id=1))


def test_what_could_not_be_delivered_does_not_bar_the_next_try(book_in_march: Book) -> None:
    by_robot(book_in_march, "03-22 09:00")
    remind(book_in_march, day("03-22 10:00"))
    with book_in_march.write() as session:
        session.execute(update(Message).where(Message.state == "queued").values(state="dead"))
    assert last(book_in_march) == ("2023-03-22 10:00:00", "2023-03-01 09:00:00", "")
    assert remind(book_in_march, day("03-22 10:05")).notices == 3


def test_what_is_only_arranged_or_in_a_folder_is_not_called_sent(book_in_march: Book) -> None:
    remind(book_in_march, day("03-22 10:00"))
    deliver(book_in_march, day("03-22 10:01"))
    assert last(book_in_march) == ("2023-03-22 10:00:00", "2023-03-22 10:00:00", "")
    by_robot(book_in_march, "03-22 11:00")
    remind(book_in_march, day("03-22 11:30"))
    assert last(book_in_march)[2] == ""
    deliver(book_in_march, day("03-22 11:31"))
    assert last(book_in_march)[2] == "2023-03-22 11:31:00"


def test_what_went_into_a_folder_is_counted_apart_from_what_left(book_in_march: Book) -> None:
    first = told(book_in_march, "03-22 10:00")
    by_robot(book_in_march, "03-22 11:00")
    second = told(book_in_march, "03-22 11:30")
    assert ((first.left, first.filed), (second.left, second.filed)) == ((0, 3), (3, 0))


def told(book: Book, at: str) -> chasing.Told:
    """Remind, send, and give what became of it."""
    number, now = chasing_round(book).id, day(at)
    with book.write() as session:
        cue = chasing.remind(session, number, now, "王文书", slots(now, urgent=False))
    deliver(book, now)
    with book.read() as session:
        found = chasing.told(session, number, cue)
    assert found is not None
    return found


def test_after_the_deadline_who_has_more_time_is_not_reminded(book_in_march: Book) -> None:
    extend(book_in_march, "cun3", day("03-22 10:00"), day("03-30 23:59"))
    remind(book_in_march, day("03-27 10:00"))
    assert sorted(said(deliver(book_in_march, day("03-27 10:01")))) == ["一村", "二村"]


def test_when_all_who_are_missing_have_more_time_nothing_is_sent(book_in_march: Book) -> None:
    submit(book_in_march, "cun1", day("03-20 10:00"))
    submit(book_in_march, "cun2", day("03-20 10:00"))
    extend(book_in_march, "cun3", day("03-22 10:00"), day("03-30 23:59"))
    before = len(messages(book_in_march))
    with pytest.raises(DubanError, match="都在延期期限内"):
        remind(book_in_march, day("03-27 10:00"))
    assert len(messages(book_in_march)) == before


def test_nobody_is_reminded_of_what_is_not_open_not_missing_or_locked(book_in_march: Book) -> None:
    april = round_of(book_in_march, "yuecha", "2023-04").id
    now = day("03-22 10:00")
    with book_in_march.write() as session, pytest.raises(DubanError, match="尚未下达"):
        chasing.remind(session, april, now, "王文书", slots(now, urgent=False))
    with pytest.raises(DubanError, match="已于2023年4月3日（星期一）24时截止补报"):
        remind(book_in_march, day("04-04 10:00"))
    for unit in ("cun1", "cun2", "cun3"):
        submit(book_in_march, unit, day("03-22 11:00"))
    with pytest.raises(DubanError, match="没有未报的单位"):
        remind(book_in_march, day("03-22 12:00"))


def test_units_without_a_contact_are_named(book_in_march: Book) -> None:
    with book_in_march.write() as session:
        third = select(Unit.id).where(Unit.code == "cun3").scalar_subquery()
        session.execute(update(Contact).where(Contact.unit_id == third).values(active=False))
    found = remind(book_in_march, day("03-22 10:00"))
    assert (found.notices, found.nobody) == (2, ("三村",))


def test_a_reminder_is_in_the_journal_and_the_proof_holds(book_in_march: Book) -> None:
    remind(book_in_march, day("03-22 10:00"))
    deliver(book_in_march, day("03-22 10:01"))
    assert actions(book_in_march)[-3:] == ["round.reminded", "cue.fired", "messages.tried"]
    with book_in_march.read() as session:
        assert journal.verify(session).ok


def test_a_reminder_of_another_round_is_none_of_this_ones(book_in_march: Book) -> None:
    april = round_of(book_in_march, "yuecha", "2023-04").id
    with book_in_march.read() as session:
        assert chasing.told(session, april, 1) is None


def test_the_register_lists_calls_from_the_newest_on(book_in_march: Book) -> None:
    call(book_in_march, "cun1", day("03-22 10:00"), reached=False)
    call(book_in_march, "cun1", day("03-22 11:00"), reached=True)
    call(book_in_march, "cun2", day("03-22 11:00"), reached=True)
    with book_in_march.read() as session:
        everything = calls.calls(session)
        first = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        of_one = calls.calls(session, unit_ids=[first], round_id=chasing_round(book_in_march).id)
        second = calls.calls(session, start=1, limit=1)
    assert [(one.unit, one.reached) for one in everything.rows] == [
        ("二村", True),
        ("一村", True),
        ("一村", False),
    ]
    assert (everything.total, of_one.total, second.total) == (3, 2, 3)
    assert [one.unit for one in second.rows] == ["一村"]
