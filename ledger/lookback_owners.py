"""Who answers now for what a unit answered for: itself, those that carry on for it, or who leads the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from .audiences import active, matches
from .duties import duty_of, plan_of
from .homes import within
from .successors import moves
from .tables import Obligation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from .successors import Move
    from .tables import Round


def owners(session: Session, found: Round, unit_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Give for units, some of which may be gone, who answers now; None of them is left without.

    A unit that was merged or divided is answered for by the first of those that carry on, one that closed
    without by the department that leads the round, or the first that owes it.
    """
    wanted, today = set(unit_ids), local_day(now)
    here = set(session.scalars(select(Unit.id).where(Unit.id.in_(wanted), active(today))))
    answers = {one: one for one in here}
    if gone := wanted - here:
        known = {one.code: one for one in session.scalars(select(Unit))}
        living = set(session.scalars(select(Unit.code).where(active(today))))
        history, lead = moves(session), _lead(session, found, now)
        for unit in (one for one in known.values() if one.id in gone):
            code = _heir(unit.code, history, living, today)
            answers[unit.id] = known[code].id if code else lead or unit.id
    return answers


def heirs(session: Session, unit_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Give for units that exist no longer the first of those that carry on; without one they are left out."""
    today = local_day(now)
    known = {one.code: one for one in session.scalars(select(Unit))}
    living = set(session.scalars(select(Unit.code).where(active(today))))
    history, wanted = moves(session), set(unit_ids)
    found = {one.id: _heir(one.code, history, living, today) for one in known.values() if one.id in wanted}
    return {id_: known[code].id for id_, code in found.items() if code and known[code].id != id_}


def lines(session: Session, codes: Iterable[str], now: datetime) -> dict[str, frozenset[str]]:
    """Give for units, by their codes, themselves and all that carry on for them by ``now``."""
    history, today = moves(session), local_day(now).isoformat()
    found: dict[str, frozenset[str]] = {}
    for code in codes:
        line = {code}
        for move in history:
            if move.on <= today and move.old & line:
                line |= set(move.new)
        found[code] = frozenset(line)
    return found


def _heir(code: str, history: Iterable[Move], living: set[str], today: date) -> str:
    """Follow a unit through the moves that have taken effect, to the first that still is; empty if none."""
    line = [code]
    for move in history:
        if move.on <= today.isoformat() and move.old & set(line):
            line = [one for one in line if one not in move.old] + list(move.new)
    return next((one for one in line if one in living), "")


def _lead(session: Session, found: Round, now: datetime) -> int | None:
    """Give the department that leads a round, or the first unit that owes it."""
    duty = duty_of(session, found)
    if duty is not None and duty.lead is not None:
        audience = plan_of(session, found.plan_id).audiences[duty.lead]
        led = matches(audience, local_day(now), within(session, found.slug))
        if (lead := session.scalar(select(Unit.id).where(led).order_by(Unit.code).limit(1))) is not None:
            return lead
    owes = select(Unit.id).join(Obligation, Obligation.unit_id == Unit.id)
    there = (Obligation.round_id == found.id, active(local_day(now)))
    return session.scalar(owes.where(*there).order_by(Unit.code).limit(1))
