from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from duban.ledger import asking, channels, owed, reports
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.overdue import OverdueFilters, OverdueRow, Sort, Window, everything, page
from duban.ledger.secrets import SecretBox
from duban.ledger.standings import Filters, overdue
from duban.ledger.tables import Contact, Round
from duban.ledger.told import Reminders, Way
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster
from duban.obligations.words import RemarkKind, State
from support.campaign import adopt, advance, day, deliver, only, return_, submit
from support.histories import END, fill, moments
from support.query_plans import plan_of

BOX = SecretBox(b"hFqBDBBQvzNmrQF1lJkL2pqzOcXvQmUuX6pvKqPqNqk=")
ALL = Window(0, 1000)


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    return book


def by_robot(book: Book) -> None:
    with book.write() as session:
        channels.add(
            session, BOX, NewChannel("工作群", "wecom", None, {"key": "k"}), day("03-01 00:30"), "李"
        )
        session.execute(update(Contact).values(channel_id=1))


def listed(
    book: Book,
    at: datetime,
    filters: OverdueFilters | None = None,
    *,
    today: bool = True,
    sort: Sort = Sort.LONGEST,
    window: Window = ALL,
) -> list[OverdueRow]:
    with book.read() as session:
        return list(
            page(session, filters or OverdueFilters(), at, today=today, sort=sort, window=window).rows
        )


def by_rule(book: Book, at: datetime) -> dict[int, tuple[object, ...]]:
    """What the pure rule says is overdue, with how it stands and how often it was told."""
    with book.read() as session:
        found = overdue(session, Filters(), at, today=False)
    return {
        one.obligation_id: (
            *(one.standing.effective_due, one.standing.overdue_by, one.standing.state, one.standing.final),
            *(one.told.times, one.told.last_at, one.told.filed, one.told.nobody),
        )
        for one in found
    }


def as_listed(rows: list[OverdueRow]) -> dict[int, tuple[object, ...]]:
    return {
        one.obligation_id: (
            *(one.due_at, one.overdue, one.state, one.final),
            *(one.told.times, one.told.last_at, one.told.filed, one.told.nobody),
        )
        for one in rows
    }


# The list and the rule


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_list_of_any_past_moment_is_what_the_rule_says(book: Book, seed: int) -> None:
    fill(book, seed)
    seen = 0
    for at in moments(seed, 25):
        rows = listed(book, at, today=False)
        assert as_listed(rows) == by_rule(book, at)
        seen += len(rows)
    assert seen > 300


@pytest.mark.parametrize("seed", [4, 5])
def test_todays_list_is_that_of_the_facts(book: Book, seed: int) -> None:
    fill(book, seed)
    now = END + timedelta(days=45)
    rows = listed(book, now)
    assert len(rows) > 10
    assert rows == listed(book, now, today=False)
    assert as_listed(rows) == by_rule(book, now)


@pytest.mark.parametrize("today", [True, False])
def test_every_filter_leaves_what_it_names(book: Book, *, today: bool) -> None:
    fill(book, 6)
    at = END + timedelta(days=45) if today else END - timedelta(days=20)
    whole = listed(book, at, today=today)
    week = timedelta(days=7)
    keep = {
        OverdueFilters(slug="p"): lambda one: one.slug == "p",
        OverdueFilters(duty="b"): lambda one: one.duty == "b",
        OverdueFilters(round_id=4): lambda one: one.round_id == 4,
        OverdueFilters(year=2022): lambda _: False,
        OverdueFilters(lead="派出所"): lambda one: one.lead == "派出所",
        OverdueFilters(unit=3): lambda one: one.unit_id == 3,
        OverdueFilters(unit="c05"): lambda one: one.unit_code == "c05",
        OverdueFilters(unit="7村"): lambda one: one.unit == "7村",
        OverdueFilters(state="returned"): lambda one: one.state is State.RETURNED,
        OverdueFilters(state="owed"): lambda one: one.state is State.OWED,
        OverdueFilters(days=7): lambda one: one.overdue >= week,
        OverdueFilters(slug="q", lead="应急办", days=7): lambda one: (
            one.slug == "q" and one.lead == "应急办" and one.overdue >= week
        ),
    }
    for filters, kept in keep.items():
        assert listed(book, at, filters, today=today) == [one for one in whole if kept(one)], filters
    assert {one.state for one in whole} == {State.OWED, State.RETURNED}
    assert any(one.overdue < week for one in whole) is not today


@pytest.mark.parametrize("today", [True, False])
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_one_after_another_make_the_whole_list(book: Book, sort: Sort, *, today: bool) -> None:
    fill(book, 7)
    at = END + timedelta(days=45) if today else END - timedelta(days=15)
    with book.read() as session:
        whole = list(everything(session, OverdueFilters(), at, today=today, sort=sort))
        pages = [
            page(session, OverdueFilters(), at, today=today, sort=sort, window=Window(first, 7))
            for first in range(0, len(whole) + 7, 7)
        ]
    assert [row for one in pages for row in one.rows] == whole
    assert {one.total for one in pages} == {len(whole)}
    assert len({one.obligation_id for one in whole}) == len(whole) > 20


def test_the_order_is_as_asked(book: Book) -> None:
    fill(book, 8)
    at = END + timedelta(days=45)
    dues = [one.due_at for one in listed(book, at)]
    assert dues == sorted(dues)
    assert [one.due_at for one in listed(book, at, sort=Sort.SHORTEST)] == sorted(dues, reverse=True)
    units = [(one.unit_code, one.due_at) for one in listed(book, at, sort=Sort.UNIT)]
    assert units == sorted(units)
    titles = [(one.title, one.due_at) for one in listed(book, at, sort=Sort.ROUND)]
    assert titles == sorted(titles)


def test_an_empty_book_has_nothing_overdue(book: Book) -> None:
    with book.read() as session:
        for today in (True, False):
            for sort in Sort:
                assert page(session, OverdueFilters(), END, today=today, sort=sort) == ((), 0)


# What a row says


def test_a_row_says_who_owes_what_and_since_when(opened: Book) -> None:
    (one, *_) = listed(opened, day("03-26 12:00"))
    assert (one.unit, one.unit_code, one.slug, one.plan) == ("一村", "cun1", "jiancha", "示例检查方案")
    assert (one.title, one.duty, one.period) == ("2023年3月 · 每月检查", "yuecha", "2023-03")
    assert (one.clause, one.lead, one.state.zh) == ("三（一）", "各部门", "待报")
    assert (str(one.overdue), one.final) == ("1 day, 12:00:01", False)
    assert one.told == Reminders()
    assert one.last_word is None


def test_a_row_is_final_once_no_report_is_taken(opened: Book) -> None:
    assert {one.final for one in listed(opened, day("04-03 23:59"))} == {False}
    assert {one.final for one in listed(opened, day("04-04 00:01"))} == {True}


def test_a_row_says_how_often_and_how_it_was_reminded_and_with_what_result(opened: Book) -> None:
    by_robot(opened)
    for at in ("03-01 09:00", "03-21 09:00"):
        advance(opened, day(at))
        deliver(opened, day(at))
    advance(opened, day("03-24 09:00"))  # made, but nobody sends it
    assert {one.told for one in listed(opened, day("03-26 12:00"))} == {
        Reminders(
            times=2,
            last_at=day("03-21 09:00"),
            ways=(Way("wecom", "工作群"),),
            waiting=1,
            tried_at=day("03-21 09:00"),
            ok=True,
            result="好",
        )
    }
    (one, *_) = listed(opened, day("03-25 00:00"), today=False)
    assert one.told.times == 2


def test_reminders_that_came_later_are_not_counted_on_a_past_day(opened: Book) -> None:
    by_robot(opened)
    for at in ("03-01 09:00", "03-27 09:00"):
        advance(opened, day(at))
        deliver(opened, day(at))
    told = {at: listed(opened, day(at), today=False)[0].told for at in ("03-26 12:00", "03-28 12:00")}
    assert [(one.times, one.last_at) for one in told.values()] == [
        (1, day("03-01 09:00")),
        (2, day("03-27 09:00")),
    ]


def test_a_reminder_that_left_later_was_waiting_on_a_past_day(opened: Book) -> None:
    by_robot(opened)
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    advance(opened, day("03-24 09:00"))
    deliver(opened, day("03-27 09:00"))  # it waited for three days
    told = {at: listed(opened, day(at), today=False)[0].told for at in ("03-26 12:00", "03-28 12:00")}
    assert [(one.times, one.waiting) for one in told.values()] == [(1, 1), (2, 0)]


def test_a_unit_that_nobody_can_tell_is_shown_so(opened: Book) -> None:
    with opened.write() as session:
        session.execute(update(Contact).where(Contact.name == "丙文书").values(active=False))
    advance(opened, day("03-01 09:00"))
    rows = listed(opened, day("03-26 12:00"), sort=Sort.UNIT)
    assert [(one.unit, one.told.nobody) for one in rows] == [("一村", False), ("二村", False), ("三村", True)]


def test_rows_are_sorted_by_how_often_units_were_reminded(opened: Book) -> None:
    by_robot(opened)
    advance(opened, day("03-01 09:00"))
    deliver(opened, day("03-01 09:00"))
    with opened.write() as session:
        session.execute(update(Contact).where(Contact.name == "乙文书").values(active=False))
    advance(opened, day("03-21 09:00"))
    deliver(opened, day("03-21 09:00"))
    at = day("03-26 12:00")
    assert [one.unit for one in listed(opened, at, sort=Sort.LEAST_TOLD)] == ["二村", "一村", "三村"]
    assert [one.told.times for one in listed(opened, at, sort=Sort.MOST_TOLD)] == [2, 2, 1]
    assert [one.unit for one in listed(opened, at, sort=Sort.LAST_TOLD)] == ["一村", "三村", "二村"]


# The last words


@dataclass(frozen=True)
class Said:
    by: str
    zh: str
    text: str
    from_unit: bool


def said(book: Book, at: str, *, today: bool = True) -> dict[str, Said | None]:
    return {
        one.unit: one.last_word
        and Said(one.last_word.by, one.last_word.zh, one.last_word.text, one.last_word.from_unit)
        for one in listed(book, day(at), today=today, sort=Sort.UNIT)
    }


def test_the_last_words_are_the_latest_of_whatever_was_said(opened: Book) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.extend(
            session,
            one,
            day("03-20 09:00"),
            "李主任",
            asked_at=day("03-19 09:00"),
            until=day("03-25 00:00"),
            reason="防汛",
        )
        three = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        asking.ask_for_time(
            session, three, day("03-20 10:00"), "丙文书", until=day("03-30 12:00"), reason="人手不够"
        )
    submit(opened, "cun2", day("03-20 11:00"))
    return_(opened, "cun2", day("03-27 09:00"))
    assert said(opened, "03-28 00:00") == {
        "一村": Said("李主任", "同意延期", "", from_unit=False),
        "二村": Said("办公室", "退回原因", "数字与台账不符", from_unit=False),
        "三村": Said("丙文书", "申请延期", "人手不够", from_unit=True),
    }
    with opened.write() as session:
        two = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        asking.remark(session, two, day("03-29 09:00"), "乙文书", kind=RemarkKind.REPLY, text="已在重新核对")
    assert said(opened, "03-30 00:00")["二村"] == Said("乙文书", "单位回复", "已在重新核对", from_unit=True)
    assert said(opened, "03-28 00:00", today=False)["二村"] == Said(
        "办公室", "退回原因", "数字与台账不符", from_unit=False
    )


# What it costs


def test_the_first_page_of_today_is_read_from_the_index_of_what_is_open(opened: Book) -> None:
    seen = plan_of(opened, "LIMIT", lambda: listed(opened, day("03-30 00:00")))
    assert "ix_obligations_open_due_at" in seen
    assert "SCAN" not in seen


def test_too_many_rows_are_not_sorted_by_their_reminders(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.ledger.late_order.MOST_COUNTED", 10)
    fill(book, 9)
    with pytest.raises(
        DubanError, match=r"共有\d+条逾期，按提醒情况排序最多10条；请先按方案、期次或单位缩小范围。"
    ):
        listed(book, END, sort=Sort.MOST_TOLD)
    with pytest.raises(DubanError, match="缩小范围"):
        listed(book, END, today=False, sort=Sort.LEAST_TOLD)


def test_the_lead_of_a_round_without_one_is_empty(opened: Book) -> None:
    with opened.write() as session:
        session.execute(update(Round).values(audience={"kinds": ["村"]}))
    assert {one.lead for one in listed(opened, day("03-26 12:00"))} == {""}
