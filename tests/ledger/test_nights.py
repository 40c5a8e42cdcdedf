"""A night on duty: who is on duty where, and the summary of the morning."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from duban.ledger import events, night_asking, night_list, nights, owed
from duban.ledger.book import Book
from duban.ledger.events import Event
from duban.ledger.means import Means
from duban.ledger.reports import Report
from duban.ledger.tables import NightSummary, Round
from duban.obligations.errors import DubanError
from duban.obligations.nights import OnDuty
from support.alerting import ALERTING
from support.campaign import actions, adopt, advance, day, deliver, slots, submit, workdays
from support.forgery import forge

MEANS = Means(workdays(), slots)
PEOPLE = (OnDuty("张三", "13900000001", "带班"), OnDuty("李四", "13900000002", ""))
SUMMARY = (
    "2023年除夕夜 · 除夕夜值守情况汇总（截至2023年1月22日（星期日）08:00）\n"
    "一、报告情况：应报3个单位，已报2个（零报告1个），未报1个：三村。\n"
    "二、数据合计：出动力量12人次，劝阻燃放2起。\n"
    "三、重大事件：1起：\n"
    "1．2023年1月21日（星期六）22:10，一村：桥头聚集燃放\n"
    "四、没有报值班表的2个单位：二村、三村。"
)


@pytest.fixture
def eve(book: Book, town: object) -> Book:
    """Give the night of 除夕, from 17:00 on 21 January to 01:00, as it was by one o'clock."""
    adopt(book, ALERTING)
    advance(book, day("01-20 09:00"))
    file(book, "cun1", "01-20 10:00")
    with book.write() as session:
        event = Event("jiancha", "faxian", day("01-21 22:10"), "桥头聚集燃放", ("cun1",))
        now = day("01-21 22:20")
        events.raise_event(session, event, workdays(), now, "值班员", slots(now, urgent=True))
    report(book, "cun1", Report("a", {"renshu": "12", "quanzu": "2"}, by="甲"))
    report(book, "cun2", Report("b", nil=True, by="乙"))
    return book


def file(book: Book, unit: str, at: str, people: tuple[OnDuty, ...] = PEOPLE) -> int:
    with book.write() as session:
        found = owed.find(session, "jiancha", "zhishou", "2023/chuxi", unit)
        return nights.file_roster(session, found, people, day(at), f"{unit} 文书").version


def report(book: Book, unit: str, said: Report) -> None:
    submit(book, unit, day("01-22 00:30"), duty="zhishou", period="2023/chuxi", report=said)


def due(book: Book, at: str) -> list[tuple[str, str]]:
    with book.read() as session:
        return [(one.title, one.flow) for one in nights.due(session, day(at), workdays())]


def sum_up(book: Book, at: str) -> list[str | None]:
    with book.write() as session:
        return [
            nights.handle(session, one, day(at), MEANS) for one in nights.due(session, day(at), workdays())
        ]


def round_id(book: Book) -> int:
    with book.read() as session:
        return session.scalars(select(Round.id).where(Round.duty == "zhishou")).one()


def test_the_summary_is_due_at_eight_in_the_morning_after_a_night_that_crosses_midnight(eve: Book) -> None:
    assert due(eve, "01-22 07:59") == []
    assert due(eve, "01-22 08:00") == [("2023年除夕夜 · 除夕夜值守 · 汇总", "window")]
    assert due(eve, "02-10 08:00") == []  # nobody needs it any more


def test_the_summary_says_what_came_in_and_is_told_urgently_once(eve: Book) -> None:
    deliver(eve, day("01-22 00:40"))
    assert sum_up(eve, "01-22 08:00") == ["汇总2个单位的报告，告知1人"]
    sent = [one for one in deliver(eve, day("01-22 08:00")) if one.subject.startswith("【汇总】")]
    assert [(one.unit, one.urgent, one.subject) for one in sent] == [
        ("派出所", True, "【汇总】2023年除夕夜 · 除夕夜值守")
    ]
    assert sent[0].wording == SUMMARY
    with eve.read() as session:
        row = session.scalars(select(NightSummary)).one()
    assert row.text == SUMMARY
    assert row.figures == {
        "reported": 2,
        "nil": 1,
        "missing": ["三村"],
        "sums": [["出动力量", 12, "人次"], ["劝阻燃放", 2, "起"]],
        "events": 1,
        "rosterless": ["二村", "三村"],
    }
    assert sum_up(eve, "01-22 09:00") == []
    assert actions(eve).count("night.summed") == 1


def test_a_summary_that_another_worker_has_made_is_not_made_twice(eve: Book) -> None:
    with eve.read() as session:
        [stale] = nights.due(session, day("01-22 08:00"), workdays())
    sum_up(eve, "01-22 08:00")
    with eve.write() as session:
        assert nights.handle(session, stale, day("01-22 08:01"), MEANS) is None


def test_a_roster_is_kept_in_versions_and_the_latest_holds(eve: Book) -> None:
    assert file(eve, "cun1", "01-22 00:40", PEOPLE[:1]) == 2
    with eve.read() as session:
        found = night_list.whole(session, round_id(eve), day("01-22 00:40"))
        assert found is not None
        assert [(one.unit, one.version, one.people) for one in found.units] == [
            ("一村", 2, PEOPLE[:1]),
            ("二村", 0, ()),
            ("三村", 0, ()),
        ]
        assert found.facts.missing == ("三村",)
        assert found.summary is None
    assert actions(eve).count("night.roster") == 2


def test_a_roster_is_not_changed_when_the_night_is_over(eve: Book) -> None:
    with pytest.raises(DubanError, match="本时段已于2023年1月22日（星期日）01:00结束"):
        file(eve, "cun2", "01-22 01:01")


def test_a_unit_is_asked_for_its_people_until_the_night_is_over(eve: Book) -> None:
    with eve.read() as session:
        assert [one.people for one in night_list.mine(session, 1, day("01-21 16:00"))] == [2]
        assert [one.people for one in night_list.mine(session, 2, day("01-21 16:00"))] == [0]
        assert night_list.mine(session, 2, day("01-22 01:01")) == []
        assert night_list.mine(session, 4, day("01-21 16:00")) == []
        assert night_list.rosterless(session, day("01-21 16:00")) == 2
        assert night_list.rosterless(session, day("01-22 01:01")) == 0


@pytest.mark.usefixtures("town")
def test_units_are_asked_for_their_rosters_three_days_and_one_day_before(book: Book) -> None:
    adopt(book, ALERTING)
    advance(book, day("01-17 09:00"))

    def ask(at: str) -> list[str | None]:
        with book.read() as session:
            found = night_asking.due(session, day(at), workdays())
        with book.write() as session:
            return [night_asking.handle(session, one, day(at), MEANS) for one in found]

    assert ask("01-18 08:59") == []

    def told(at: str) -> list[str]:
        return [one.unit for one in deliver(book, day(at)) if one.subject.startswith("请报值班表")]

    assert ask("01-18 09:00") == ["请3个单位报值班表"]
    assert told("01-18 10:00") == ["一村", "二村", "三村"]
    assert ask("01-19 09:00") == []
    file(book, "cun1", "01-19 10:00")
    assert ask("01-20 10:00") == ["请2个单位报值班表"]
    assert told("01-20 10:30") == ["二村", "三村"]
    assert ask("01-21 09:00") == []


@pytest.mark.usefixtures("town")
def test_around_a_festival_a_roster_is_asked_for_at_once_and_no_letter_leaves_after_the_night(
    book: Book,
) -> None:
    adopt(book, ALERTING.replace("正月初一 01:00", "正月初六 01:00").replace("除夕", "正月初五"))
    advance(book, day("01-21 09:00"))
    for at in ("01-23 09:00", "01-25 09:00"):  # both are days off, until Saturday the 28th
        with book.read() as session:
            [due] = night_asking.due(session, day(at), workdays())
        with book.write() as session:
            night_asking.handle(session, due, day(at), MEANS)
        if at == "01-23 09:00":
            file(book, "cun1", "01-23 09:02")
            sent = [one.unit for one in deliver(book, day("01-23 09:05")) if "值班表" in one.subject]
            assert sent == ["二村", "三村"]
    assert [one for one in deliver(book, day("01-28 08:00")) if "请报值班表" in one.subject] == []


def test_the_nights_are_listed_with_what_came_in(eve: Book) -> None:
    sum_up(eve, "01-22 08:00")
    with eve.read() as session:
        [row] = night_list.nights(session).rows
        assert (row.title, row.expected, row.reported, row.rosters) == ("2023年除夕夜 · 除夕夜值守", 3, 2, 1)
        assert row.summed_at == day("01-22 08:00")


def test_a_round_that_is_no_night_has_none(eve: Book) -> None:
    with eve.read() as session:
        other = session.scalars(select(Round.id).where(Round.duty == "yuecha").limit(1)).one()
        assert night_list.whole(session, other, day("01-22 08:00")) is None
        assert night_list.whole(session, 999, day("01-22 08:00")) is None


def test_the_database_keeps_rosters_and_summaries_as_they_were(eve: Book) -> None:
    sum_up(eve, "01-22 08:00")
    with pytest.raises(DubanError, match="只增不改"), eve.write() as session:
        session.execute(update(NightSummary).values(text="平安无事"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE night_rosters SET people = '[]'", "1号值班表与第"),
        ("UPDATE night_summaries SET text = '平安无事'", "1号高峰夜汇总与第"),
        ("DELETE FROM night_summaries", "所记的1号高峰夜汇总已不在账簿中"),
    ],
)
def test_what_is_changed_behind_the_books_back_is_named(eve: Book, change: str, words: str) -> None:
    sum_up(eve, "01-22 08:00")
    assert words in forge(eve, change)
