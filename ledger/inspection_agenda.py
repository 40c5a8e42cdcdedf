"""What falls due of inspections and look-backs, and how each is done: the parts that the clock drives.

A round's inspection is prepared when the round has opened, and begins at the time that was set when it was
drawn. The list of a look-back is frozen when its round has opened, and published with a fresh commitment; the
draw from it, and its revisits, are made on the next workday at the earliest. Units are told of commitments.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import String, and_, cast, exists, false, literal, literal_column, or_, select

from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from . import inspections, lookbacks, lot_letters, lot_sealing
from .agenda import Due
from .duties import plans_of
from .means import Doing
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
    """What has fallen due by a moment, and how one such thing is done; that gives what was done, or None.

    ``ripe`` looks at what only the key opens, whether it has.
    """

    due: Callable[[Session, datetime, Workdays], list[Due]]
    handle: Callable[[Session, Due, datetime, Means], str | None]
    ripe: Callable[[Session, Due, datetime, Means], bool] | None = None


def to_prepare(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds whose inspection is to be prepared."""
    wanted = _with(session, lambda duty: duty.inspection is not None)
    return _rounds(
        session, "inspections", now, wanted, _OPEN, ~exists().where(Inspection.round_id == Round.id)
    )


def prepare(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Prepare one inspection."""
    found = _round(session, due)
    row = inspections.prepare(session, found, now, means)
    return None if row is None else "公布抽签承诺和候选名单"


def to_begin(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the inspections that have been drawn and whose time has come, or is still sealed."""
    drawn = Inspection.state == literal_column("'drawn'")  # as the index has it
    rows = session.execute(
        select(Inspection, Round.duty, Round.period)
        .join(Round, Round.id == Inspection.round_id)
        .where(drawn, or_(Inspection.begins_at <= now, Inspection.begins_at.is_(None)))
    )
    return [
        Due("inspections-begin", FLOW, one.title, one.slug, duty, period, one.begins_at or now, one.id)
        for one, duty, period in rows
    ]


def may_begin(session: Session, due: Due, now: datetime, means: Means) -> bool:
    """Tell whether the time of an inspection has come, by what lies sealed if it is secret.

    What cannot be opened is left to :func:`begin`, which then says why.
    """
    try:
        at = inspections.begins(session, session.get_one(Inspection, due.id), means)
    except DubanError:
        return True
    return at is not None and at <= now


def begin(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Begin one inspection."""
    one = inspections.locked(session, due.id)
    if one is None or one.state != str(InspectionState.DRAWN) or not may_begin(session, due, now, means):
        return None
    inspections.begin(session, one, Doing(now, inspections.ACTOR, means))
    return "督查开始，抽签结果已公开"


def to_freeze(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds of look-backs that have opened and whose list has not been published."""
    wanted = _with(session, lambda duty: duty.lookback is not None)
    return _rounds(session, "lots", now, wanted, _OPEN, ~exists().where(_standing()))


def freeze(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Publish the list of one look-back, and the commitment to its seed."""
    lot = lookbacks.freeze(session, _round(session, due), now, means)
    return None if lot is None else f"公布回头看的抽签承诺和名单，共{len(lot.terms['units'])}处隐患"


def to_make(session: Session, now: datetime, workdays: Workdays) -> list[Due]:
    """Give the rounds of look-backs whose list was published a workday ago, and not drawn from yet."""
    wanted = _with(session, lambda duty: duty.lookback is not None)
    ripe = and_(_standing(), Lot.made_at < lookbacks.latest(now, workdays))
    fresh = ~exists().where(LookBack.round_id == Round.id)
    return _rounds(session, "lookbacks", now, wanted, _OPEN, fresh, exists().where(ripe))


def make(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Make the work of one look-back."""
    made = lookbacks.make(session, _round(session, due), now, means)
    return None if made is None else f"列出复查{made.revisits}项，其中抽查{made.sampled}项"


def to_tell(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the plans that have commitments of which their units have not been told."""
    return [
        Due("lots-tell", FLOW, "抽签公告", slug, "", str(last.id), min(last.made_at, now), last.id)
        for slug, last in lot_letters.untold(session).items()
    ]


def tell(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Tell the units of a plan's commitments."""
    told, alone = lot_letters.tell(session, due.slug, now, means)
    without = f"，{'、'.join(alone)}没有联系人，没有告知" if alone else ""
    return f"抽签承诺告知{told}个单位{without}" if told or alone else None


# By the word that each of its things has as ``Due.what``.
PARTS: dict[str, Part] = {
    lot_sealing.WHAT: Part(lot_sealing.due, lot_sealing.seal),
    "inspections": Part(to_prepare, prepare),
    "inspections-begin": Part(to_begin, begin, may_begin),
    "lots": Part(to_freeze, freeze),
    "lookbacks": Part(to_make, make),
    "lots-tell": Part(to_tell, tell),
}


def _with(session: Session, has: Callable[[Duty], bool]) -> ColumnElement[bool]:
    """Select the rounds of duties of which something holds in their own revision of the plan."""
    chosen: list[ColumnElement[bool]] = []
    for plan_id, plan in plans_of(session, session.scalars(select(PlanRevision.id))).items():
        keys = [duty.key for duty in plan.duties if has(duty)]
        chosen += [and_(Round.plan_id == plan_id, Round.duty.in_(keys))] if keys else []
    return or_(*chosen) if chosen else false()


def _rounds(session: Session, what: str, now: datetime, *where: ColumnElement[bool]) -> list[Due]:
    return [
        Due(what, FLOW, one.title, one.slug, one.duty, one.period, min(one.opened_at or now, now), one.id)
        for one in session.scalars(select(Round).where(*where).order_by(Round.id))
    ]


def _round(session: Session, due: Due) -> Round:
    return session.scalars(select(Round).where(Round.id == due.id).with_for_update(key_share=True)).one()


def _standing() -> ColumnElement[bool]:
    """Tell of a lot that it is the one that stands for a round."""
    slash = literal("/", String)
    start = Round.slug + slash + Round.duty + slash + cast(Round.period, String) + slash
    return and_(Lot.context.startswith(start), Lot.withdrawn_at.is_(None))
