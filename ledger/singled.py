"""Deadlines of single units that differ from their round's: extensions, and limits for a correction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, literal_column, or_, select

from .tables import Extension, Obligation, Round, Submission, Unit, Verdict

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

SHOWN = 20


class Singled(NamedTuple):
    """One unit's own deadline (UTC) in a round; ``corrects``: it is for a correction, else an extension."""

    obligation_id: int
    unit: str
    title: str
    at: datetime
    corrects: bool


class SingledOut(NamedTuple):
    """Some deadlines, the earliest first, and whether there are more."""

    rows: tuple[Singled, ...]
    more: bool


def singled(session: Session, now: datetime, until: datetime, limit: int = SHOWN) -> SingledOut:
    """Give what single units have to hand in by ``until``, and corrections whose limit has passed.

    A correction whose limit has passed is left out once its round takes nothing more.
    """
    found: set[Singled] = set()
    for query in (_extended(now, until), _to_correct(now, until), _to_correct_late(now)):
        found.update(Singled(*row) for row in session.execute(query.limit(limit + 1)))
    rows = sorted(found, key=lambda one: (one.at, one.obligation_id))
    return SingledOut(tuple(rows[:limit]), len(rows) > limit)


def _extended(now: datetime, until: datetime) -> Select[Any]:
    # Each list starts from the few that have such a date. The states are parameters, lest the database walk
    # the index over all that is open.
    near = and_(Extension.granted.is_(True), Extension.until >= now, Extension.until <= until)
    return (
        _select(Obligation.due_at, corrects=False)
        .where(Obligation.id.in_(select(Extension.obligation_id).where(near)))
        .where(Obligation.state.in_(("owed", "returned")), Obligation.credited_at.is_(None))
        .where(Obligation.due_at >= now, Obligation.due_at <= until, Obligation.due_at > Round.due_at)
        .order_by(Obligation.due_at, Obligation.id)
    )


def _to_correct(now: datetime, until: datetime) -> Select[Any]:
    near = and_(Verdict.correct_by >= now, Verdict.correct_by <= until)
    asked = select(Submission.obligation_id).join(Verdict, Verdict.submission_id == Submission.id).where(near)
    return _corrections().where(near, Obligation.id.in_(asked), Obligation.state == "returned")


def _to_correct_late(now: datetime) -> Select[Any]:
    taking = or_(Round.locks_at.is_(None), Round.locks_at >= now)
    running = select(Round.id).where(Round.opened_at.is_not(None), Round.locked_at.is_(None), taking)
    # In a literal, as the partial index spells it.
    returned: ColumnElement[bool] = Obligation.state == literal_column("'returned'")
    return _corrections().where(Verdict.correct_by < now, Obligation.round_id.in_(running), returned)


def _corrections() -> Select[Any]:
    latest = select(func.max(Submission.version)).where(Submission.obligation_id == Obligation.id)
    newest = Submission.version == latest.correlate(Obligation).scalar_subquery()
    return (
        _select(Verdict.correct_by, corrects=True)
        .join(Submission, and_(Submission.obligation_id == Obligation.id, newest))
        .join(Verdict, Verdict.submission_id == Submission.id)
        .order_by(Verdict.correct_by, Obligation.id)
    )


def _select(at: Any, *, corrects: bool) -> Select[Any]:
    kind: ColumnElement[bool] = literal_column("true" if corrects else "false")
    return (
        select(Obligation.id, Unit.name, Round.title, at, kind)
        .select_from(Obligation)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
    )
