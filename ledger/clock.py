"""A clock that ran ahead and was put right: what it has put off must not wait until that time has come."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, update

from ..calendar.dates import ZONE, local_day
from . import journal
from .states import QUEUED
from .tables import Message

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .journal import Entry


def accept(session: Session, at: datetime, actor: str, reason: str) -> Entry:
    """Enter that the clock, which is behind the journal, is right at ``at``, and let wait nothing for it.

    A message that was tried, or held up for a robot, while the clock was ahead would be tried again only when
    that time comes. Raises :class:`DubanError` as :func:`journal.accept_clock` does, and does nothing then.
    """
    today = local_day(at)
    tomorrow = datetime.combine(today + timedelta(days=1), time(), ZONE)
    put_off = or_(
        and_(Message.attempts > 0, Message.not_before > at),
        and_(Message.send_on <= today, Message.not_before >= tomorrow),
    )
    forward = update(Message).where(QUEUED, put_off).values(not_before=at)
    session.execute(forward.execution_options(synchronize_session=False))
    return journal.accept_clock(session, at, actor, reason)
