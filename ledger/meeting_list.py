"""Lists of meetings: a year's for the office, a unit's own, and what waits to be done about them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, exists, func, select

from ..obligations.meetings import MeetingState
from .attending import Attendee, attendees
from .meetings import Held, held, is_latest, rules_of
from .tables import (
    Decision,
    Gate,
    Meeting,
    MeetingReply,
    MeetingStep,
    Minutes,
    Obligation,
    PlanRevision,
    Presence,
    Round,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, ScalarSelect, Select
    from sqlalchemy.orm import Session


class Line(NamedTuple):
    """A meeting in a list; moments in UTC. ``replied`` and ``present`` count units, ``decided`` decisions."""

    id: int
    title: str
    plan: str
    state: MeetingState
    starts_at: datetime
    ends_at: datetime
    place: str
    notice_at: datetime
    minutes_due_at: datetime
    minuted_at: datetime | None
    expected: int
    replied: int
    present: int
    decided: int


class Ahead(NamedTuple):
    """A meeting that the plan has and that is not prepared yet: the round that will call it."""

    round_id: int
    title: str
    plan: str
    starts_at: datetime


class Mine(NamedTuple):
    """A meeting as the unit sees it that is called: how it stands, and its own reply and presence."""

    held: Held
    own: Attendee


class Owed(NamedTuple):
    """What waits: notices to send, meetings missed, minutes to publish and of these overdue, gates open."""

    notices: int
    missed: int
    minutes: int
    late: int
    gates: int


def in_year(session: Session, year: int) -> list[Line]:
    """Give a year's meetings, those of the latest hours first."""
    query = _lines().where(Meeting.year == year).order_by(MeetingStep.starts_at.desc(), Meeting.id.desc())
    return [Line(*row)._replace(state=MeetingState(row[3])) for row in session.execute(query)]


def years(session: Session) -> list[int]:
    """Give the years that have meetings, the latest first."""
    query = select(Round.year).where(Round.flow == "meeting", Round.starts_at.is_not(None))
    return list(session.scalars(query.distinct().order_by(Round.year.desc())))


def ahead(session: Session, year: int, now: datetime) -> list[Ahead]:
    """Give the meetings that are still to come in a year and not prepared yet, the nearest first."""
    there = exists().where(Meeting.round_id == Round.id)
    query = (
        select(Round, PlanRevision.title)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Round.year == year, Round.flow == "meeting", Round.starts_at > now, ~there)
        .order_by(Round.starts_at, Round.id)
    )
    return [
        Ahead(one.id, one.title.replace(" · ", ""), plan, one.starts_at)
        for one, plan in session.execute(query).tuples()
        if one.starts_at is not None and rules_of(session, one) is not None
    ]


def of_unit(session: Session, unit_id: int, since: datetime) -> list[Mine]:
    """Give the meetings that call a unit and sit after a moment, the next first."""
    query = (
        select(Meeting.id)
        .join(MeetingStep, (MeetingStep.meeting_id == Meeting.id) & is_latest())
        .join(Obligation, Obligation.round_id == Meeting.round_id)
        .where(Obligation.unit_id == unit_id, MeetingStep.ends_at >= since)
        .order_by(MeetingStep.starts_at, Meeting.id)
    )
    found = [held(session, number) for number in session.scalars(query)]
    return [Mine(one, attendees(session, one, unit_id)[0]) for one in found if one is not None]


def owed(session: Session, now: datetime) -> Owed:
    """Count what waits to be done about meetings and gates."""
    planned, called = (MeetingStep.state == str(one) for one in (MeetingState.PLANNED, MeetingState.CALLED))
    minuted = exists().where(Minutes.meeting_id == Meeting.id)
    to_write = called & (MeetingStep.ends_at < now) & ~minuted
    row = session.execute(
        select(
            _count(planned & (MeetingStep.notice_at <= now) & (MeetingStep.starts_at > now)),
            _count(planned & (MeetingStep.starts_at <= now)),
            _count(to_write),
            _count(to_write & (MeetingStep.minutes_due_at < now)),
            select(func.count()).select_from(Gate).where(Gate.state == "open").scalar_subquery(),
        )
        .select_from(Meeting)
        .join(MeetingStep, (MeetingStep.meeting_id == Meeting.id) & is_latest())
    ).one()
    return Owed(*row)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _lines() -> Select[Any]:
    return (
        select(
            *(Meeting.id, Meeting.title, PlanRevision.title, MeetingStep.state, MeetingStep.starts_at),
            *(MeetingStep.ends_at, MeetingStep.place, MeetingStep.notice_at, MeetingStep.minutes_due_at),
            *(Minutes.at, func.coalesce(Round.expected, 0), _replied(), _there(), _decided()),
        )
        .join(PlanRevision, PlanRevision.id == Meeting.plan_id)
        .join(Round, Round.id == Meeting.round_id)
        .join(MeetingStep, (MeetingStep.meeting_id == Meeting.id) & is_latest())
        .outerjoin(Minutes, (Minutes.meeting_id == Meeting.id) & (Minutes.version == 1))
    )


def _replied() -> ScalarSelect[int]:
    units = select(func.count(func.distinct(MeetingReply.unit_id)))
    return units.where(MeetingReply.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()


def _there() -> ScalarSelect[int]:
    """Count the units whose latest entry says that they were there."""
    last = (
        select(func.max(Presence.id).label("id"), Presence.meeting_id)
        .group_by(Presence.meeting_id, Presence.unit_id)
        .subquery()
    )
    there = select(func.count()).select_from(last).join(Presence, Presence.id == last.c.id)
    return there.where(last.c.meeting_id == Meeting.id, Presence.present).correlate(Meeting).scalar_subquery()


def _decided() -> ScalarSelect[int]:
    made = select(func.count()).select_from(Decision).where(Decision.meeting_id == Meeting.id)
    return made.correlate(Meeting).scalar_subquery()
