"""Event reports to look at: who was told, who has acknowledged and when; and what may be reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, func, or_, select

from ..calendar.dates import local_day
from ..obligations.alerts import AlertState, standing
from . import addressed
from .addressed import Told
from .audiences import matches
from .duties import plans_of
from .homes import within
from .in_force import plans_in_force
from .tables import Alert, AlertAck, AlertUnit, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.plan import Duty, Plan

RECENT = timedelta(days=7)  # as long as an event stays on the list of a unit that has not acknowledged it


class AlertRow(NamedTuple):
    """One event in a list (moments in UTC): how many units were told, how many have acknowledged."""

    id: int
    title: str
    text: str
    unit: str | None
    at: datetime
    minutes: int
    sent: int
    units: int
    heard: int

    def state(self, now: datetime) -> AlertState:
        """Give how it stands."""
        return standing(self.at, self.minutes, now, heard=self.heard, units=self.units)


class AlertPage(NamedTuple):
    """Some events, the newest first, and how many there are in all."""

    rows: tuple[AlertRow, ...]
    total: int


class Ack(NamedTuple):
    """Who has taken note of an event, when (UTC); ``whom`` was told by telephone."""

    unit_id: int
    unit: str
    at: datetime
    by: str
    whom: str


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """One event whole: its round, who was told in which letters, who has acknowledged."""

    alert: Alert
    round: Round
    reporter: Unit | None
    units: tuple[Unit, ...]
    acks: tuple[Ack, ...]
    letters: tuple[Told, ...]

    def state(self, now: datetime) -> AlertState:
        """Give how it stands."""
        heard = len({one.unit_id for one in self.acks})
        return standing(self.alert.at, self.alert.minutes, now, heard=heard, units=len(self.units))

    def heard_by(self, unit_id: int) -> tuple[Ack, ...]:
        """Give who of a unit has taken note."""
        return tuple(one for one in self.acks if one.unit_id == unit_id)


class Waiting(NamedTuple):
    """An event that a unit was told of and has not acknowledged."""

    alert_id: int
    name: str
    text: str


class Reportable(NamedTuple):
    """An event-driven duty under which something may be reported and is told at once."""

    slug: str
    duty: str
    plan: str
    name: str
    ask: str


_UNITS = select(func.count()).where(AlertUnit.alert_id == Alert.id).correlate(Alert).scalar_subquery()
_HEARD = (
    select(func.count(AlertAck.unit_id.distinct()))
    .where(AlertAck.alert_id == Alert.id)
    .correlate(Alert)
    .scalar_subquery()
)


def alerts(session: Session, *, start: int = 0, limit: int = 50) -> AlertPage:
    """Give the events that were told, from the newest on."""
    total = session.scalar(select(func.count()).select_from(Alert)) or 0
    rows = session.execute(
        select(
            *(Alert.id, Round.title, Alert.text, Unit.name, Alert.at, Alert.minutes, Alert.sent),
            *(_UNITS, _HEARD),
        )
        .join(Round, Round.id == Alert.round_id)
        .outerjoin(Unit, Unit.id == Alert.unit_id)
        .order_by(Alert.id.desc())
        .offset(start)
        .limit(limit)
    )
    return AlertPage(tuple(AlertRow(*row) for row in rows), total)


def unheard(session: Session, now: datetime) -> int:
    """Give how many events of the last week some unit that was told, or everybody, has not acknowledged."""
    query = select(func.count()).select_from(Alert).where(Alert.at > now - RECENT)
    query = query.where(or_(_HEARD == 0, _HEARD < _UNITS))
    return session.scalar(query) or 0


def waiting_for(session: Session, unit_id: int, now: datetime) -> list[Waiting]:
    """Give the events of the last week that a unit was told of and nobody of it has acknowledged."""
    heard = exists().where(AlertAck.alert_id == Alert.id, AlertAck.unit_id == unit_id)
    rows = session.execute(
        select(Alert.id, Round.name, Alert.text)
        .join(AlertUnit, and_(AlertUnit.alert_id == Alert.id, AlertUnit.unit_id == unit_id))
        .join(Round, Round.id == Alert.round_id)
        .where(Alert.at > now - RECENT, ~heard)
        .order_by(Alert.id)
    )
    return [Waiting(*row) for row in rows]


def whole(session: Session, alert_id: int) -> WholeAlert | None:
    """Give one event whole; None when there is none of this number."""
    found = session.get(Alert, alert_id)
    if found is None:
        return None
    told = select(AlertUnit.unit_id).where(AlertUnit.alert_id == alert_id)
    acks = session.execute(
        select(AlertAck.unit_id, Unit.name, AlertAck.at, AlertAck.by, AlertAck.whom)
        .join(Unit, Unit.id == AlertAck.unit_id)
        .where(AlertAck.alert_id == alert_id)
        .order_by(AlertAck.id)
    )
    return WholeAlert(
        found,
        session.get_one(Round, found.round_id),
        session.get(Unit, found.unit_id or 0),
        tuple(session.scalars(select(Unit).where(Unit.id.in_(told)).order_by(Unit.code))),
        tuple(Ack(*row) for row in acks),
        tuple(addressed.told(session, f"alert/{alert_id}")),
    )


def reportable(session: Session, now: datetime, unit_id: int | None = None) -> list[Reportable]:
    """Give the duties whose events are told at once, those of a unit or all of them, by plan."""
    found: list[Reportable] = []
    in_force = plans_in_force(session, now)
    plans = plans_of(session, [one.plan_id for one in in_force])
    for known in in_force:
        plan = plans[known.plan_id]
        alerting = [duty for duty in plan.duties if duty.alert]
        if alerting and unit_id is not None:
            alerting = _of_unit(session, plan, alerting, now, unit_id)
        found += [Reportable(known.slug, duty.key, plan.title, duty.name, duty.ask) for duty in alerting]
    return found


def _of_unit(session: Session, plan: Plan, alerting: list[Duty], now: datetime, unit_id: int) -> list[Duty]:
    home, day = within(session, plan.slug), local_day(now)
    here = select(Unit.id).where(Unit.id == unit_id)
    return [
        duty
        for duty in alerting
        if session.scalar(here.where(matches(plan.audiences[duty.audience], day, home))) is not None
    ]
