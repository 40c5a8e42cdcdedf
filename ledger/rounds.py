"""What a round does as time passes: it opens, reminds, falls due, locks; no step loops over units.

Locks are taken in one order everywhere, so that no two programs wait for each other: obligation, round,
messages, channel, and last of all the journal. Hence the notes, which are entered at the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, func, literal, select, update

from ..calendar.cues import CUE_TIME
from ..calendar.dates import ZONE, local_day
from ..obligations.words import CueKind
from . import journal, reminding
from .audiences import matches
from .homes import within
from .journal import Note
from .kept import ROUNDS
from .tables import Cue, Obligation, Round, Unit
from .upsert import insert_new, insert_selected, plan_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from .reminding import Slots

ACTOR = "duban"
EXTENDED = str(CueKind.EXTENDED)


class StoredAudience:
    """An audience as a round keeps it, in JSON; a later revision of the plan does not reach it."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.kinds: list[str] = stored["kinds"]
        self.tags: list[str] = stored["tags"]
        self.units: list[str] = stored["units"]
        self.under: str | None = stored["under"]
        self.except_: list[str] = stored["except_"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What one call did to one round; ``reminded`` counts the notices made, by the kind of cue."""

    title: str
    opened: int | None = None
    reminded: dict[str, int] = field(default_factory=dict[str, int])
    superseded: int = 0
    due_passed: bool = False
    locked: bool = False


def catch_up(
    session: Session, round_id: int, now: datetime, slots: Callable[[datetime, bool], Slots]
) -> Progress | None:
    """Do to a round all that has fallen due by ``now``, in order; None when another worker has done it.

    ``slots`` gives when a reminder made at ``now`` may leave. The caller owns the transaction; the round's
    row is locked in it, so two callers at once do the work once.
    """
    found = session.scalar(select(Round).where(Round.id == round_id).with_for_update(key_share=True))
    if found is None or found.next_at is None or found.next_at > now:
        return None
    plan_anew(session)
    notes: list[Note] = []
    opened = open_round(session, found, now, notes) if found.opened_at is None else None
    reminded, superseded = _remind(session, found, now, slots, notes)
    due_passed = _pass_due(session, found, now, notes)
    locked = _lock(session, found, now, notes)
    plan_next(session, found)
    journal.append_many(session, now, ACTOR, notes)
    return Progress(found.title, opened, reminded, superseded, due_passed, locked)


def open_round(session: Session, found: Round, now: datetime, notes: list[Note]) -> int:
    """Freeze who owes, and give how many do.

    The units are those of the day on which it opens by its dates, whenever the program gets to it (DESIGN
    §5.8).
    """
    expected = owe(session, found)
    found.opened_at, found.expected = now, expected
    notes.append(Note("round.opened", found.title, ROUNDS.said(found)))
    return expected


def owe(session: Session, found: Round) -> int:
    """Write an obligation for each unit that a round expects, in one statement; gives how many it wrote."""
    due_at, owed, nil = (
        literal(found.due_at, Obligation.due_at.type),
        literal("owed", String),
        literal(value=False),
    )
    units = select(literal(found.id), Unit.id, due_at, owed, nil).where(
        matches(StoredAudience(found.audience), local_day(found.opens_at), within(session, found.slug))
    )
    columns = ["round_id", "unit_id", "due_at", "state", "nil"]
    return insert_selected(session, Obligation, columns, units, "ON CONFLICT (round_id, unit_id) DO NOTHING")


def _remind(
    session: Session, found: Round, now: datetime, slots: Callable[[datetime, bool], Slots], notes: list[Note]
) -> tuple[dict[str, int], int]:
    """Fire the last cue that is due; those that it has overtaken are recorded as superseded, not sent.

    Cues for extensions are each about units of their own: none overtakes another, and a lock does not end
    what was extended beyond it.
    """
    due = session.scalars(
        select(Cue)
        .where(Cue.round_id == found.id, Cue.state == "planned", Cue.at <= now)
        .order_by(Cue.at, Cue.id)
    ).all()
    closed = found.locks_at is not None and found.locks_at < now
    common = [cue for cue in due if cue.kind != EXTENDED]
    overtaken = common if closed else common[:-1]
    _supersede(session, found, now, overtaken, notes)
    reminded: Counter[str] = Counter()
    for cue in due:
        if cue not in overtaken:
            fired = reminding.fire(session, found, cue, now, slots(now, cue.urgent))
            reminded[cue.kind] += fired.notices
            notes.append(fired.note)
    return dict(reminded), len(overtaken)


def _supersede(session: Session, found: Round, now: datetime, cues: Sequence[Cue], notes: list[Note]) -> None:
    if not cues:
        return
    ids = [cue.id for cue in cues]
    session.execute(update(Cue).where(Cue.id.in_(ids)).values(state="superseded", fired_at=now))
    notes.append(Note("cues.superseded", found.title, {"round": found.id, "cues": ids}))


def _pass_due(session: Session, found: Round, now: datetime, notes: list[Note]) -> bool:
    if found.due_at is None or found.due_passed_at is not None or found.due_at >= now:
        return False
    found.due_passed_at = now
    notes.append(_states(session, found, "round.due"))
    return True


def _lock(session: Session, found: Round, now: datetime, notes: list[Note]) -> bool:
    if found.locks_at is None or found.locked_at is not None or found.locks_at >= now:
        return False
    found.locked_at = now
    notes.append(_states(session, found, "round.locked"))
    return True


def _states(session: Session, found: Round, action: str) -> Note:
    counted = session.execute(
        select(Obligation.state, func.count())
        .where(Obligation.round_id == found.id)
        .group_by(Obligation.state)
    )
    return Note(action, found.title, {"round": found.id, "states": dict(counted.tuples().all())})


def plan_extended(session: Session, round_id: int, until: datetime, now: datetime) -> None:
    """Plan to remind whoever has time until then: on that day, and the day after if nothing has come."""
    found = session.scalars(select(Round).where(Round.id == round_id).with_for_update(key_share=True)).one()
    local = until.astimezone(ZONE)
    morning = datetime.combine(local.date(), CUE_TIME, ZONE)
    for at in (min(morning, local), morning + timedelta(days=1)):
        if at > now:
            values = {"round_id": round_id, "at": at, "kind": EXTENDED, "urgent": found.urgent}
            insert_new(session, Cue, values, ("round_id", "at", "kind"))
    plan_next(session, found)


def plan_next(session: Session, found: Round) -> None:
    """Set when the round next needs attention: its next cue, or the second after its deadline or its lock."""
    cue = session.scalar(select(func.min(Cue.at)).where(Cue.round_id == found.id, Cue.state == "planned"))
    ends = [(found.due_at, found.due_passed_at), (found.locks_at, found.locked_at)]
    ahead = [at + timedelta(seconds=1) for at, done in ends if at is not None and done is None]
    ahead += [cue] if cue else []
    found.next_at = min(ahead) if ahead else None
