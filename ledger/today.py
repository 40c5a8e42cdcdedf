"""The office's day: what falls due, what came in, what waits to be received, and what is missing.

Each list is cut at ``limit``; what it leaves out it counts, so that a page never claims to show all.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select

from ..obligations.words import Via
from .states import MISSING
from .tables import Obligation, Round, Submission, Unit

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_SUBMITTED: ColumnElement[str] = literal_column("'submitted'")
_RUNNING = Round.opened_at.is_not(None), Round.locked_at.is_(None)  # as a partial index spells it
SHOWN = 50
MOST_COUNTED = 1000  # of a long list; above that nobody needs the exact number


class DueRound(NamedTuple):
    """A round with how many are missing of how many; moments in UTC.

    ``due_at`` is the printed one; who has an extension is missing only after it.
    """

    round_id: int
    slug: str
    title: str
    due_at: datetime
    locks_at: datetime | None
    provisional: bool
    urgent: bool
    expected: int
    missing: int


class DueRounds(NamedTuple):
    """Some rounds, and whether there are more."""

    rounds: tuple[DueRound, ...]
    more: bool


class Arrival(NamedTuple):
    """A report that came in; ``late``: after the due moment, extensions counted."""

    submission_id: int
    obligation_id: int
    round_id: int
    unit: str
    title: str
    version: int
    nil: bool
    by: str
    via: Via
    received_at: datetime
    late: bool


class Arrivals(NamedTuple):
    """The latest reports, and how many there were; ``capped``: there may be more than are counted."""

    reports: tuple[Arrival, ...]
    total: int
    capped: bool


class Closed(NamedTuple):
    """How much is overdue where reports are no longer taken; ``capped``: there is more than is counted."""

    total: int
    capped: bool


class WaitingRound(NamedTuple):
    """A round in which reports wait to be received; ``since`` is when the first of them came that counts."""

    round_id: int
    slug: str
    title: str
    due_at: datetime | None
    waiting: int
    since: datetime


class ToReceive(NamedTuple):
    """Rounds with reports that wait, the longest first, and how many reports wait in all."""

    rounds: tuple[WaitingRound, ...]
    total: int
    more: bool


def falls_due(session: Session, now: datetime, until: datetime, limit: int = SHOWN) -> DueRounds:
    """Give the open rounds that fall due from ``now`` to ``until``, the soonest first."""
    soon = and_(Round.due_at >= now, Round.due_at <= until)
    return _due_rounds(session, soon, _missing(Obligation.round_id == Round.id), limit)


def missing(session: Session, now: datetime, limit: int = SHOWN) -> DueRounds:
    """Give the rounds that are overdue, still take reports and miss some, the longest overdue first.

    Whoever has an extension is not counted before it ends.
    """
    late = _missing(and_(Obligation.round_id == Round.id, Obligation.due_at < now))
    here = and_(_takes_late(now), exists().where(late))
    return _due_rounds(session, here, late, limit)


def closed(session: Session, now: datetime) -> Closed:
    """Count what is overdue and missing in rounds that :func:`missing` leaves out, since they are locked."""
    taking = select(Round.id).where(_takes_late(now), *_RUNNING)
    late = _missing(and_(Obligation.due_at < now, Obligation.round_id.not_in(taking)))
    some = select(Obligation.due_at).where(late).limit(MOST_COUNTED + 1).subquery()
    count = session.scalar(select(func.count()).select_from(some)) or 0
    return Closed(min(count, MOST_COUNTED), capped=count > MOST_COUNTED)


def _takes_late(now: datetime) -> ColumnElement[bool]:
    """Select the rounds that are overdue and not yet past the last moment for a late report."""
    return and_(Round.due_at < now, or_(Round.locks_at.is_(None), Round.locks_at >= now))


def _missing(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select the obligations of which nothing stands."""
    return and_(which, Obligation.credited_at.is_(None), MISSING)


def _due_rounds(
    session: Session, which: ColumnElement[bool], missed: ColumnElement[bool], limit: int
) -> DueRounds:
    count = select(func.count()).select_from(Obligation).where(missed).scalar_subquery()
    rows = session.execute(
        select(
            *(Round.id, Round.slug, Round.title, Round.due_at, Round.locks_at, Round.provisional),
            *(Round.urgent, Round.expected, count.label("missing")),
        )
        .where(which, *_RUNNING)
        .order_by(Round.due_at, Round.id)
        .limit(limit + 1)
    ).all()
    return DueRounds(tuple(DueRound(*row) for row in rows[:limit]), len(rows) > limit)


def to_receive(session: Session, limit: int = SHOWN) -> ToReceive:
    """Give the rounds in which reports wait for the office, those that have waited longest first."""
    since = func.min(Obligation.credited_at)
    grouped = (
        select(
            *(Obligation.round_id, func.count().label("waiting"), since.label("since")),
            *(func.sum(func.count()).over().label("total"), func.count().over().label("rounds")),
        )
        .where(Obligation.state == _SUBMITTED)
        .group_by(Obligation.round_id)
        .order_by(since, Obligation.round_id)
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        select(
            *(Round.id, Round.slug, Round.title, Round.due_at, grouped.c.waiting, grouped.c.since),
            *(grouped.c.total, grouped.c.rounds),
        )
        .join(Round, Round.id == grouped.c.round_id)
        .order_by(grouped.c.since, Round.id)
    ).all()
    total = int(rows[0].total) if rows else 0
    return ToReceive(tuple(_waiting(*row) for row in rows), total, bool(rows) and rows[0].rounds > limit)


def _waiting(*row: Any) -> WaitingRound:
    *first, _total, _rounds = row
    return WaitingRound._make(first)


def came_in(session: Session, since: datetime, limit: int = SHOWN) -> Arrivals:
    """Give the reports received since a moment, the latest first, from among the last thousand of all."""
    recent = select(Submission.id, Submission.received_at).order_by(Submission.id.desc()).limit(MOST_COUNTED)
    newest = recent.subquery()
    fresh = newest.c.received_at >= since
    count = session.scalar(select(func.count()).select_from(newest).where(fresh)) or 0
    ids = select(newest.c.id).where(fresh).order_by(newest.c.id.desc()).limit(limit).subquery()
    rows = session.execute(_arrivals().where(Submission.id.in_(select(ids.c.id))))
    return Arrivals(tuple(_arrival(*row) for row in rows), count, capped=count == MOST_COUNTED)


def _arrivals() -> Select[Any]:
    return (
        select(
            *(Submission.id, Submission.obligation_id, Obligation.round_id, Unit.name, Round.title),
            *(Submission.version, Submission.nil, Submission.by, Submission.via, Submission.received_at),
            Obligation.due_at,
        )
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .order_by(Submission.id.desc())
    )


def _arrival(*row: Any) -> Arrival:
    *_, via, received_at, due_at = row
    late = due_at is not None and received_at > due_at
    return Arrival._make((*row[:-3], Via(via), received_at, late))
