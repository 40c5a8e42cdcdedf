"""Key persons and places: entered, visited on a schedule, taken off; each look at one is on record.

The journal is read by many and cannot forget: it names entries by their numbers, never by label, and holds
neither why somebody is watched nor what a visit found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from ..calendar.dates import ZONE, local_day
from ..obligations import watching as rules
from ..obligations.errors import DubanError
from . import addressed, journal
from .addressed import Letter
from .agenda import Due
from .asking import said
from .audiences import active, check_there
from .duties import plan_of
from .homes import within
from .in_force import plans_in_force
from .kept_watch import VISITS, WATCHED, WATCHED_OFF
from .tables import Unit, Visit, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from ..calendar.rules_watch import Watch
    from ..calendar.workdays import Workdays
    from ..obligations.watching import Result
    from .means import Doing, Means

WHAT = "watch"
MORNING = time(9)
AGAIN = timedelta(days=7)  # after which a visit that is still due is reminded of once more


@dataclass(frozen=True, slots=True)
class NewWatched:
    """What is entered: under which kind of which plan, by what label, whose task it is, since when, why.

    ``key`` is the form's own: the same form sent twice makes one entry.
    """

    key: str
    slug: str
    rule: Watch
    label: str
    unit_id: int
    since: date
    why: str


def add(session: Session, new: NewWatched, now: datetime, by: str) -> Watched:
    """Enter a person or place; the first visit is due after the days that the plan's kind says.

    Raises :class:`DubanError` for a label or reason that says too little, or too much of a person.
    """
    if known := session.scalar(select(Watched).where(Watched.key == new.key)):
        return known
    label, why, today = new.label.strip(), said(new.why), local_day(now)
    rules.check_label(label)
    rules.check_reason(why, "列为重点的理由")
    if new.since > today:
        raise DubanError("列管日期不能晚于今天。")
    check_there(session, new.unit_id, now)
    row = Watched(key=new.key, slug=new.slug, rule=new.rule.key, kind=new.rule.kind, label=label)
    row.unit_id, row.since, row.why, row.clause = new.unit_id, new.since, why, new.rule.clause
    row.every, row.made_at, row.made_by = new.rule.every, now, by
    _plan(row, rules.next_visit(today, (), row.every))
    session.add(row)
    session.flush()
    journal.append(session, now, by, "watch.added", f"watch/{row.id}", WATCHED.said(row))
    return row


def _plan(row: Watched, by: datetime) -> None:
    """Set by when the next visit is due, and when it is reminded of: on the morning of that day."""
    row.visit_by = by
    row.next_at = datetime.combine(local_day(row.visit_by), MORNING, ZONE)


def find(session: Session, watched_id: int) -> Watched | None:
    """Give an entry by its number, locked until the transaction ends."""
    return session.scalar(select(Watched).where(Watched.id == watched_id).with_for_update(key_share=True))


def note_look(session: Session, found: Watched, now: datetime, by: str) -> None:
    """Put on record that somebody has opened an entry's page."""
    journal.append(session, now, by, "watch.seen", f"watch/{found.id}", {"watched": found.id})


def note_list(session: Session, watched_ids: Sequence[int], now: datetime, by: str) -> None:
    """Put on record that somebody has opened the list, and which entries it showed."""
    if watched_ids:
        journal.append(session, now, by, "watch.listed", "watch", {"watched": list(watched_ids)})


def visit(
    session: Session,
    found: Watched,
    doing: Doing,
    *,
    seen: bool | None,
    result: Result | None,
    text: str,
) -> Visit:
    """Keep a visit; the next is due after as many days again, or soon where nobody was seen.

    What is abnormal is told to the plan's office at once.
    """
    rules.check_watched(found.off_at)
    was, outcome = rules.check_visit(result, seen, said(text))
    now = doing.now
    row = Visit(watched_id=found.id, at=now, by=doing.by, seen=was, result=str(outcome), text=said(text))
    session.add(row)
    _plan(found, rules.next_visit(local_day(now), [(local_day(now), was)], found.every))
    session.flush()
    if outcome is rules.Result.ABNORMAL:
        _alarm(session, found, row, doing)
    journal.append(session, now, doing.by, "watch.visited", f"watch/{found.id}", VISITS.said(row))
    return row


def _alarm(session: Session, found: Watched, row: Visit, doing: Doing) -> None:
    """Tell the plan's office that a visit found something abnormal; the letter names nobody."""
    plans = [one for one in plans_in_force(session, doing.now) if one.slug == found.slug]
    offices = [plan_of(session, one.plan_id).office for one in plans]
    named = or_(Unit.name.in_(offices), Unit.code.in_(offices))
    today, home = active(local_day(doing.now)), within(session, found.slug)
    here = select(Unit.id).where(named, today, home, Unit.id != found.unit_id)
    unit = session.get_one(Unit, found.unit_id).name
    text = f"{unit}回访重点人员或者场所，发现异常。请登录查看回访情况，及时处置。"
    letter = Letter(f"watch/{found.id}", f"abnormal{row.id}", "【紧急】重点回访发现异常", text, urgent=True)
    slot = doing.means.slots(doing.now, True).first  # noqa: FBT003 - by position, as Means says
    addressed.address(session, list(session.scalars(here)), letter, slot)


def take_off(session: Session, found: Watched, now: datetime, by: str, *, why: str) -> None:
    """Take an entry off the list, saying why; it is not visited any more."""
    rules.check_watched(found.off_at)
    rules.check_reason(said(why), "移出的理由")
    found.off_at, found.off_by, found.off_why, found.next_at = now, by, said(why), None
    session.flush()
    journal.append(session, now, by, "watch.off", f"watch/{found.id}", WATCHED_OFF.said(found))


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the units that have visits to be reminded of, one thing for each unit and day."""
    rows = session.execute(
        select(Watched.unit_id, Unit.name, func.min(Watched.next_at).label("at"))
        .join(Unit, Unit.id == Watched.unit_id)
        .where(Watched.off_at.is_(None), Watched.next_at <= now)
        .group_by(Watched.unit_id, Unit.name)
        .order_by(Watched.unit_id)
    )
    day = local_day(now).isoformat()
    return [Due(WHAT, "findings", f"{row.name} · 重点回访", "", "", day, row.at, row.unit_id) for row in rows]


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Remind a unit of all its visits that are due, in one letter that names nobody."""
    mine = (Watched.unit_id == due.id, Watched.off_at.is_(None), Watched.next_at <= now)
    rows = session.scalars(select(Watched).where(*mine).order_by(Watched.id).with_for_update()).all()
    if not rows:
        return None
    following = datetime.combine(local_day(now) + AGAIN, MORNING, ZONE)
    for row in rows:
        row.next_at = following
    session.flush()
    text = f"有{len(rows)}个重点人员或者场所到了回访的日子，请打开链接查看并登记回访情况。"
    letter = Letter(f"watched/{due.id}", local_day(now).isoformat(), "重点人员和场所回访", text)
    told = addressed.address(session, [due.id], letter, means.slots(now, False).first)  # noqa: FBT003
    detail = {"watched": [row.id for row in rows], "letters": told.letters}
    journal.append(session, now, "duban", "watch.reminded", f"unit/{due.id}", detail)
    return f"提醒回访{len(rows)}个"
