"""What falls due of inspections and look-backs, and how each is done: the parts that the clock drives.

A round's inspection is prepared when the round has opened, and begins at the time that was set when it was
drawn. The seed of a look-back is committed to as soon as its round is in the book, long before the findings
are there that it will choose from; its revisits are made when the round opens.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import String, and_, cast, exists, false, literal, literal_column, or_, select

from ..obligations.inspecting import InspectionState
from . import inspections, lookbacks
from .agenda import Due
from .duties import plan_of
from .tables import Inspection, LookBack, Lot, PlanRevision, Round

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.plan import Duty
    from ..calendar.workdays import Workdays
    from .means import Means

FLOW = "inspection"
_OPEN = and_(Round.opened_at.is_not(None), Round.locked_at.is_(None))


class Part(NamedTuple):
    """What has fallen due by a moment, and how one such thing is done; that gives what was done, or None."""

    due: Callable[[Session, datetime, Workdays], list[Due]]
    handle: Callable[[Session, Due, datetime, Means], str | None]


def to_prepare(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds whose inspection is to be prepared."""
    wanted = _with(session, lambda duty: duty.inspection is not None)
    return _rounds(
        session, "inspections", now, wanted, _OPEN, ~exists().where(Inspection.round_id == Round.id)
    )


def prepare(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Prepare one inspection."""
    found = _round(session, due)
    row = inspections.prepare(session, found, means.new_seed(), now)
    return None if row is None else "公布抽签承诺和候选名单"


def to_begin(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the inspections that have been drawn and whose time has come."""
    drawn = Inspection.state == literal_column("'drawn'")  # as the index has it
    rows = session.execute(
        select(Inspection, Round.duty, Round.period)
        .join(Round, Round.id == Inspection.round_id)
        .where(drawn, Inspection.begins_at <= now)
    )
    return [
        Due("inspections-begin", FLOW, one.title, one.slug, duty, period, one.begins_at or now, one.id)
        for one, duty, period in rows
    ]


def begin(session: Session, due: Due, now: datetime, _means: Means) -> str | None:
    """Begin one inspection."""
    one = inspections.locked(session, due.id)
    if one is None or one.state != str(InspectionState.DRAWN) or one.begins_at is None or one.begins_at > now:
        return None
    inspections.begin(session, one, now)
    return "督查开始，抽签结果已公开"


def to_commit(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds of look-backs whose seed has not been committed to."""
    wanted = _with(session, lambda duty: duty.lookback is not None)
    ahead = and_(Round.skipped_at.is_(None), Round.locked_at.is_(None))
    return _rounds(session, "lots", now, wanted, ahead, ~_committed())


def commit(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Commit to the seed of one look-back."""
    return "公布抽签承诺" if lookbacks.commit(session, _round(session, due), means.new_seed(), now) else None


def to_make(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds of look-backs that have opened and whose revisits are to be made."""
    wanted = _with(session, lambda duty: duty.lookback is not None)
    fresh = ~exists().where(LookBack.round_id == Round.id)
    return _rounds(session, "lookbacks", now, wanted, _OPEN, fresh, _committed())


def make(session: Session, due: Due, now: datetime, _means: Means) -> str | None:
    """Make the work of one look-back."""
    made = lookbacks.make(session, _round(session, due), now)
    return None if made is None else f"列出复查{made.revisits}项，其中抽查{made.sampled}项"


# By the word that each of its things has as ``Due.what``.
PARTS: dict[str, Part] = {
    "inspections": Part(to_prepare, prepare),
    "inspections-begin": Part(to_begin, begin),
    "lots": Part(to_commit, commit),
    "lookbacks": Part(to_make, make),
}


def _with(session: Session, has: Callable[[Duty], bool]) -> ColumnElement[bool]:
    """Select the rounds of duties of which something holds in their own revision of the plan."""
    chosen: list[ColumnElement[bool]] = []
    for plan_id in session.scalars(select(PlanRevision.id).order_by(PlanRevision.id)):
        keys = [duty.key for duty in plan_of(session, plan_id).duties if has(duty)]
        chosen += [and_(Round.plan_id == plan_id, Round.duty.in_(keys))] if keys else []
    return or_(*chosen) if chosen else false()


def _rounds(session: Session, what: str, now: datetime, *where: ColumnElement[bool]) -> list[Due]:
    return [
        Due(what, FLOW, one.title, one.slug, one.duty, one.period, min(one.opened_at or now, now), one.id)
        for one in session.scalars(select(Round).where(*where).order_by(Round.id))
    ]


def _round(session: Session, due: Due) -> Round:
    return session.scalars(select(Round).where(Round.id == due.id).with_for_update(key_share=True)).one()


def _committed() -> ColumnElement[bool]:
    """Tell of a round that the seed of its look-back has been committed to."""
    slash = literal("/", String)
    context = Round.slug + slash + Round.duty + slash + cast(Round.period, String) + literal("/1", String)
    return exists().where(Lot.context == context)
