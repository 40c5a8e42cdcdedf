"""What is open of units that exist no longer goes over to those that carry on for them, once they do.

Obligations stay with the unit that owed them, or are let off when it ends; findings and clues go on being
worked at, so whoever carries on answers for them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from ..calendar.dates import ZONE, local_day
from ..calendar.limits import limit_at
from . import clues, finding_letters
from .agenda import Due
from .clues import Onward
from .finding_steps import enter, take
from .findings import TAKEN_OVER
from .lookback_owners import heirs
from .states import QUEUED
from .tables import FINDING_UNCLOSED, ClueHop, Finding, FindingStep, Message, Unit, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "heirs"
BY = "duban"


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the units that are gone, of which something is open, and for which another carries on."""
    rows = session.execute(
        select(Unit.id, Unit.name, Unit.closed_on).where(_gone(now), _findings() | _hops()).order_by(Unit.id)
    ).tuples()
    known = {id_: (name, on) for id_, name, on in rows if on is not None}
    there = heirs(session, known, now) if known else {}
    return [
        Due(
            *(WHAT, "findings", f"{known[id_][0]} · 未办结事项移交", "", "", f"{known[id_][1]}"),
            *(datetime.combine(known[id_][1], datetime.min.time(), ZONE), id_),
        )
        for id_ in known
        if id_ in there
    ]


def handle(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Let what is open of a unit go over to the one that carries on."""
    to = heirs(session, [due.id], now).get(due.id)
    if to is None:
        return None
    names = dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_((due.id, to)))).tuples().all())
    why = f"“{names[due.id]}”已撤并，由“{names[to]}”承接"
    found, hops = _held(session, due.id)
    for one in found:
        _move(session, one, to, why, now, means)
    for hop in hops:
        until = hop.answer_by if hop.answer_by > now else limit_at(now, TAKEN_OVER, means.workdays)
        clues.pass_on(session, hop, Onward(to, until, why), now, BY, means)
    return f"{why}：隐患{len(found)}处，线索{len(hops)}条" if found or hops else None


def _held(session: Session, unit_id: int) -> tuple[Sequence[Finding], Sequence[ClueHop]]:
    """Lock what is open of a unit, and the letters about it, before anything is entered in the journal.

    Who waited here for somebody that moved or closed one does not find it again.
    """
    fresh = {"populate_existing": True}
    mine = select(Finding).where(Finding.unit_id == unit_id, FINDING_UNCLOSED).order_by(Finding.id)
    found = session.scalars(mine.with_for_update(key_share=True), execution_options=fresh).all()
    passed = select(ClueHop).where(ClueHop.to_unit_id == unit_id, ClueHop.ended_at.is_(None))
    passed = passed.order_by(ClueHop.id).with_for_update(key_share=True)
    hops = session.scalars(passed, execution_options=fresh).all()
    about = [finding_letters.about(one) for one in found]
    letters = select(Message.id).where(Message.about.in_(about), QUEUED).order_by(Message.id)
    session.execute(letters.with_for_update()).all()
    return found, hops


def _move(session: Session, found: Finding, to: int, why: str, now: datetime, means: Means) -> None:
    limit = max(found.due_at, limit_at(now, TAKEN_OVER, means.workdays))
    found.unit_id, found.rung = to, 0
    row = FindingStep(kind="changed", at=now, by=BY, text=why, unit_id=to)
    row.grade, row.measures, row.responsible = found.grade, found.measures, found.responsible
    row.until = limit
    take(session, found, row, means.workdays)
    finding_letters.recall(session, found, now, BY)
    if found.state == "open":
        finding_letters.changed(session, found, row, means)
    enter(session, row)


def ownerless(session: Session, now: datetime) -> int:
    """Count what is open of units that are gone: the office has to say who answers for it."""
    count = 0
    for table, here in (
        (Finding, (Finding.unit_id == Unit.id, FINDING_UNCLOSED)),
        (ClueHop, (ClueHop.to_unit_id == Unit.id, ClueHop.ended_at.is_(None))),
        (Watched, (Watched.unit_id == Unit.id, Watched.off_at.is_(None))),
    ):
        query = select(func.count()).select_from(table).join(Unit, here[0]).where(here[1], _gone(now))
        count += session.scalar(query) or 0
    return count


def _gone(now: datetime) -> ColumnElement[bool]:
    return Unit.closed_on <= local_day(now)


def _findings() -> ColumnElement[bool]:
    return exists().where(Finding.unit_id == Unit.id, FINDING_UNCLOSED)


def _hops() -> ColumnElement[bool]:
    return exists().where(ClueHop.to_unit_id == Unit.id, ClueHop.ended_at.is_(None))
