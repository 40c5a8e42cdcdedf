from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from duban.ledger import events
from duban.ledger.book import Book
from duban.ledger.events import Event, Raised
from duban.ledger.reports import Report
from duban.ledger.tables import JournalEntry
from duban.obligations.errors import DubanError
from support.campaign import (
    PLAN,
    actions,
    adopt,
    advance,
    cues,
    day,
    deliver,
    local,
    notices,
    owing,
    round_of,
    said,
    slots,
    submit,
    workdays,
)

AT = day("01-22 22:10")  # 正月初一, at night


def raise_(book: Book, event: Event, now: str = "01-22 22:20") -> Raised:
    with book.write() as session:
        return events.raise_event(
            session, event, workdays(), day(now), "值班员", slots(day(now), urgent=True)
        )


@pytest.mark.usefixtures("town")
def test_an_event_is_a_round_of_its_own_and_is_said_at_once(book: Book) -> None:
    adopt(book)
    found = raise_(book, Event("jiancha", "faxian", AT, "桥头有人燃放", ("一村", "cun3")))
    title = "2023年1月22日 · 发现情况立即报告"
    assert (found.period, found.title, found.expected, found.notices) == ("2023/e01", title, 2, 2)
    assert local(found.due_at) == "2023-01-23 00:10:00"
    assert owing(book, "faxian", "2023/e01") == {"cun1": "owed", "cun3": "owed"}
    here = round_of(book, "faxian", "2023/e01")
    assert (here.kind, here.flow, here.emphasis, local(here.starts_at)) == (
        "event",
        "window",
        "桥头有人燃放",
        "2023-01-22 22:10:00",
    )
    assert local(here.next_at) == "2023-01-23 00:10:01"
    sent = deliver(book, day("01-22 22:20"))
    assert said(sent) == {"一村": [title], "三村": [title]}
    assert [(line.kind, line.emphasis) for one in sent for line in one.lines] == [
        ("event", "桥头有人燃放")
    ] * 2
    assert actions(book)[-5:] == [
        "year.opened",
        "event.raised",
        "round.opened",
        "cue.fired",
        "messages.tried",
    ]


@pytest.mark.usefixtures("town")
def test_without_units_it_concerns_the_whole_audience(book: Book) -> None:
    adopt(book)
    assert raise_(book, Event("jiancha", "faxian", AT)).expected == 3


@pytest.mark.usefixtures("town")
def test_the_same_event_twice_is_one_round_and_another_is_the_next(book: Book) -> None:
    adopt(book)
    event = Event("jiancha", "faxian", AT, "桥头", ("一村",))
    first = raise_(book, event)
    again = raise_(book, event)
    assert (again.period, again.fresh, again.due_at) == (first.period, False, first.due_at)
    other = raise_(book, Event("jiancha", "faxian", AT, "村口", ("一村",)))
    assert (other.period, other.fresh) == ("2023/e02", True)
    assert notices(book) == {"due": 2}


@pytest.mark.usefixtures("town")
def test_two_taps_at_once_are_one_event(book: Book) -> None:
    adopt(book)
    event = Event("jiancha", "faxian", AT, "桥头", ("一村",))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: raise_(book, event), range(2)))
    assert sorted(one.fresh for one in found) == [False, True]
    assert {one.period for one in found} == {"2023/e01"}


@pytest.mark.usefixtures("town")
def test_the_advance_takes_an_event_on_to_its_deadline(book: Book) -> None:
    adopt(book)
    raise_(book, Event("jiancha", "faxian", AT, units=("一村", "二村")))
    submit(
        book, "cun1", day("01-22 23:00"), duty="faxian", period="2023/e01", report=Report("k", by="甲文书")
    )
    advance(book, day("01-23 00:10"))
    assert round_of(book, "faxian", "2023/e01").due_passed_at is None
    advance(book, day("01-23 00:11"))
    assert round_of(book, "faxian", "2023/e01").due_passed_at is not None
    assert owing(book, "faxian", "2023/e01") == {"cun1": "submitted", "cun2": "owed"}


@pytest.mark.usefixtures("town")
def test_a_duty_of_days_counts_workdays_from_the_event_and_has_its_own_reminders(book: Book) -> None:
    plan = PLAN.replace(
        "due: event + 2 hours\n    urgent: true",
        "due: event + 3 workdays\n    locks: due + 2 days\n    reminders: [due - 1 workday, due + 1 workday]",
    )
    adopt(book, plan)
    found = raise_(book, Event("jiancha", "faxian", day("03-02 15:00"), units=("一村",)), "03-02 15:30")
    assert local(found.due_at) == "2023-03-07 23:59:59"
    here = round_of(book, "faxian", "2023/e01")
    assert (local(here.locks_at), local(here.next_at)) == ("2023-03-09 23:59:59", "2023-03-06 09:00:00")
    assert cues(book, "faxian", "2023/e01") == {"event": "fired", "upcoming": "planned", "overdue": "planned"}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("jianca", "faxian", AT), "2023年没有执行方案“jianca”；是否想写“jiancha”？现有：jiancha。"),
        (
            Event("jiancha", "faxain", AT),
            "方案“jiancha”没有即时任务“faxain”；是否想写“faxian”？现有：faxian。",
        ),
        (Event("jiancha", "yuecha", AT), "方案“jiancha”没有即时任务“yuecha”。现有：faxian。"),
        (
            Event("jiancha", "faxian", AT, units=("派出所",)),
            "“派出所”不在该任务的受众“各村”之内。现有：一村、二村、三村。",
        ),
        (
            Event("jiancha", "faxian", day("01-22 23:00")),
            "事件发生的时间不能晚于现在；所填为2023年1月22日（星期日）23:00。",
        ),
        (Event("jiancha", "faxian", day("2022-12-31 23:00")), "2022年没有执行方案“jiancha”。现有：（无）。"),
    ],
)
def test_what_cannot_be_raised_is_said_and_leaves_nothing(book: Book, event: Event, words: str) -> None:
    adopt(book)
    before = actions(book)
    with pytest.raises(DubanError) as wrong:
        raise_(book, event)
    assert str(wrong.value) == words
    assert actions(book) == before


@pytest.mark.usefixtures("town")
def test_the_journal_says_who_raised_it(book: Book) -> None:
    adopt(book)
    raise_(book, Event("jiancha", "faxian", AT, "桥头", ("一村",)))
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "event.raised")).one()
    assert (entry.actor, entry.subject) == ("值班员", "2023年1月22日 · 发现情况立即报告")
    assert '"note":"桥头"' in entry.detail
