"""Dates that were provisional, worked out again once the notice of days off has come (DESIGN §5.4).

Only rounds and stretches that nobody has touched are moved; each move is an entry: from when, to when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from ..calendar import loader
from ..calendar.expansion import RoundSpec, StretchSpec, Year, expand
from . import journal
from .journal import Note
from .tables import Cue, PlanRevision, Round, Stretch
from .years import write_cues

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays

    Move = tuple[Round, RoundSpec] | tuple[Stretch, StretchSpec]

_DATES = ("opens_at", "due_at", "locks_at", "starts_at", "ends_at", "provisional")
_EDGES = ("starts_at", "ends_at", "provisional")
UNTOUCHED_ROUND = (Round.provisional, Round.opened_at.is_(None), Round.skipped_at.is_(None))
UNTOUCHED_STRETCH = (Stretch.provisional, Stretch.begun_at.is_(None), Stretch.next_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A plan's year some of whose provisional dates the workdays now say otherwise."""

    plan_id: int
    slug: str
    title: str
    year: int


def unsettled(session: Session, workdays: Workdays) -> list[Unsettled]:
    """Give the years that have dates to move; none while no new notice has come."""
    rounds = select(Round.plan_id, Round.year).where(*UNTOUCHED_ROUND)
    stretches = select(Stretch.plan_id, Stretch.year).where(*UNTOUCHED_STRETCH)
    found: list[Unsettled] = []
    for plan_id, year in session.execute(rounds.union(stretches)).all():
        # Every look at what is due comes by here: until the notice is out, no plan is expanded for nothing.
        if workdays.provisional(year):
            continue
        revision = session.get_one(PlanRevision, plan_id)
        opened = expand(loader.read(revision.content, revision.slug).plan, year, workdays)
        if any(True for _ in _moves(session, plan_id, opened)):
            found.append(Unsettled(plan_id, revision.slug, revision.title, year))
    return sorted(found, key=lambda one: (one.year, one.slug))


def move(session: Session, plan_id: int, opened: Year, now: datetime) -> int:
    """Move every untouched provisional date of a plan's year to what ``opened`` says; gives how many."""
    moves, notes = list(_moves(session, plan_id, opened, lock=True)), list[Note]()
    for row, spec in moves:
        if isinstance(row, Round):
            notes.append(_take(row, spec, _DATES, "round.moved"))
            row.next_at = row.opens_at
            session.execute(delete(Cue).where(Cue.round_id == row.id))
            write_cues(session, row.id, spec.cues if isinstance(spec, RoundSpec) else ())
        else:
            notes.append(_take(row, spec, _EDGES, f"{row.kind}.moved"))
            row.next_at = row.starts_at
    session.flush()
    journal.append_many(session, now, "duban", notes)
    return len(moves)


def _take(row: Round | Stretch, spec: RoundSpec | StretchSpec, names: tuple[str, ...], action: str) -> Note:
    """Give a row its new dates, and what the journal is to say: from what to what."""
    changed = {name: [getattr(row, name), getattr(spec, name)] for name in names}
    for name in names:
        setattr(row, name, getattr(spec, name))
    detail = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    return Note(action, f"{row.slug}/{row.name}", detail | {"id": row.id})


def _moves(session: Session, plan_id: int, opened: Year, *, lock: bool = False) -> Iterator[Move]:
    """Give what moves to where; locked, who waited for somebody that opened or moved one finds it no more."""
    yield from _round_moves(session, plan_id, opened, lock=lock)
    stretches = {(spec.kind, spec.key): spec for spec in opened.stretches}
    rows = select(Stretch).where(Stretch.plan_id == plan_id, Stretch.year == opened.year, *UNTOUCHED_STRETCH)
    rows = rows.order_by(Stretch.id)
    for row in session.scalars(rows.with_for_update(key_share=True) if lock else rows):
        spec = stretches.get((row.kind, row.key))
        if spec is not None and any(getattr(row, name) != getattr(spec, name) for name in _EDGES):
            yield row, spec


def _round_moves(
    session: Session, plan_id: int, opened: Year, *, lock: bool
) -> Iterator[tuple[Round, RoundSpec]]:
    rounds = {(spec.duty, spec.period): spec for spec in opened.rounds}
    rows = select(Round).where(Round.plan_id == plan_id, Round.year == opened.year, *UNTOUCHED_ROUND)
    rows = rows.order_by(Round.id)
    for row in session.scalars(rows.with_for_update(key_share=True) if lock else rows):
        spec = rounds.get((row.duty, row.period))
        if spec is not None and any(getattr(row, name) != getattr(spec, name) for name in _DATES):
            yield row, spec
