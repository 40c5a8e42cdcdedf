"""Putting another revision of a plan in force in the middle of its year, and going back to the one before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from ..obligations.errors import DubanError
from . import journal, plan_letters
from .addressed import address_each
from .journal import Note
from .plan_diff import diff, running
from .plan_fates import DATES, EDGES, Fate
from .tables import Cue, JournalEntry, PlanRevision, Round, Stretch
from .years import (
    refuse_empty_audiences,
    revision_of,
    round_values,
    write_cues,
    write_round,
    write_stretch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.expansion import RoundSpec, Year
    from ..calendar.slots import Slot
    from .plan_fates import Change, PlanDiff


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed, how many letters tell of it, and the units that have nobody to tell."""

    diff: PlanDiff
    letters: int
    untold: tuple[str, ...]


def apply(  # noqa: PLR0913 - who, when, why and how it is told
    session: Session,
    opened: Year,
    content: str,
    now: datetime,
    by: str,
    why: str,
    slot: Slot,
    *,
    back: bool = False,
) -> Applied:
    """Put the revision whose year is ``opened`` in force for that year; all of it or, on any error, nothing.

    What nobody has touched opens, moves, is reworded or closes; what somebody has touched stays under the
    revision under which it was begun. The units concerned are told in ``slot``. Done again, it does nothing.
    ``back`` says that it goes back to the revision that :func:`before` gives.
    Raises :class:`DubanError` without a reason, for a year that does not run, or when this revision is in the
    book with another content; :class:`PlanFault` for audiences that select nobody.
    """
    if not why.strip():
        raise DubanError("请写明为什么改动方案，例如：镇政府会议决定、上级文件调整。")
    slug, year = opened.plan.slug, opened.year
    running(session, slug, year, lock=True)
    refuse_empty_audiences(session, opened, now)
    found = diff(session, opened, now, lock=True)
    row, revision = running(session, slug, year)
    revision_id = revision_of(session, opened, content, now, by)
    if revision_id == revision.id and found.nothing:
        return Applied(found, 0, ())
    row.plan_id = revision_id
    notes = [note for one in found.changes for note in _do(session, one, opened, revision_id, now)]
    _carry_over(session, found, revision_id)
    told = address_each(session, plan_letters.letters(found, why, now), slot)
    detail: dict[str, Any] = {"from": found.revision, "to": found.to, "year": year, "why": why.strip()}
    detail |= {"back": True} if back else {}
    detail |= {str(fate): len(found.of(fate)) for fate in Fate} | {"untold": list(told.untold)}
    notes.append(Note("plan.changed", slug, detail))
    session.flush()
    journal.append_many(session, now, by, notes)
    return Applied(found, told.letters, told.untold)


def before(session: Session, slug: str, year: int) -> PlanRevision:
    """Give the revision that was in force before this one, to go back to it; one taken back is none.

    Raises :class:`DubanError` when the year does not run or no other was in force.
    """
    here = running(session, slug, year).revision
    changes = select(JournalEntry.detail).where(
        JournalEntry.action == "plan.changed", JournalEntry.subject == slug
    )
    in_force: list[int] = []
    for one in map(json.loads, session.scalars(changes.order_by(JournalEntry.seq))):
        if one["year"] != year:
            continue
        in_force = in_force[:-1] if one.get("back") else [*in_force, one["from"]]
    if not in_force:
        raise DubanError(f"方案“{slug}”{year}年在第{here.revision}版以前没有执行过别的修订版，不能退回。")
    same = PlanRevision.slug == slug, PlanRevision.revision == in_force[-1]
    return session.scalars(select(PlanRevision).where(*same)).one()


def _do(session: Session, one: Change, opened: Year, revision_id: int, now: datetime) -> Iterator[Note]:
    if one.fate is Fate.STAYS:
        return
    if one.kind == "round":
        yield from _do_round(session, one, opened, revision_id, now)
    else:
        yield from _do_stretch(session, one, opened, revision_id, now)


def _do_round(session: Session, one: Change, opened: Year, revision_id: int, now: datetime) -> Iterator[Note]:
    row = None if one.row_id is None else session.get_one(Round, one.row_id)
    spec = None if one.fate is Fate.CLOSES else _spec(opened, one, row)
    if row is None:
        if spec is not None:
            write_round(session, revision_id, opened, spec, now)
            yield Note("round.added", opened.plan.slug, {"round": spec.title})
        return
    session.execute(delete(Cue).where(Cue.round_id == row.id))
    detail: dict[str, Any] = {"id": row.id}
    if spec is None:
        row.next_at, row.skipped_at = None, now
        yield Note("round.dropped", row.title, detail | _pairs(one))
        return
    for name, value in round_values(opened, spec).items():
        setattr(row, name, value)
    row.plan_id, row.next_at, row.skipped_at = revision_id, row.opens_at, None
    session.flush()
    write_cues(session, row.id, spec.cues)
    yield Note("round.changed", row.title, detail | _pairs(one))


def _spec(opened: Year, one: Change, row: Round | None) -> RoundSpec:
    return next(
        spec
        for spec in opened.rounds
        if spec.duty == one.key and (spec.period == row.period if row else spec.title == one.title)
    )


def _do_stretch(
    session: Session, one: Change, opened: Year, revision_id: int, now: datetime
) -> Iterator[Note]:
    spec = next((spec for spec in opened.stretches if (spec.kind, spec.key) == (one.kind, one.key)), None)
    row = None if one.row_id is None else session.get_one(Stretch, one.row_id)
    if row is None:
        if spec is not None:
            write_stretch(session, revision_id, spec, now)
            yield Note(f"{one.kind}.added", opened.plan.slug, {"name": one.title})
        return
    if one.fate is Fate.CLOSES or spec is None:
        session.delete(row)
        yield Note(f"{one.kind}.dropped", opened.plan.slug, {"name": one.title} | _pairs(one))
        return
    for name in (*EDGES, "name", "clause", "source"):
        setattr(row, name, getattr(spec, name))
    row.plan_id, row.next_at = revision_id, row.starts_at
    yield Note(f"{one.kind}.changed", opened.plan.slug, {"id": row.id} | _pairs(one))


def _pairs(one: Change) -> dict[str, Any]:
    """Give what a row had and has: its dates, and which other columns are other than before."""
    dates = {name: [one.before.get(name), one.after.get(name)] for name in DATES if name in one.before}
    return dates | {"changed": sorted({*one.before, *one.after} - set(DATES))}


def _carry_over(session: Session, found: PlanDiff, revision_id: int) -> None:
    """Let what is alike under both revisions, and untouched, run under the new one."""
    for one in found.same:
        model = Round if one.kind == "round" else Stretch
        session.get_one(model, one.row_id).plan_id = revision_id
