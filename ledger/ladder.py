"""The ladder climbs, over the whole book at once: no step loops over units or obligations (DESIGN §5.19).

What went unmet past its deadline gets a 催办单 from the program. What went unmet past the limit of a sheet,
without a reason that was accepted, gets a draft of the next one, which a person signs. What was met meanwhile
is settled. Running twice is running once: what has a sheet has left the index of what has none, and a unique
key refuses a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..obligations.words import Rung, SheetState
from . import journal, ladder_writing, locks, urging
from .journal import Note
from .ladder_groups import groups
from .ladder_rows import PROGRAM
from .ladder_settling import closed_note, series_to_settle, settle
from .ladder_sql import DRAFT, in_series
from .proof_ladder import ISSUED as BULK_ISSUED, digest_of
from .tables import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .ladder_groups import Group
    from .ladder_settling import Settled
    from .ladder_writing import Issued
    from .means import Means

NAMED = 500  # numbers in one entry, and entries made at a time
TOLD = (
    *("rung", "series", "cause", "reason", "obligation_id", "finding_id", "unit_id"),
    *("matter", "requirement", "responsible", "lead", "basis", "clause", "limit_days"),
)


@dataclass(frozen=True, slots=True)
class Climbed:
    """What one run did in a series: how many 催办单 it issued and closed, drafts it made and dropped."""

    issued: int = 0
    drafted: int = 0
    closed: int = 0
    dropped: int = 0


def series_due(session: Session, now: datetime, workdays: Workdays) -> list[str]:
    """Give the series (slugs of plans) in which something climbs or is to be settled at ``now``."""
    climbing = {one.ground.series for one in groups(session, now, workdays)}
    return sorted(climbing | series_to_settle(session))


def climb(session: Session, series: str, now: datetime, means: Means) -> Climbed:
    """Do all that the ladder has to do in one series at ``now``, and enter it in the journal.

    Whoever numbers comes first, before any row is locked.
    """
    locks.numbers(session)
    met = settle(session, now, series)
    found = groups(session, now, means.workdays, series)
    climbing = [one for one in found if one.step.rung is not Rung.CUIBAN]
    starting = [one for one in found if one.step.rung is Rung.CUIBAN]
    before = session.scalar(select(func.max(Sheet.id))) or 0
    drafted = _draft(session, climbing, now)
    issued = ladder_writing.issue(session, starting, now, means.workdays) if starting else None
    notes = [*_settled(series, now, met)]
    if issued is not None and issued.numbers.many:
        notes.append(_issued(session, issued, starting, now, means))
    journal.append_many(session, now, PROGRAM, notes)
    if drafted:
        _enter_drafts(session, series, before, now)
    closed = sum(len(one.numbers) for one in met.closed)
    return Climbed(issued.numbers.many if issued else 0, drafted, closed, len(met.dropped))


def _issued(session: Session, issued: Issued, starting: Sequence[Group], now: datetime, means: Means) -> Note:
    """Tell the people, and give the entry that covers all these sheets."""
    numbers = issued.numbers
    slots = means.slots(now, False)  # noqa: FBT003 - as tasks and pages give it
    notices = urging.urge(session, numbers, now, slots)
    leads = {id_: one.ground.lead_unit for one in starting for id_ in one.rounds if one.ground.lead_unit}
    letters = urging.copy_leads(session, numbers, leads, slots)
    rectifiers = urging.tell_rectifiers(session, numbers, slots)
    detail = {
        "series": numbers.series,
        "rung": numbers.rung,
        "year": numbers.year,
        "at": now,
        "first": numbers.first,
        "last": numbers.last,
        "count": numbers.many,
        "notices": notices,
        "letters": letters + rectifiers.letters,
        "untold": rectifiers.untold,
        "next": [[first, last, at] for first, last, at in issued.following],
        "sha256": digest_of(session, numbers),
    }
    return Note(BULK_ISSUED, numbers.series, detail)


def _draft(session: Session, climbing: Sequence[Group], now: datetime) -> int:
    """Draft what is reached and let the sheets below rest; gives how many drafts there are."""
    made = sum(ladder_writing.draft(session, group, now) for group in climbing)
    if climbing:
        ladder_writing.rest_below(session, climbing[0].ground.series, now)
    return made


def _enter_drafts(session: Session, series: str, after: int, now: datetime) -> None:
    """Enter each draft with all that it says, some hundreds at a time."""
    columns = [getattr(Sheet, name) for name in TOLD]
    mine = (DRAFT, in_series(series), Sheet.made_by == PROGRAM)
    query = select(Sheet.id, *columns).where(*mine).order_by(Sheet.id).limit(NAMED)
    while rows := session.execute(query.where(Sheet.id > after)).mappings().all():
        told = ({"sheet": row["id"], **{name: row[name] for name in TOLD}} for row in rows)
        notes = [Note("sheet.drafted", f"sheet/{one['sheet']}", one) for one in told]
        journal.append_many(session, now, PROGRAM, notes)
        after = rows[-1]["id"]


def _settled(series: str, now: datetime, met: Settled) -> Iterator[Note]:
    for one in met.closed:
        for start in range(0, len(one.numbers), NAMED):
            yield closed_note(series, now, one, one.numbers[start : start + NAMED])
    for id_, why in met.dropped:
        detail = {"sheet": id_, "state": str(SheetState.DROPPED), "withdrawn_at": now}
        detail |= {"withdrawn_by": PROGRAM, "withdrawn_why": why}
        yield Note("sheet.dropped", f"sheet/{id_}", detail)
