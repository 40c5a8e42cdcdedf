"""Who and what is watched, for those who may see it by role and plan, and for the unit that visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ..obligations.watching import Result, visible
from .duties import plans_of
from .in_force import plans_in_force
from .tables import PlanYear, Unit, Visit, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.rules_watch import Watch

AHEAD = timedelta(days=7)  # as long before a visit is due it stands on the unit's list
FALLBACK = ("office",)  # may see what the plan has no kind for any more


class Kind(NamedTuple):
    """A kind of a plan that is in force, under which something may be entered."""

    slug: str
    plan: str
    rule: Watch

    @property
    def key(self) -> str:
        """Give what a form calls it."""
        return f"{self.slug}/{self.rule.key}"


class WatchedRow(NamedTuple):
    """An entry in a list; ``visit_by`` and ``off_at`` are in UTC, ``last`` is the latest visit."""

    id: int
    label: str
    kind: str
    rule: str
    unit: str
    visit_by: datetime
    off_at: datetime | None
    last_at: datetime | None
    abnormal: bool

    def overdue(self, now: datetime) -> bool:
        """Tell whether a visit is overdue."""
        return self.off_at is None and self.visit_by < now


class WatchPage(NamedTuple):
    """Some entries, those whose visit is due first before the others, and how many there are in all."""

    rows: tuple[WatchedRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class WholeWatched:
    """One entry whole, with the visits from the newest on."""

    watched: Watched
    unit: Unit
    rule: Watch | None
    visits: tuple[Visit, ...]


def kinds(session: Session, now: datetime, role: str | None) -> list[Kind]:
    """Give the kinds under which somebody of this role may enter and see something."""
    in_force = plans_in_force(session, now)
    plans = plans_of(session, [one.plan_id for one in in_force])
    return [
        Kind(known.slug, known.title, rule)
        for known in in_force
        for rule in plans[known.plan_id].watch
        if visible(rule.roles, role)
    ]


def _rules(session: Session) -> dict[tuple[str, str], Watch]:
    """Give each plan's kinds as its latest year has them: a plan that is revised is revised for all."""
    found: dict[tuple[str, str], Watch] = {}
    latest = select(PlanYear.slug, PlanYear.plan_id).order_by(PlanYear.slug, PlanYear.year)
    known = dict(session.execute(latest).tuples().all())
    plans = plans_of(session, known.values())
    for slug, plan_id in known.items():
        found |= {(slug, rule.key): rule for rule in plans[plan_id].watch}
    return found


def rule_of(session: Session, found: Watched) -> Watch | None:
    """Give the plan's kind of an entry as it is now; None when the plan has it no more."""
    return _rules(session).get((found.slug, found.rule))


def may_see(session: Session, found: Watched, role: str | None) -> bool:
    """Tell whether somebody of this role may see an entry."""
    rule = rule_of(session, found)
    return visible(rule.roles if rule else FALLBACK, role)


def _seen_by(session: Session, role: str | None) -> ColumnElement[bool]:
    rules, pair = _rules(session), tuple_(Watched.slug, Watched.rule)
    shown = pair.in_([one for one, rule in rules.items() if visible(rule.roles, role)])
    return or_(shown, pair.not_in(list(rules))) if visible(FALLBACK, role) else shown


def watched(
    session: Session,
    now: datetime,
    role: str | None,
    *,
    state: str = "",
    unit_ids: Sequence[int] | None = None,
    start: int = 0,
    limit: int = 50,
) -> WatchPage:
    """Give the entries that one of this role may see: all, ``overdue``, ``abnormal`` or ``off`` ones."""
    off = Watched.off_at.is_not(None) if state == "off" else Watched.off_at.is_(None)
    where = [_seen_by(session, role), off]
    where += [Watched.visit_by < now] if state == "overdue" else []
    where += [_found_abnormal()] if state == "abnormal" else []
    where += [] if unit_ids is None else [Watched.unit_id.in_(unit_ids)]
    total = session.scalar(select(func.count()).select_from(Watched).where(*where)) or 0
    last = select(func.max(Visit.id)).where(Visit.watched_id == Watched.id).correlate(Watched)
    rows = session.execute(
        select(
            *(Watched.id, Watched.label, Watched.kind, Watched.rule, Unit.name, Watched.visit_by),
            *(Watched.off_at, Visit.at, func.coalesce(Visit.result == "abnormal", False)),
        )
        .join(Unit, Unit.id == Watched.unit_id)
        .outerjoin(Visit, Visit.id == last.scalar_subquery())
        .where(*where)
        .order_by(Watched.visit_by, Watched.id)
        .offset(start)
        .limit(limit)
    )
    return WatchPage(tuple(WatchedRow(*row) for row in rows), total)


def overdue(session: Session, now: datetime) -> int:
    """Give how many visits are overdue, whoever may see them."""
    late = (Watched.off_at.is_(None), Watched.visit_by < now)
    return session.scalar(select(func.count()).select_from(Watched).where(*late)) or 0


def _found_abnormal() -> ColumnElement[bool]:
    """What the latest visit found abnormal: it stays so until a later one finds it in order."""
    found, later = aliased(Visit), aliased(Visit)
    last = ~exists().where(later.watched_id == found.watched_id, later.id > found.id).correlate(found)
    odd = (found.watched_id == Watched.id, found.result == str(Result.ABNORMAL), last)
    return exists().where(*odd).correlate(Watched)


def abnormal(session: Session) -> int:
    """Give how many entries were found abnormal at their latest visit, whoever may see them."""
    query = select(func.count()).select_from(Watched).where(Watched.off_at.is_(None), _found_abnormal())
    return session.scalar(query) or 0


def whole(session: Session, found: Watched) -> WholeWatched:
    """Give an entry whole."""
    visits = session.scalars(select(Visit).where(Visit.watched_id == found.id).order_by(Visit.id.desc()))
    unit = session.get_one(Unit, found.unit_id)
    return WholeWatched(found, unit, rule_of(session, found), tuple(visits))


def mine(session: Session, unit_id: int, now: datetime) -> list[Watched]:
    """Give the entries that a unit is to visit within a week, or should have visited."""
    here = (Watched.unit_id == unit_id, Watched.off_at.is_(None), Watched.visit_by < now + AHEAD)
    return list(session.scalars(select(Watched).where(*here).order_by(Watched.visit_by, Watched.id)))
