"""The journal's last line, sent once a day to those who keep it: then no past can be written anew unseen."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar.dates import local_day
from . import addressed, journal, locks
from .addressed import Letter, Told
from .parcels import NOTICE
from .tables import JournalEntry, JournalHead, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.slots import Slot

ACTION, SUBJECT, ACTOR = "head.published", "head", "duban"


class Published(NamedTuple):
    """A line that was published: its day (Asia/Shanghai), its words, and to whom it went."""

    day: date
    line: str
    told: tuple[Told, ...]


def due(session: Session, now: datetime) -> bool:
    """Tell whether something is entered, and the day of ``now`` (Asia/Shanghai) has not had its line yet."""
    newest = JournalEntry.seq.desc()
    last = session.scalar(
        select(JournalEntry.at).where(JournalEntry.subject == SUBJECT).order_by(newest).limit(1)
    )
    if last is not None:
        return local_day(last) < local_day(now)
    return session.scalar(select(JournalHead.at)) is not None


def publish(session: Session, codes: Collection[str], now: datetime, slot: Slot) -> str | None:
    """Put the journal's last line into the outbox for all contacts of these units; gives the line.

    None, and nothing is done, when it is not :func:`due` or nobody is there to be told. ``slot`` is when the
    letters may leave.
    """
    locks.numbers(session)
    if not due(session, now):
        return None
    line, day = journal.head_line(session), local_day(now)
    units = session.scalars(select(Unit.id).where(Unit.code.in_(codes))).all()
    subject = f"{day.year}年{day.month}月{day.day}日留痕公示"
    letter = Letter(_about(day), "daily", subject, _text(line), purpose=NOTICE)
    done = addressed.address(session, units, letter, slot)
    if not done.letters:
        return None
    told = {"letters": done.letters, "untold": list(done.untold)}
    journal.append(session, now, ACTOR, ACTION, SUBJECT, {"day": day, "line": line} | told)
    return line


def published(session: Session, limit: int) -> list[Published]:
    """Give the lines that were published last, the latest first."""
    newest = JournalEntry.seq.desc()
    query = select(JournalEntry.detail).where(JournalEntry.subject == SUBJECT).order_by(newest).limit(limit)
    said = [json.loads(detail) for detail in session.scalars(query)]
    days = [date.fromisoformat(one["day"]) for one in said]
    return [
        Published(day, one["line"], tuple(addressed.told(session, _about(day))))
        for day, one in zip(days, said, strict=True)
    ]


def _about(day: date) -> str:
    return f"{SUBJECT}/{day.isoformat()}"


def _text(line: str) -> str:
    return (
        f"{line}\n请留存这一行。以后要查从前的记录有没有被改写，在办事页面“核对留痕”中粘贴上面一行，"
        '或请维护人员运行：duban verify --head "这一行"。'
    )
