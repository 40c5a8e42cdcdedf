"""A second plan, with one of everything: a case, a clue, an event, two nights on duty, one who is watched."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from duban.calendar.rules_watch import Watch
from duban.ledger import agenda, alerts, casework, clues, events, nights, rounds, watching
from duban.ledger.book import Book
from duban.ledger.case_list import lines_of
from duban.ledger.casework import NewCase
from duban.ledger.clues import NewClue
from duban.ledger.events import Event
from duban.ledger.means import Means
from duban.ledger.tables import Obligation, Round, Unit
from duban.ledger.watching import NewWatched
from duban.obligations.nights import OnDuty

from .campaign import adopt, day, slots, workdays

PLAN = """
slug: zhongdian
title: 示例重点时段方案
issuer: 示例镇人民政府
year: 2023
office: 第3村
audiences:
  cun: {name: 各村, kinds: [村]}
windows:
  - {key: ye, name: 前夜, starts: 03-29 17:00, ends: 03-30 01:00, clause: 一, source: local}
  - {key: wan, name: 今夜, starts: 03-30 17:00, ends: 03-31 01:00, clause: 一, source: local}
duties:
  - key: zhishou
    name: 值守
    kind: window
    audience: cun
    clause: 二
    source: local
    opens: 03-28
    due: ends + 12 hours
    night: {to: cun}
    form: [{key: renshu, label: 出动力量, type: number, unit: 人次}]
  - key: shijian
    name: 重大事件及时报送
    kind: event
    audience: cun
    clause: 三
    source: local
    due: event + 2 hours
    ask: 请及时报送。
    alert: [cun]
watch:
  - {key: ren, name: 有前科人员, kind: person, every: 30, clause: 四, roles: [office, supervisor]}
"""
PERSON = Watch(
    key="ren", name="有前科人员", kind="person", every=2, clause="四", roles=["office", "supervisor"]
)
MEANS = Means(workdays(), slots)
BY = "王文书"


def pursue(book: Book, now: datetime, unit: str, *, heard: bool = True) -> dict[str, str]:
    """Write it all at 9:00 on 30 March; what concerns a unit is this one's. Gives what addresses name.

    With ``heard`` the event is acknowledged by one of the units.
    """
    adopt(book, PLAN, now)
    with book.read() as session:
        due = [one for one in agenda.due(session, now) if one.slug == "zhongdian"]
        mine = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
    for one in due:
        with book.write() as session:
            if one.what == "stretch":
                agenda.pass_stretch(session, one.id, now)
            else:
                rounds.catch_up(session, one.id, now, slots)
    with book.write() as session:
        for night in nights.due(session, now, workdays()):
            nights.handle(session, night, now, MEANS)
    _enter(book, now, mine)
    if heard:
        _hear(book, now, mine + 2)
    return _numbers(book, mine)


def _enter(book: Book, now: datetime, mine: int) -> None:
    with book.write() as session:
        people = [OnDuty("张三", "13900000001", "带班"), OnDuty("李四", "13900000002", "")]
        nights.file_roster(session, _roster(book, mine, "今夜"), people, now, BY)
    with book.write() as session:
        new = NewClue("k1", "zhongdian", mine, "集市兜售", "集市北口有人兜售。", day("04-06 23:59"), mine + 1)
        clues.send(session, new, now, BY, MEANS)
        case = NewCase("k2", "zhongdian", mine, "闲置房屋非法储存", "查获烟花爆竹12箱。", operator=True)
        found = casework.open_case(session, case, now, BY)
        first, second = lines_of(session, found.id)[:2]
        casework.settle(session, found, first, now, BY, done="收缴12箱，已入库封存。")
        casework.waive(session, found, second, now, BY, why="自产自用", approver="李镇长")
        entry = NewWatched("k3", "zhongdian", PERSON, "王某某（三组）", mine, date(2023, 3, 1), "曾非法储存")
        watching.add(session, entry, now, BY)
        event = Event("zhongdian", "shijian", day("03-30 08:30"), "桥头有人聚集燃放", (), mine + 1)
        events.raise_event(session, event, workdays(), now, BY, slots(now, urgent=True))


def _hear(book: Book, now: datetime, unit_id: int) -> None:
    with book.write() as session:
        alert = alerts.find(session, 1)
        assert alert is not None
        alerts.acknowledge(session, alert, unit_id, now, BY, whom="文书3")


def _roster(book: Book, mine: int, window: str) -> Obligation:
    with book.read() as session:
        return session.scalars(
            select(Obligation)
            .join(Round, Round.id == Obligation.round_id)
            .where(Round.slug == "zhongdian", Round.title.contains(window), Obligation.unit_id == mine)
        ).one()


def _numbers(book: Book, mine: int) -> dict[str, str]:
    tonight, last = _roster(book, mine, "今夜"), _roster(book, mine, "前夜")
    return {"roster": str(tonight.id), "tonight": str(tonight.round_id), "last_night": str(last.round_id)}
