"""Units are asked for their roster of a night on duty: three days before it, and once more on the day before.

Who has named somebody is not asked; each of the two is one letter, however often the clock looks.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import ZONE, local_day
from ..obligations.moments import in_words
from . import addressed, journal
from .addressed import Letter
from .agenda import Due
from .night_letters import ABOUT, lacking
from .nights import night_of
from .tables import JournalEntry, Round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "night-rosters"
ASKED = "night.roster_asked"
MORNING = time(9)
BEFORE = (timedelta(days=3), timedelta(days=1))


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the windows for which units are to be asked at ``now``, since they have named nobody yet."""
    soon = (Round.starts_at > now, Round.starts_at < now + BEFORE[0] + timedelta(days=1))
    rounds = session.scalars(
        select(Round).where(Round.kind == "window", Round.opened_at.is_not(None), *soon).order_by(Round.id)
    )
    found = [(one, _stage(session, one, now)) for one in rounds]
    return [
        Due(WHAT, "window", f"{one.title} · 值班表", one.slug, one.duty, one.period, at, one.id)
        for one, at in found
        if at is not None
    ]


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Ask each unit that has named nobody, unless it has been asked already."""
    found = session.scalar(select(Round).where(Round.id == due.id).with_for_update(key_share=True))
    if found is None or found.starts_at is None or _stage(session, found, now) is None:
        return None
    those = lacking(session, found.id)
    text = (
        f"{found.title}将于{in_words(found.starts_at)}开始，还没有收到你单位的值班表。"
        "请打开链接填报带班领导、值班人员和联系电话；已报的不必再报。"
    )
    slot, urgent = means.slots(now, False).first, False  # noqa: FBT003 - whether it is urgent
    if local_day(slot.not_before) >= local_day(found.starts_at):
        # Around a festival the next working morning may come with the night or after it.
        slot, urgent = means.slots(now, True).first, True  # noqa: FBT003 - as above
    head = f"请报值班表：{found.title}"
    letter = Letter(f"{ABOUT}{found.id}", f"{local_day(now)}", head, text, urgent=urgent)
    told = addressed.address(session, those, letter, slot)
    detail = {"units": list(those), "letters": told.letters, "untold": list(told.untold)}
    journal.append(session, now, "duban", ASKED, f"night/{found.id}", detail)
    return f"请{len(those)}个单位报值班表"


def _stage(session: Session, found: Round, now: datetime) -> datetime | None:
    """Give since when units are to be asked; None before that, when they have been, or when none lacks."""
    night = night_of(session, found)
    if night is None or not night.roster or found.starts_at is None:
        return None
    day = local_day(found.starts_at)
    reached = [at for gap in BEFORE if (at := datetime.combine(day - gap, MORNING, ZONE)) <= now]
    if not reached:
        return None
    mine = (JournalEntry.subject == f"night/{found.id}", JournalEntry.action == ASKED)
    last = session.scalar(select(func.max(JournalEntry.at)).where(*mine))
    asked = last is not None and last >= reached[-1]
    return None if asked or not lacking(session, found.id) else reached[-1]
