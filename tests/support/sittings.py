"""A plan with a joint meeting each quarter and phases with gates, and what the clock does to them.

March's meeting opens on Wednesday the 1st and sits on Monday the 13th at 9:30; matters for it are due on
Wednesday the 8th at 18:00, when the notice leaves too; its minutes are due on the 20th.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.ledger import (
    attending,
    convening,
    gates_due,
    meeting_facts,
    meetings_due,
    minutes,
    owed,
    reports,
    years,
)
from duban.ledger.book import Book, Session
from duban.ledger.convening import Arrangement
from duban.ledger.means import Doing, Means
from duban.ledger.meeting_facts import MeetingFacts
from duban.ledger.meetings import Held, held
from duban.ledger.minutes import NewDecision, Published
from duban.ledger.reports import Report
from duban.ledger.tables import Meeting, Unit
from duban.obligations.meetings import Answer, Coming

from .campaign import NEW_YEAR, advance, day, slots, workdays
from .remembered import remembered

PLAN = """
slug: lianxi
title: 示例联席方案
issuer: 示例镇人民政府
year: 2023
office: 派出所
audiences:
  quanzhen: {name: 各村和部门, kinds: [村, 部门]}
  ercun: {name: 二村, units: [二村]}
  cun: {name: 各村, kinds: [村]}
phases:
  - key: dongyuan
    name: 动员阶段
    starts: 03-01
    ends: 03-31
    clause: 二（一）
    source: document
    leave: [{need: received, duty: fangan}]
  - key: jizhong
    name: 集中阶段
    starts: 04-01
    ends: 05-31
    clause: 二（二）
    source: document
    enter: [{need: accepted, duty: fangan}, {need: no_grave_finding}]
defaults:
  locks: due + 15 days
  reminders: [opens, due - 3 workdays, due, due + 1 workday]
duties:
  - key: lianxihui
    name: 联席会
    kind: quarterly
    audience: quanzhen
    clause: 三（二）四
    source: local
    opens: month 3 day 1
    due: starts - 3 workdays 18:00
    starts: {on: month 3 day 12 09:30, roll: next_workday}
    ends: starts + 2 hours
    ask: 请派负责同志参加，并报送需要协调的事项。
    meeting: {chair: 综治岗, agenda: [通报本季形势], place: 镇政府会议室, proposals: wenti}
    form:
      - {key: wenti, label: 需要协调的事项（没有的填“无”）, type: text, required: true}
  - key: xiaohui
    name: 二村专题会
    kind: once
    audience: ercun
    clause: 三（三）
    source: local
    opens: 03-01
    due: 06-08
    starts: 06-15 15:00
    ends: 06-15 16:00
    meeting: {chair: 综治岗, place: 二村村委会}
  - key: zikaihui
    name: 各村自行开会
    kind: once
    audience: cun
    clause: 三（四）
    source: local
    opens: 03-01
    due: 03-31
    starts: 03-10
    ends: 03-20
    meeting: {convened: units, chair: 各村负责人}
  - key: fangan
    name: 工作方案
    kind: once
    audience: cun
    clause: 三（一）
    source: document
    opens: 03-01
    due: 03-22
    ask: 请报送工作方案。
"""
MEANS = Means(workdays(), slots)
COMES = Answer(Coming.COMING, "李明", "所长")
TEXT = "一、会议听取了情况通报。\n二、会议议定了有关事项。"


@remembered
def adopt(book: Book, plan: str = PLAN, now: datetime = NEW_YEAR) -> None:
    with book.write() as session:
        opened = expand(loader.read(plan, "lianxi.yaml").plan, 2023, workdays())
        years.adopt(session, opened, plan, now, "办公室")


@remembered
def turn(book: Book, at: str) -> list[str]:
    """Bring rounds, phases, meetings and gates up to a moment; gives what was said of the last two."""
    now = day(at)
    advance(book, now)
    said: list[str] = []
    for due, handle in (
        (meetings_due.to_prepare, meetings_due.prepare),
        (meetings_due.to_call, meetings_due.call),
        (gates_due.to_check, gates_due.check),
    ):
        with book.read() as session:
            found = due(session, now, workdays())
        for one in found:
            with book.write() as session:
                if done := handle(session, one, now, MEANS):
                    said.append(f"{one.title}：{done}")
    return said


def doing(at: str, by: str = "王文书") -> Doing:
    return Doing(day(at), by, MEANS)


def meeting_of(book: Book, title: str = "2023年第一季度联席会") -> int:
    """Give the number of a meeting."""
    with book.read() as session:
        return session.scalars(select(Meeting.id).where(Meeting.title == title)).one()


def lock(session: Session, meeting_id: int) -> Held:
    found = held(session, meeting_id, lock=True)
    assert found is not None
    return found


def facts(book: Book, meeting_id: int, at: str) -> MeetingFacts:
    with book.read() as session:
        found = meeting_facts.meeting_facts(session, meeting_id, day(at))
    assert found is not None
    return found


def unit_id(session: Session, code: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def arranged(here: Held, **changed: object) -> Arrangement:
    """Give a meeting's arrangement with something else in it."""
    return replace(convening.as_it_stands(here), **changed)  # pyright: ignore[reportArgumentType]


def answer(book: Book, meeting_id: int, code: str, at: str, said: Answer = COMES) -> None:
    with book.write() as session:
        here = lock(session, meeting_id)
        attending.reply(session, here, unit_id(session, code), said, day(at), f"{code}联系人")


def publish(book: Book, meeting_id: int, at: str, *decisions: NewDecision) -> Published:
    with book.write() as session:
        return minutes.publish_minutes(session, lock(session, meeting_id), TEXT, decisions, doing(at))


def report(
    book: Book, code: str, at: str, *, duty: str, period: str, said: dict[str, str] | None = None
) -> None:
    """Let a unit report what it owes under the plan."""
    with book.write() as session:
        found = owed.find(session, "lianxi", duty, period, code)
        reports.submit(session, found, Report(f"{code}/{duty}/{period}/{at}", said or {}, by=code), day(at))


def accept(book: Book, code: str, at: str, *, duty: str, period: str) -> None:
    with book.write() as session:
        found = owed.find(session, "lianxi", duty, period, code)
        reports.accept(session, found, day(at), "王文书")
