from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from time import perf_counter

import pytest
from sqlalchemy import func, insert, select, update

from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.reports import Return
from duban.ledger.tables import Contact, Cue, Message, Notice, Round, Unit
from duban.ledger.units import import_roster
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.campaign import (
    NEW_YEAR,
    PLAN,
    adopt,
    advance,
    day,
    deliver,
    local,
    look,
    messages,
    notices,
    only,
    return_,
    round_of,
    said,
    submit,
)

CHECK, REPORT = "2023年3月 · 每月检查", "2023年3月 · 情况报告"


def march(book: Book, until: str = "03-01 09:00") -> None:
    """Adopt the campaign with only March's monthly check on the agenda, and bring the book up."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day(until))


def keys(book: Book) -> list[tuple[str, str, str]]:
    return [(one.key, one.state, local(one.not_before)) for one in messages(book)]


@pytest.mark.usefixtures("town")
def test_everything_for_one_person_and_day_is_one_digest(book: Book) -> None:
    adopt(book)
    for at in ("02-28 23:00", "03-01 00:00", "03-01 09:00"):
        advance(book, day(at))
    sent = [one for one in deliver(book, day("03-01 09:00")) if one.day == day("03-01 09:00").date()]
    february = "2023年2月 · 每月检查", "2023年2月 · 情况报告"
    assert said(sent)["一村"] == sorted([CHECK, REPORT, *february])
    assert said(sent)["三村"] == ["2023年2月 · 每月检查", CHECK]
    assert [one.office for one in sent] == ["镇综治岗"] * 3


@pytest.mark.usefixtures("town")
def test_only_those_who_are_missing_are_reminded(book: Book) -> None:
    march(book)
    deliver(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-10 10:00"))
    advance(book, day("03-21 09:00"))
    assert said(deliver(book, day("03-21 09:00"))) == {"二村": [CHECK], "三村": [CHECK]}


@pytest.mark.usefixtures("town")
def test_a_report_stops_a_reminder_that_is_already_waiting(book: Book) -> None:
    march(book)
    submit(book, "cun1", day("03-01 09:05"))
    assert said(deliver(book, day("03-01 09:10"))) == {"二村": [CHECK], "三村": [CHECK]}
    assert notices(book) == {"withdrawn": 1, "sent": 2}
    assert [(one.state, one.attempts) for one in messages(book)] == [
        ("withdrawn", 0),
        ("sent", 1),
        ("sent", 1),
    ]


@pytest.mark.usefixtures("town")
def test_the_rest_of_a_digest_leaves_without_what_has_come_in(book: Book) -> None:
    adopt(book)
    for at in ("03-01 00:00", "03-20 09:00", "03-21 09:00"):
        advance(book, day(at))
        if at != "03-21 09:00":
            deliver(book, day(at))
    submit(book, "cun1", day("03-21 09:05"))
    assert said(deliver(book, day("03-21 09:10")))["一村"] == [REPORT]


@pytest.mark.usefixtures("town")
def test_a_return_starts_reminding_again_at_once_and_for_that_unit_alone(book: Book) -> None:
    march(book)
    deliver(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-02 10:00"))
    why = Return("缺现场照片", material=False, correct_by=day("03-08 23:59"))
    assert return_(book, "cun1", day("03-03 15:00"), why=why) == 1
    (sent,) = deliver(book, day("03-03 15:00"))
    (line,) = sent.lines
    assert (sent.unit, line.kind, line.state, line.return_reason) == (
        "一村",
        "returned",
        "returned",
        "缺现场照片",
    )
    assert local(line.correct_by) == "2023-03-08 23:59:00"
    advance(book, day("03-21 09:00"))
    assert "一村" in said(deliver(book, day("03-21 09:00")))


@pytest.mark.usefixtures("town")
def test_who_has_had_today_s_digest_is_told_of_what_comes_later_on_the_next_workday(book: Book) -> None:
    march(book)
    deliver(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-01 10:00"))
    return_(book, "cun1", day("03-01 15:00"))
    assert deliver(book, day("03-01 18:00")) == []
    assert keys(book)[-1] == ("d-2023-03-02-1", "queued", "2023-03-02 08:00:00")
    assert said(deliver(book, day("03-02 08:00"))) == {"一村": [CHECK]}


@pytest.mark.usefixtures("town")
def test_a_second_return_on_one_day_is_one_line_of_one_digest(book: Book) -> None:
    march(book)
    for at in ("03-01 09:05", "03-01 09:20"):
        submit(book, "cun1", day(at))
        return_(book, "cun1", day(at))
    sent = deliver(book, day("03-01 10:00"))
    assert said(sent)["一村"] == [CHECK]
    assert notices(book) == {"superseded": 2, "sent": 3}


@pytest.mark.usefixtures("town")
def test_a_digest_that_was_withdrawn_as_empty_is_woken_when_there_is_something_again(book: Book) -> None:
    march(book)
    submit(book, "cun1", day("03-01 09:05"))
    deliver(book, day("03-01 09:10"))
    assert keys(book)[0] == ("d-2023-03-01-1", "withdrawn", "2023-03-01 09:00:00")
    return_(book, "cun1", day("03-01 15:00"))
    assert keys(book)[0] == ("d-2023-03-01-1", "queued", "2023-03-01 15:00:00")
    assert said(deliver(book, day("03-01 15:00"))) == {"一村": [CHECK]}
    assert [one.attempts for one in messages(book)] == [1, 1, 1]


@pytest.mark.usefixtures("town")
def test_a_rest_day_defers_a_reminder_to_the_next_workday_and_never_drops_it(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-06")
    # Saturday 24 June belongs to the dragon boat holiday; Sunday the 25th is a make-up working day.
    advance(book, day("06-24 09:00"))
    assert deliver(book, day("06-24 10:00")) == []
    assert [one[2] for one in keys(book)] == ["2023-06-25 08:00:00"] * 3
    assert len(deliver(book, day("06-25 08:00"))) == 3


@pytest.mark.usefixtures("town")
def test_quiet_hours_hold_back_also_what_is_late(book: Book) -> None:
    march(book)
    assert deliver(book, day("03-01 22:00")) == []
    assert deliver(book, day("03-02 07:59")) == []
    assert len(deliver(book, day("03-02 08:00"))) == 3


@pytest.mark.usefixtures("town")
def test_an_urgent_reminder_leaves_at_once_in_its_own_message(book: Book) -> None:
    adopt(book)
    advance(book, day("01-16 09:00"))
    # 除夕, Saturday 21 January 2023, 17:00; the town is on holiday.
    advance(book, day("01-21 17:00"))
    sent = deliver(book, day("01-21 17:00"))
    assert said(sent) == {name: ["2023年除夕夜 · 除夕夜值守"] for name in ("一村", "二村", "三村")}
    assert {one.urgent for one in sent} == {True}
    assert sent[0].key == "u-2023-01-21T170000-1"


@pytest.mark.usefixtures("town")
def test_what_becomes_urgent_at_one_moment_for_one_person_is_one_message(book: Book) -> None:
    adopt(book)
    numbers = [round_of(book, duty, "2023-01").id for duty in ("yuecha", "qingkuang")]
    with book.write() as session:
        session.add_all(Cue(round_id=n, at=day("01-20 22:00"), kind="due", urgent=True) for n in numbers)
    advance(book, day("01-20 22:00"))
    assert said(deliver(book, day("01-20 22:00"))) == {
        "一村": ["2023年1月 · 情况报告", "2023年1月 · 每月检查"],
        "二村": ["2023年1月 · 情况报告", "2023年1月 · 每月检查"],
        "三村": ["2023年1月 · 每月检查"],
    }
    assert len([one for one in messages(book) if one.urgent]) == 3


def test_a_unit_that_nobody_can_be_told_for_shows_as_such(book: Book, town: Roster) -> None:
    with book.write() as session:
        import_roster(session, Roster((UnitFact("cun4", "四村", "村"),)), NEW_YEAR, "测试")
    march(book)
    assert notices(book) == {"due": 3, "no_contact": 1}
    assert len(messages(book)) == len(town.contacts) - 1
    advance(book, day("03-21 09:00"))
    assert notices(book)["no_contact"] == 2


@pytest.mark.usefixtures("town")
def test_two_people_of_one_unit_are_both_told(book: Book) -> None:
    with book.write() as session:
        import_roster(session, Roster((), (ContactFact("cun1", "戊主任"),)), NEW_YEAR, "测试")
    march(book)
    sent = deliver(book, day("03-01 09:00"))
    assert sorted(one.contact for one in sent if one.unit == "一村") == ["戊主任", "甲文书"]


def give_time(book: Book, unit: str, until: str, now: str = "03-20 09:00") -> None:
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        at = day(now)
        reports.extend(session, found, at, "办公室", asked_at=at, until=day(until), reason="防汛")


@pytest.mark.usefixtures("town")
def test_a_unit_with_an_extension_is_not_called_overdue_with_the_others(book: Book) -> None:
    march(book)
    deliver(book, day("03-01 09:00"))
    give_time(book, "cun2", "03-31 23:59")
    advance(book, day("03-27 09:00"))
    assert said(deliver(book, day("03-27 09:00"))) == {"一村": [CHECK], "三村": [CHECK]}


@pytest.mark.usefixtures("town")
def test_an_extension_has_its_own_reminders_for_that_unit_alone(book: Book) -> None:
    march(book)
    deliver(book, day("03-01 09:00"))
    # Friday 31 March; taken till 3 April. The other is extended beyond the lock, to Thursday 6 April at noon.
    give_time(book, "cun2", "03-31 23:59")
    give_time(book, "cun3", "04-06 12:00", "03-20 09:01")
    told: dict[str, list[str]] = {}
    while (at := round_of(book).next_at) is not None:
        advance(book, at)
        told[local(at)[:16]] = sorted(said(deliver(book, max(at, day("03-20 10:00")))))
    assert {at: units for at, units in told.items() if units} == {
        "2023-03-21 09:00": ["一村", "三村", "二村"],
        "2023-03-24 09:00": ["一村", "三村", "二村"],
        "2023-03-27 09:00": ["一村"],
        "2023-03-31 09:00": ["二村"],
        "2023-04-06 09:00": ["三村"],
    }
    # What was made on a Saturday and on the day after the last possible one had nothing left to ask for.
    assert notices(book) == {"sent": 12, "withdrawn": 2}


@pytest.mark.usefixtures("town")
def test_nothing_is_said_of_what_has_locked_while_the_message_waited(book: Book) -> None:
    march(book, until="03-27 09:00")
    assert look(book, day("04-04 00:00")) == []
    assert notices(book) == {"withdrawn": 3}


@pytest.mark.usefixtures("town")
def test_what_waits_follows_its_contact_and_not_the_day_on_which_it_was_written(book: Book) -> None:
    march(book)
    with book.write() as session:
        contact = session.scalars(select(Contact).where(Contact.name == "甲文书")).one()
        contact.active = False
    advance(book, day("03-21 09:00"))
    with book.read() as session:
        later = session.scalars(select(Notice).where(Notice.contact_id.is_(None))).all()
    assert [one.state for one in later] == ["no_contact"]


def villages(book: Book, number: int) -> None:
    """Put villages with one contact each into an empty book, and one department."""
    with book.write() as session:
        numbers = range(1, number + 1)
        session.execute(
            insert(Unit), [{"id": n, "code": f"c{n}", "name": f"第{n}村", "kind": "村"} for n in numbers]
        )
        session.execute(insert(Contact), [{"unit_id": n, "name": "文书"} for n in numbers])
        session.execute(insert(Unit), [{"id": number + 1, "code": "bm", "name": "部门", "kind": "部门"}])


def test_firing_while_others_send_loses_no_notice(book: Book) -> None:
    villages(book, 60)
    adopt(book, PLAN.replace(", tags: [沿江]", ""))
    noon, done = day("03-01 09:00"), Event()
    with book.write() as session:
        session.execute(update(Round).where(Round.kind == "monthly").values(opens_at=noon, next_at=noon))
        session.execute(update(Cue).where(Cue.kind == "opening").values(at=noon))

    def send() -> int:
        count = 0
        while not done.is_set():
            count += len(deliver(book, noon, limit=7))
        return count

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(send) for _ in range(2)]
        firing = [pool.submit(advance, book, noon) for _ in range(2)]
        wait(firing)
        done.set()
        fired = sum(len(one.result()) for one in firing)
        sent = sum(one.result() for one in senders)
    sent += len(deliver(book, noon)) + len(deliver(book, day("03-02 08:00")))
    assert fired == 25
    # The two rounds of January and the night of the new year are locked by then.
    assert notices(book) == {"sent": 22 * 60}
    assert sent == len([one for one in messages(book) if one.state == "sent"])


def test_five_thousand_units_are_reminded_within_a_second(sqlite_book: Book) -> None:
    villages(sqlite_book, 5000)
    adopt(sqlite_book, PLAN.replace(", tags: [沿江]", ""))
    only(sqlite_book, "yuecha", "2023-03")
    advance(sqlite_book, day("03-01 00:00"))
    begun = perf_counter()
    (done,) = advance(sqlite_book, day("03-01 09:00"))
    taken = perf_counter() - begun
    assert done.reminded == {"opening": 5000}
    assert taken < 1.0
    with sqlite_book.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 5000


@pytest.mark.usefixtures("town")
def test_whoever_was_switched_off_while_a_message_was_on_its_way_is_told_nothing(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    with book.write() as session:
        session.execute(update(Contact).where(Contact.name == "甲文书").values(active=False))
    assert sorted(said(look(book, day("03-01 09:10")))) == ["三村", "二村"]
    assert notices(book) == {"due": 2, "withdrawn": 1}
    assert [one.state for one in messages(book)] == ["withdrawn", "sending", "sending"]
