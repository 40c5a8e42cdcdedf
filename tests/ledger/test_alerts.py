"""An event reaches the right people at once, is acknowledged, and is told again when nobody hears."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from duban.ledger import alert_list, alerts, events
from duban.ledger.alert_list import Reportable, WholeAlert
from duban.ledger.book import Book
from duban.ledger.events import Event
from duban.ledger.means import Means
from duban.ledger.tables import Contact
from duban.obligations.alerts import AlertState
from support.alerting import ALERTING
from support.campaign import actions, adopt, day, deliver, look, slots, workdays
from support.forgery import forge

AT = day("01-22 22:10")  # 正月初一, at night
NOW = day("01-22 22:20")
MEANS = Means(workdays(), slots)


@pytest.fixture
def told(book: Book, town: object) -> Book:
    """Give a book in which 一村 has reported a gathering at night."""
    adopt(book, ALERTING)
    report(book)
    return book


def report(book: Book, note: str = "桥头有人聚集燃放") -> None:
    with book.write() as session:
        event = Event("jiancha", "faxian", AT, note, ("cun1",), reporter=1)
        events.raise_event(session, event, workdays(), NOW, "一村 甲文书", slots(NOW, urgent=True))


def seen(book: Book) -> WholeAlert:
    with book.read() as session:
        found = alert_list.whole(session, 1)
        assert found is not None
        session.expunge_all()
        return found


HEARD = NOW + timedelta(minutes=3)


def acknowledge(
    book: Book, unit_id: int = 4, by: str = "派出所 丁民警", whom: str = "", now: datetime = HEARD
) -> bool:
    with book.write() as session:
        found = alerts.find(session, 1)
        assert found is not None
        return alerts.acknowledge(session, found, unit_id, now, by, whom=whom)


def again(book: Book, at: str) -> list[str | None]:
    with book.write() as session:
        return [
            alerts.handle(session, due, day(at), MEANS) for due in alerts.due(session, day(at), workdays())
        ]


def test_the_units_of_the_audiences_are_told_at_once_at_night_but_not_who_reports(told: Book) -> None:
    assert [one.name for one in seen(told).units] == ["二村", "派出所"]
    sent = [one for one in deliver(told, NOW) if one.purpose == "letter"]
    assert [(one.unit, one.urgent, one.subject) for one in sent] == [
        ("二村", True, "【紧急】发现情况立即报告"),
        ("派出所", True, "【紧急】发现情况立即报告"),
    ]
    assert sent[0].wording == (
        "一村报告：桥头有人聚集燃放\n"
        "发生时间：2023年1月22日（星期日）22:10\n"
        "报告时间：2023年1月22日（星期日）22:20\n"
        "依据：《示例检查方案》五\n"
        "请立即打开链接签收，按职责核实处置，情况有变化的随时报告。"
    )
    assert actions(told)[-5:] == [
        "event.raised",
        "alert.sounded",
        "round.opened",
        "cue.fired",
        "messages.tried",
    ]


def test_the_offices_own_unit_is_told_too_if_the_book_has_it(book: Book, town: object) -> None:
    adopt(book, ALERTING.replace("office: 镇综治岗", "office: 三村"))
    report(book)
    assert [one.name for one in seen(book).units] == ["二村", "三村", "派出所"]


def test_a_duty_without_alert_tells_nobody(book: Book, town: object) -> None:
    adopt(book)
    report(book)
    with book.read() as session:
        assert alert_list.alerts(session).total == 0


def test_the_same_event_twice_is_told_once(told: Book) -> None:
    report(told)
    with told.read() as session:
        assert alert_list.alerts(session).total == 1
    report(told, "村口又有人燃放")
    with told.read() as session:
        assert [one.text for one in alert_list.alerts(session).rows] == ["村口又有人燃放", "桥头有人聚集燃放"]


def test_who_acknowledged_when_is_kept_and_twice_is_once(told: Book) -> None:
    assert acknowledge(told)
    assert not acknowledge(told)
    assert acknowledge(told, 2, "王文书", whom="乙文书")
    found = seen(told)
    assert [(one.unit, one.by, one.whom) for one in found.acks] == [
        ("派出所", "派出所 丁民警", ""),
        ("二村", "王文书", "乙文书"),
    ]
    assert found.state(NOW + timedelta(hours=5)) is AlertState.HEARD
    assert actions(told)[-2:] == ["alert.acknowledged", "alert.acknowledged"]


def test_what_nobody_hears_is_told_again_after_a_quarter_of_an_hour_three_times_in_all(told: Book) -> None:
    deliver(told, NOW)
    assert again(told, "01-22 22:34") == []
    assert seen(told).state(day("01-22 22:34")) is AlertState.WAITING
    assert again(told, "01-22 22:36") == ["第2次告知2人"]
    assert seen(told).state(day("01-22 22:36")) is AlertState.UNHEARD
    parcels = look(told, day("01-22 22:36"), urgent_only=True)
    assert [one.subject for one in parcels] == ["【再次告知】发现情况立即报告"] * 2
    assert parcels[0].wording.startswith("第2次告知：贵单位至今没有签收。")
    assert again(told, "01-22 22:50") == []
    assert again(told, "01-22 22:51") == ["第3次告知2人"]
    assert again(told, "01-23 09:00") == []
    assert [one.subject for one in seen(told).letters].count("【再次告知】发现情况立即报告") == 4
    with told.read() as session:
        assert alert_list.unheard(session, day("01-23 09:00")) == 1


def test_who_has_heard_is_not_told_again_and_who_has_not_is(told: Book) -> None:
    deliver(told, NOW)
    acknowledge(told)
    assert seen(told).state(day("01-22 22:30")) is AlertState.PARTLY
    assert again(told, "01-22 22:36") == ["第2次告知1人"]
    parcels = look(told, day("01-22 22:36"), urgent_only=True)
    assert [(one.unit, one.subject) for one in parcels] == [("二村", "【再次告知】发现情况立即报告")]
    with told.read() as session:
        assert alert_list.unheard(session, day("01-23 09:00")) == 1
    acknowledge(told, 2, "二村 乙文书", now=day("01-22 22:40"))
    assert again(told, "01-22 23:30") == []
    with told.read() as session:
        assert alert_list.unheard(session, day("01-23 09:00")) == 0


def test_a_second_look_at_once_tells_nothing_more(told: Book) -> None:
    with told.read() as session:
        stale = alerts.due(session, day("01-22 22:36"), workdays())
    assert again(told, "01-22 22:36") == ["第2次告知2人"]
    with told.write() as session:
        assert alerts.handle(session, stale[0], day("01-22 22:36"), MEANS) is None


def test_where_nobody_can_be_told_the_event_is_kept_and_not_told_again(book: Book, town: object) -> None:
    adopt(book, ALERTING)
    with book.write() as session:
        session.execute(update(Contact).values(active=False))
    report(book)
    assert again(book, "01-22 23:00") == []
    assert seen(book).state(day("01-22 23:00")) is AlertState.UNHEARD


def test_a_unit_sees_what_it_has_not_acknowledged_for_a_week(told: Book) -> None:
    with told.read() as session:
        assert [one.text for one in alert_list.waiting_for(session, 4, NOW)] == ["桥头有人聚集燃放"]
        assert alert_list.waiting_for(session, 1, NOW) == []
        assert alert_list.waiting_for(session, 4, day("01-30 00:00")) == []
    acknowledge(told)
    with told.read() as session:
        assert alert_list.waiting_for(session, 4, NOW) == []
        assert len(alert_list.waiting_for(session, 2, NOW)) == 1


def test_what_may_be_reported_depends_on_the_units_duties(told: Book) -> None:
    one = Reportable("jiancha", "faxian", "示例检查方案", "发现情况立即报告", "请立即报告。")
    with told.read() as session:
        assert alert_list.reportable(session, NOW, 1) == [one]
        assert alert_list.reportable(session, NOW, 4) == []
        assert alert_list.reportable(session, NOW) == [one]
        assert alert_list.reportable(session, day("2024-01-22 22:20")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE alerts SET text = '无事'", "1号重大事件的告知与第"),
        ("UPDATE alert_acks SET \"by\" = '别人'", "1号重大事件签收与第"),
        ("DELETE FROM alert_acks", "所记的1号重大事件签收已不在账簿中"),
    ],
)
def test_what_is_changed_behind_the_books_back_is_named(told: Book, change: str, words: str) -> None:
    acknowledge(told)
    assert words in forge(told, change)
