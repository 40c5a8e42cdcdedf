"""Reminds whoever has not signed for a clue, or not answered it, in time: every other workday, five times."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import ZONE, local_day
from ..obligations.clues import called
from ..obligations.moments import in_words
from . import addressed, journal
from .agenda import Due
from .clues import letter
from .tables import Clue, ClueHop

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "clues"
MOST = 5  # reminders for one limit; after that it is for the desk to telephone
EVERY = 2  # workdays between two of them
MORNING = time(9)


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the passings on whose receipt or answer is overdue and that are to be reminded of."""
    rows = session.execute(
        select(ClueHop.id, ClueHop.n, ClueHop.next_at, Clue.slug, Clue.year, Clue.number, Clue.title)
        .join(Clue, Clue.id == ClueHop.clue_id)
        .where(ClueHop.ended_at.is_(None), ClueHop.next_at <= now)
        .order_by(ClueHop.next_at, ClueHop.id)
    )
    return [
        Due(
            *(WHAT, "findings", f"{called(row.year, row.number)} · {row.title}", row.slug, ""),
            *(f"{row.year}/{row.number}-{row.n}", row.next_at, row.id),
        )
        for row in rows
    ]


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Remind the receiver once more, unless it has signed or answered meanwhile."""
    hop = session.scalar(select(ClueHop).where(ClueHop.id == due.id).with_for_update(key_share=True))
    if hop is None or hop.ended_at is not None or hop.next_at is None or hop.next_at > now:
        return None
    hop.reminded += 1
    following = means.workdays.shift(local_day(now), EVERY)
    hop.next_at = datetime.combine(following, MORNING, ZONE) if hop.reminded < MOST else None
    session.flush()
    clue = session.get_one(Clue, hop.clue_id)
    what, limit = ("答复", hop.answer_by) if hop.received_at else ("签收", hop.receive_by)
    lines = [
        f"{called(clue.year, clue.number)}“{clue.title}”应于{in_words(limit)}前{what}，至今没有{what}。",
        "请打开链接办理；不属于本单位的，请转给应当办理的单位。",
    ]
    text = letter(
        hop, f"{'answer' if hop.received_at else 'receive'}-late{hop.reminded}", f"线索逾期未{what}", lines
    )
    slot = means.slots(now, False).first  # noqa: FBT003 - by position, as Means says
    told = addressed.address(session, [hop.to_unit_id], text, slot)
    detail = {"hop": hop.id, "reminded": hop.reminded, "letters": told.letters}
    journal.append(session, now, "duban", "clue.reminded", f"clue/{clue.id}", detail)
    return f"提醒{what}，第{hop.reminded}次"
