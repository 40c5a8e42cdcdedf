"""What has fallen due: one indexed query over rounds and stretches, whose cost follows what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from ..calendar.dates import ZONE, local_day
from ..obligations.gates import Edge
from . import gates, journal
from .tables import PlanRevision, PlanYear, Round, Stretch

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RENEWAL_MONTH = 12


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to handle; ``at`` is since when (UTC).

    ``what`` is ``round``, ``stretch``, ``year`` (to open), ``dates`` (to move), or a part of supervising,
    under the name that ``tasks.supervising`` knows it by. ``flow`` is the kind of the flow that handles it.
    """

    what: str
    flow: str
    title: str
    slug: str
    duty: str
    period: str
    at: datetime
    id: int


def due(session: Session, now: datetime) -> list[Due]:
    """Give all that needs handling by ``now``, the earliest first."""
    return sorted(
        [*_rounds(session, now), *_stretches(session, now)], key=lambda one: (one.at, one.what, one.id)
    )


def _rounds(session: Session, now: datetime) -> list[Due]:
    rows = session.execute(
        select(Round.flow, Round.title, Round.slug, Round.duty, Round.period, Round.next_at, Round.id).where(
            Round.next_at <= now
        )
    )
    return [Due("round", r.flow, r.title, r.slug, r.duty, r.period, r.next_at, r.id) for r in rows]


def _stretches(session: Session, now: datetime) -> list[Due]:
    rows = session.scalars(select(Stretch).where(Stretch.next_at <= now))
    return [
        Due("stretch", s.kind, f"{s.year}年 · {s.name}", s.slug, s.key, str(s.year), s.next_at, s.id)
        for s in rows
        if s.next_at is not None
    ]


def years_due(session: Session, now: datetime) -> list[Due]:
    """Give the years that renewing plans have to open: next year's, from 1 December on (Asia/Shanghai).

    The latest year of a plan that has begun decides, with the revision under which it runs: a year far ahead,
    adopted by mistake, must not keep the next from being opened.
    """
    latest = (
        select(PlanYear.slug, func.max(PlanYear.year).label("year"))
        .where(PlanYear.year <= local_day(now).year)
        .group_by(PlanYear.slug)
        .subquery()
    )
    next_one = aliased(PlanYear)
    opened = exists().where(next_one.slug == PlanYear.slug, next_one.year == PlanYear.year + 1)
    rows = session.execute(
        select(PlanYear.slug, PlanYear.year, PlanYear.plan_id, PlanRevision.title)
        .join(latest, and_(latest.c.slug == PlanYear.slug, latest.c.year == PlanYear.year))
        .join(PlanRevision, PlanRevision.id == PlanYear.plan_id)
        .where(PlanYear.renews, ~opened)
        .order_by(PlanYear.slug)
    )
    found = [_year(*row) for row in rows]
    return [one for one in found if one.at <= now]


def _year(slug: str, year: int, plan_id: int, title: str) -> Due:
    at = datetime(year, RENEWAL_MONTH, 1, tzinfo=ZONE).astimezone(UTC)
    return Due("year", "year", f"{year + 1}年 · {title}", slug, "", str(year + 1), at, plan_id)


def round_names(session: Session) -> list[tuple[str, str, str]]:
    """Give the plan, duty and period of every round in the book."""
    return [
        (row.slug, row.duty, row.period)
        for row in session.execute(select(Round.slug, Round.duty, Round.period))
    ]


def plans(session: Session) -> dict[str, list[str]]:
    """Give the plans in the book by their slug, each with the YAML of its revisions."""
    found: dict[str, list[str]] = {}
    for row in session.execute(select(PlanRevision.slug, PlanRevision.content).order_by(PlanRevision.id)):
        found.setdefault(row.slug, []).append(row.content)
    return found


def pass_stretch(session: Session, stretch_id: int, now: datetime) -> str | None:
    """Note that a phase or window has begun or ended by ``now``; gives what is noted, None if all was.

    What its gates lack at that edge is said with it.
    """
    found = session.scalar(select(Stretch).where(Stretch.id == stretch_id).with_for_update(key_share=True))
    if found is None or found.next_at is None or found.next_at > now:
        return None
    begun, ended = found.begun_at is None, found.ends_at < now
    if begun:
        found.begun_at = now
    if ended:
        found.ended_at = now
    found.next_at = None if ended else found.ends_at + timedelta(seconds=1)
    words = {"begun": ("开始", Edge.ENTER)} if begun else {}
    words |= {"ended": ("结束", Edge.LEAVE)} if ended else {}
    detail = {"starts_at": found.starts_at, "ends_at": found.ends_at, "plan": found.slug}
    notes = [journal.Note(f"{found.kind}.{action}", found.name, detail) for action in words]
    said: list[str] = []
    for word, edge in words.values():
        reached = gates.reach(session, found, edge, now)
        notes += reached.notes
        said.append(f"{word}（未通过：{'；'.join(reached.said)}）" if reached.said else word)
    journal.append_many(session, now, "duban", notes)
    return "、".join(said) or None
