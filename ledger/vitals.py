"""Whether the work is being done: what waits, what is late, what did not arrive; for people and monitors.

Every count costs as much as there is waiting, not as much as there ever was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from .tables import JournalHead, Message, Obligation, Round, Stretch
from .tables_owed import OPEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the work stands at one moment.

    ``due`` is how many rounds and stretches wait for ``advance``, ``advance_lag`` for how long the oldest of
    them has; ``deliver_lag`` is for how long the oldest message that might have left has waited. ``today``
    counts the messages of the day (Asia/Shanghai) by state; ``retrying`` waits after a failed try.
    """

    owed: int
    overdue: int
    due: int
    queued: int
    retrying: int
    sending: int
    dead: int
    today: Mapping[str, int]
    advance_lag: timedelta
    deliver_lag: timedelta
    entries: int


def vitals(session: Session, now: datetime) -> Vitals:
    """Give how the work stands at ``now``, aware UTC."""
    waiting, since = _waiting(session, now)
    queued = Message.state == "queued"
    ready = session.scalar(select(func.min(Message.not_before)).where(queued))
    return Vitals(
        owed=_count(session, Obligation, OPEN),
        overdue=_count(session, Obligation, OPEN, Obligation.due_at < now),
        due=waiting,
        queued=_count(session, Message, queued),
        retrying=_count(session, Message, queued, Message.attempts > 0),
        sending=_count(session, Message, Message.state == "sending"),
        dead=_count(session, Message, Message.state == "dead"),
        today=_today(session, now),
        advance_lag=_lag(since, now),
        deliver_lag=_lag(ready, now),
        entries=session.scalar(select(JournalHead.seq)) or 0,
    )


def _waiting(session: Session, now: datetime) -> tuple[int, datetime | None]:
    count = 0
    since: list[datetime] = []
    for table in (Round, Stretch):
        here, first = session.execute(
            select(func.count(), func.min(table.next_at)).where(table.next_at <= now)
        ).one()
        count += here
        since += [first] if first else []
    return count, min(since, default=None)


def _today(session: Session, now: datetime) -> dict[str, int]:
    rows = session.execute(
        select(Message.state, func.count().label("number"))
        .where(Message.send_on == local_day(now))
        .group_by(Message.state)
        .order_by(Message.state)
    )
    return {row.state: row.number for row in rows}


def _count(session: Session, table: type[Message | Obligation], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _lag(since: datetime | None, now: datetime) -> timedelta:
    return _NONE if since is None else max(now - since, _NONE)
