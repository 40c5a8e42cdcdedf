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
from .finding_steps import enter, locked, take
from .lookback_owners import heirs
from .tables import FINDING_UNCLOSED, ClueHop, Finding, FindingStep, Unit, Watched

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "heirs"
BY = "duban"
_ANSWER = 3  # workdays for what has passed its limit already


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
    found = session.scalars(
        select(Finding.id).where(Finding.unit_id == due.id, FINDING_UNCLOSED).order_by(Finding.id)
    ).all()
    for id_ in found:
        _move(session, id_, to, why, now, means)
    hops = session.scalars(
        select(ClueHop).where(ClueHop.to_unit_id == due.id, ClueHop.ended_at.is_(None)).with_for_update()
    ).all()
    for hop in hops:
        until = hop.answer_by if hop.answer_by > now else limit_at(now, _ANSWER, means.workdays)
        clues.pass_on(session, hop, Onward(to, until, why), now, BY, means)
    return f"{why}：隐患{len(found)}处，线索{len(hops)}条" if found or hops else None


def _move(session: Session, finding_id: int, to: int, why: str, now: datetime, means: Means) -> None:
    found = locked(session, finding_id)
    if found is None:
        return
    found.unit_id = to
    row = FindingStep(kind="changed", at=now, by=BY, text=why, unit_id=to)
    row.grade, row.measures, row.responsible = found.grade, found.measures, found.responsible
    take(session, found, row)
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
