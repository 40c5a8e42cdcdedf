"""A small campaign to test with, and what the flows do to a book, without the flows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache

from sqlalchemy import func, select, update

from duban.calendar import loader
from duban.calendar.expansion import Year, expand
from duban.calendar.slots import QuietHours
from duban.calendar.workdays import Workdays
from duban.ledger import agenda, outbox, owed, parcels, reports, rounds, years
from duban.ledger.book import Book
from duban.ledger.outbox import Result
from duban.ledger.parcels import Parcel
from duban.ledger.reminding import Slots, slots_at
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Cue, JournalEntry, Message, Notice, Obligation, Round, Stretch, Unit
from duban.ledger.units import import_roster
from duban.obligations.roster import Roster

from .remembered import remembered

SHANGHAI = timezone(timedelta(hours=8))
NEW_YEAR = datetime(2023, 1, 3, 9, 0, tzinfo=SHANGHAI)
# March 2023: opens on Wednesday the 1st, due on Friday the 24th, taken until Monday 3 April.
PLAN = """
slug: jiancha
title: 示例检查方案
issuer: 示例镇人民政府
year: 2023
office: 镇综治岗
audiences:
  cun: {name: 各村, kinds: [村]}
  yanjiang: {name: 沿江各村, kinds: [村], tags: [沿江]}
  bumen: {name: 各部门, kinds: [部门]}
phases:
  - {key: qianqi, name: 前期, starts: 03-01, ends: 04-30, clause: 二（一）, source: document}
windows:
  - {key: chuxi, name: 除夕夜, starts: 除夕 17:00, ends: 正月初一 01:00, clause: 二（二）, source: document}
defaults:
  locks: due + 10 days
  reminders: [opens, due - 3 workdays, due, due + 1 workday]
duties:
  - key: yuecha
    name: 每月检查
    kind: monthly
    audience: cun
    lead: bumen
    clause: 三（一）
    source: document
    due: day 24
    ask: 请报送检查情况。
    form:
      - {key: shuliang, label: 检查数量, type: number, unit: 处, min: 0, max: 1000, required: true}
  - key: qingkuang
    name: 情况报告
    kind: monthly
    audience: yanjiang
    clause: 三（二）
    source: local
    due: day 24
    ask: 请报送情况。
  - key: zhishou
    name: 除夕夜值守
    kind: window
    audience: cun
    clause: 四
    source: document
    opens: 除夕 - 5 days
    urgent: true
    reminders: [starts]
  - key: faxian
    name: 发现情况立即报告
    kind: event
    audience: cun
    clause: 五
    source: local
    due: event + 2 hours
    urgent: true
    ask: 请立即报告。
"""


def day(text: str) -> datetime:
    """Read ``03-24 09:00`` of 2023, or ``2024-01-02 09:00``, as Asia/Shanghai."""
    full = text if text.count("-") > 1 else f"2023-{text}"
    return datetime.strptime(full, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@cache
def workdays() -> Workdays:
    return Workdays.load()


def year_of(plan: str = PLAN, year: int = 2023) -> Year:
    return expand(loader.read(plan, "jiancha.yaml").plan, year, workdays())


@remembered
def move_in(book: Book, roster: Roster) -> None:
    """Put a cast into a book."""
    with book.write() as session:
        import_roster(session, roster, NEW_YEAR, "测试")


@remembered
def adopt(book: Book, plan: str = PLAN, now: datetime = NEW_YEAR, year: int = 2023) -> years.Opened:
    with book.write() as session:
        return years.adopt(session, year_of(plan, year), plan, now, "办公室")


def slots(now: datetime, urgent: bool) -> Slots:  # noqa: FBT001 - as the ledger calls it
    return slots_at(now, workdays(), QuietHours(), urgent=urgent)


@remembered
def advance(book: Book, now: datetime) -> list[rounds.Progress]:
    """Bring the book up to ``now``, as the flow of that name does."""
    with book.read() as session:
        due = agenda.due(session, now)
    done: list[rounds.Progress] = []
    for one in due:
        with book.write() as session:
            if one.what == "stretch":
                agenda.pass_stretch(session, one.id, now)
            elif progress := rounds.catch_up(session, one.id, now, slots):
                done.append(progress)
    return done


def look(book: Book, now: datetime, *, urgent_only: bool = False, limit: int = 1000) -> list[Parcel]:
    """Claim what may leave by ``now`` and give what it would say."""
    with book.write() as session:
        ids = outbox.claim(session, now, "测试", limit, urgent_only=urgent_only)
        looked = parcels.look_again(session, ids, now)
        outbox.withdraw(session, looked.empty, now)
        return looked.parcels


def settle(book: Book, sent: Sequence[Parcel], now: datetime) -> None:
    """Record that all of these were sent."""
    results = [Result(one.id, one.attempt, ok=True, permanent=False, answer="好", at=now) for one in sent]
    with book.write() as session:
        outbox.record(session, results, now)


def deliver(book: Book, now: datetime, limit: int = 1000) -> list[Parcel]:
    """Send all that may leave by ``now``, quiet hours and rest days observed."""
    resting = slots(now, urgent=False).first.not_before > now
    sent = look(book, now, urgent_only=resting, limit=limit)
    settle(book, sent, now)
    return sent


def said(sent: Sequence[Parcel]) -> dict[str, list[str]]:
    """Give the titles that each unit was told of."""
    return {one.unit: sorted(line.title for line in one.lines) for one in sent}


def submit(
    book: Book,
    unit: str,
    now: datetime,
    *,
    period: str = "2023-03",
    duty: str = "yuecha",
    report: Report | None = None,
) -> int:
    """Hand in a report of three places, or ``report``; gives the version."""
    here = report or Report(f"{unit}/{duty}/{period}/{now.isoformat()}", {"shuliang": "3"}, by=unit)
    with book.write() as session:
        found = owed.find(session, "jiancha", duty, period, unit)
        return reports.submit(session, found, here, now).version


def return_(
    book: Book, unit: str, now: datetime, *, period: str = "2023-03", why: Return | None = None
) -> int:
    """Send a unit's report back for a fault of substance, or as ``why`` says."""
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", period, unit)
        why = why or Return("数字与台账不符", material=True)
        return reports.return_(session, found, now, "办公室", why, slots(now, urgent=False))


@remembered
def only(book: Book, duty: str, *periods: str) -> None:
    """Leave only these rounds of a duty on the agenda, so that a test is about them alone."""
    with book.write() as session:
        keep = (Round.duty == duty) & Round.period.in_(periods) if periods else Round.duty == duty
        session.execute(update(Round).where(~keep).values(next_at=None))
        session.execute(update(Stretch).values(next_at=None))


def round_of(book: Book, duty: str = "yuecha", period: str = "2023-03") -> Round:
    with book.read() as session:
        return session.scalars(select(Round).where(Round.duty == duty, Round.period == period)).one()


def owing(book: Book, duty: str = "yuecha", period: str = "2023-03") -> dict[str, str]:
    """Give the state of each unit's obligation, by unit code."""
    with book.read() as session:
        rows = session.execute(
            select(Unit.code, Obligation.state)
            .join(Obligation, Obligation.unit_id == Unit.id)
            .join(Round, Round.id == Obligation.round_id)
            .where(Round.duty == duty, Round.period == period)
            .order_by(Unit.code)
        )
        return dict(rows.tuples().all())


def cues(book: Book, duty: str = "yuecha", period: str = "2023-03") -> dict[str, str]:
    """Give the state of each cue of a round, by kind."""
    with book.read() as session:
        rows = session.execute(
            select(Cue.kind, Cue.state)
            .join(Round, Round.id == Cue.round_id)
            .where(Round.duty == duty, Round.period == period)
            .order_by(Cue.at)
        )
        return dict(rows.tuples().all())


def messages(book: Book) -> list[Message]:
    with book.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def notices(book: Book) -> dict[str, int]:
    """Count the notices by state."""
    with book.read() as session:
        rows = session.execute(select(Notice.state, func.count()).group_by(Notice.state))
        return dict(rows.tuples().all())


def actions(book: Book) -> list[str]:
    """Give the actions of the journal, in order."""
    with book.read() as session:
        return list(session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)))


def local(at: datetime | None) -> str:
    """Give a moment as ``2023-03-24 23:59:59`` of Asia/Shanghai."""
    return "" if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
