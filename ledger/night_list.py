"""Nights on duty to look at: the list of them, one whole, and for which a unit names its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from ..obligations.nights import OnDuty
from . import addressed
from .addressed import Told
from .duties import plans_of
from .nights import facts_of, night_of
from .tables import NightRoster, NightSummary, Obligation, PlanYear, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.rules_duty import Night
    from ..obligations.nights import NightFacts

SOON = timedelta(days=3)  # as long before a window the office is told that rosters are missing


class NightRow(NamedTuple):
    """A window in a list (moments in UTC): how many units owe, have reported, have given a roster."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    opened: bool
    expected: int
    reported: int
    rosters: int
    summed_at: datetime | None


class NightPage(NamedTuple):
    """Some windows, the latest first, and how many there are in all."""

    rows: tuple[NightRow, ...]
    total: int


class UnitNight(NamedTuple):
    """One unit in a window: its obligation, how it stands, and who is on duty there."""

    obligation_id: int
    unit: str
    state: str
    version: int
    at: datetime | None
    by: str
    people: tuple[OnDuty, ...]


@dataclass(frozen=True, slots=True)
class WholeNight:
    """One window whole; ``facts`` as of now, ``summary`` as it was told, ``letters`` to whom."""

    round: Round
    night: Night
    units: tuple[UnitNight, ...]
    facts: NightFacts
    summary: NightSummary | None
    letters: tuple[Told, ...]


class Mine(NamedTuple):
    """A window for which a unit names its people: how many it has named so far (moments in UTC)."""

    obligation_id: int
    title: str
    starts_at: datetime
    people: int


_NIGHT_ROSTERS = (
    select(func.count(NightRoster.obligation_id.distinct()))
    .join(Obligation, Obligation.id == NightRoster.obligation_id)
    .where(Obligation.round_id == Round.id)
    .correlate(Round)
    .scalar_subquery()
)
_REPORTED = (
    select(func.count())
    .where(Obligation.round_id == Round.id, Obligation.state.in_(("submitted", "accepted")))
    .correlate(Round)
    .scalar_subquery()
)


def _duties(session: Session) -> list[tuple[str, str]]:
    """Give the duties that are nights, of every plan that was ever in force."""
    found: set[tuple[str, str]] = set()
    known = session.execute(select(PlanYear.slug, PlanYear.plan_id).distinct()).tuples().all()
    plans = plans_of(session, {plan_id for _, plan_id in known})
    for slug, plan_id in known:
        found |= {(slug, duty.key) for duty in plans[plan_id].duties if duty.night}
    return sorted(found)


def nights(session: Session, *, start: int = 0, limit: int = 50) -> NightPage:
    """Give the windows that are nights on duty, the latest first."""
    here = tuple_(Round.slug, Round.duty).in_(_duties(session))
    where = (here, Round.kind == "window", Round.skipped_at.is_(None), Round.starts_at.is_not(None))
    total = session.scalar(select(func.count()).select_from(Round).where(*where)) or 0
    rows = session.execute(
        select(
            *(Round.id, Round.title, Round.starts_at, Round.ends_at, Round.opened_at.is_not(None)),
            *(func.coalesce(Round.expected, 0), _REPORTED, _NIGHT_ROSTERS, NightSummary.made_at),
        )
        .outerjoin(NightSummary, NightSummary.round_id == Round.id)
        .where(*where)
        .order_by(Round.starts_at.desc(), Round.id)
        .offset(start)
        .limit(limit)
    )
    return NightPage(tuple(NightRow(*row) for row in rows), total)


def whole(session: Session, round_id: int, now: datetime) -> WholeNight | None:
    """Give a window whole; None for what is no night on duty."""
    found = session.get(Round, round_id)
    night = night_of(session, found) if found else None
    if found is None or night is None:
        return None
    summary = session.scalar(select(NightSummary).where(NightSummary.round_id == round_id))
    letters = addressed.told(session, f"night/{summary.id}") if summary else []
    facts = facts_of(session, found, now, roster=night.roster)
    return WholeNight(found, night, _units(session, round_id), facts, summary, tuple(letters))


def _latest() -> ColumnElement[bool]:
    """Give on what to join the latest version of a roster to its obligation."""
    newer = aliased(NightRoster)
    last = select(func.max(newer.version)).where(newer.obligation_id == Obligation.id)
    version = last.correlate(Obligation).scalar_subquery()
    return and_(NightRoster.obligation_id == Obligation.id, NightRoster.version == version)


def _units(session: Session, round_id: int) -> tuple[UnitNight, ...]:
    rows = session.execute(
        select(Obligation.id, Unit.name, Obligation.state, NightRoster)
        .join(Unit, Unit.id == Obligation.unit_id)
        .outerjoin(NightRoster, _latest())
        .where(Obligation.round_id == round_id)
        .order_by(Unit.code)
    ).tuples()
    return tuple(_unit(*row) for row in rows)


def _unit(obligation_id: int, unit: str, state: str, roster: NightRoster | None) -> UnitNight:
    if roster is None:
        return UnitNight(obligation_id, unit, state, 0, None, "", ())
    return UnitNight(obligation_id, unit, state, roster.version, roster.at, roster.by, people_of(roster))


def people_of(roster: NightRoster | None) -> tuple[OnDuty, ...]:
    """Give who is on duty by a version of a roster; nobody for none."""
    return tuple(OnDuty(**one) for one in roster.people) if roster else ()


def mine(session: Session, unit_id: int, now: datetime) -> list[Mine]:
    """Give the windows that are not over and for which a unit names its people."""
    rows = session.execute(
        select(Obligation.id, Round, NightRoster)
        .join(Round, Round.id == Obligation.round_id)
        .outerjoin(NightRoster, _latest())
        .where(Obligation.unit_id == unit_id, Obligation.state != "exempt")
        .where(Round.kind == "window", Round.due_at > now - SOON, Round.ends_at >= now)
        .order_by(Round.starts_at)
    ).tuples()
    return [
        Mine(number, found.title, found.starts_at, len(people_of(roster)))
        for number, found, roster in rows
        if found.starts_at and (night := night_of(session, found)) and night.roster
    ]


def rosterless(session: Session, now: datetime) -> int:
    """Give how many units have named nobody for a window that begins within three days or has begun."""
    named = exists().where(NightRoster.obligation_id == Obligation.id)
    rounds = session.scalars(
        select(Round).where(
            Round.kind == "window",
            Round.opened_at.is_not(None),
            Round.due_at > now - SOON,
            Round.starts_at <= now + SOON,
            Round.ends_at >= now,
        )
    )
    ids = [one.id for one in rounds if (night := night_of(session, one)) and night.roster]
    if not ids:
        return 0
    without = select(func.count()).where(Obligation.round_id.in_(ids), Obligation.state != "exempt", ~named)
    return session.scalar(without) or 0
