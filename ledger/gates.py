"""Gates of phases and windows: what is lacking at an edge that has been reached, until it holds or is passed.

The dates go on by the calendar; a gate that does not hold stays open (未通过) until it does, looked at again
each day, or until a person passes it with a reason. Once settled it is never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, literal_column, or_, select

from ..obligations.gates import Edge, GateState, Need, check_pass, condition, lacks
from . import journal
from .duties import plan_of
from .journal import Note
from .kept_meetings import GATES
from .meetings import limited
from .tables import FINDING_UNCLOSED, OPEN, Finding, Gate, Obligation, Round, Stretch, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.plan import Plan
    from ..calendar.rules_gates import Gate as Rule

BY = "duban"
_GRAVE = Finding.grade == literal_column("'grave'")


class Lacking(NamedTuple):
    """How much is lacking for a condition, and of which units (numbers, in order)."""

    total: int
    units: tuple[int, ...]


class Reached(NamedTuple):
    """What came of reaching an edge: what is lacking in words, and the notes for the journal."""

    said: list[str]
    notes: list[Note]


def rules_at(plan: Plan, stretch: Stretch, edge: Edge) -> Sequence[Rule]:
    """Give the conditions that a plan sets at an edge of a phase or window."""
    stretches = plan.phases if stretch.kind == "phase" else plan.windows
    found = next((one for one in stretches if one.key == stretch.key), None)
    if found is None:
        return ()
    return found.enter if edge is Edge.ENTER else found.leave


def lacking(session: Session, stretch: Stretch, edge: Edge, need: Need, duty: str) -> Lacking:
    """Give what is lacking for a condition as the book stands.

    Of a duty count the rounds that fall due by the edge, and the one that belongs to the stretch itself.
    Where it has such rounds and nobody was ever asked in one, nothing shows that the condition holds.
    """
    if need.about_findings:
        which = [Finding.slug == stretch.slug, FINDING_UNCLOSED]
        which += [_GRAVE] if need is Need.NO_GRAVE_FINDING else []
        query = select(Finding.unit_id, func.count()).where(*which).group_by(Finding.unit_id)
    else:
        query = (
            select(Obligation.unit_id, func.count())
            .join(Round, Round.id == Obligation.round_id)
            .where(asked(stretch, edge, duty), missing(need))
            .group_by(Obligation.unit_id)
        )
    rows = session.execute(query).tuples().all()
    if not rows and not need.about_findings and _never_asked(session, stretch, edge, duty):
        return Lacking(1, ())
    return Lacking(sum(count for _, count in rows), tuple(sorted(unit for unit, _ in rows)))


def asked(stretch: Stretch, edge: Edge, duty: str) -> ColumnElement[bool]:
    """Select the rounds of a duty on which a condition at an edge rests."""
    return _planned(stretch, edge, duty) & Round.opened_at.is_not(None)


def _never_asked(session: Session, stretch: Stretch, edge: Edge, duty: str) -> bool:
    query = select(func.count(), func.count(Round.opened_at)).where(_planned(stretch, edge, duty))
    planned, opened = session.execute(query).tuples().one()
    return planned > 0 and opened == 0


def _planned(stretch: Stretch, edge: Edge, duty: str) -> ColumnElement[bool]:
    at = stretch.starts_at if edge is Edge.ENTER else stretch.ends_at
    by_then = or_(Round.due_at <= at, Round.period == f"{stretch.year}/{stretch.key}")
    here = (Round.slug == stretch.slug) & (Round.duty == duty) & (Round.year == stretch.year)
    return here & by_then


def missing(need: Need) -> ColumnElement[bool]:
    """Select the obligations for want of which a condition about reports does not hold."""
    return OPEN if need is Need.RECEIVED else Obligation.state.not_in(("accepted", "exempt"))


def reach(session: Session, stretch: Stretch, edge: Edge, now: datetime) -> Reached:
    """Look at the conditions of an edge that has just been reached; twice is once."""
    plan = plan_of(session, stretch.plan_id)
    reached = Reached([], [])
    for number, rule in enumerate(rules_at(plan, stretch, edge), 1):
        need, duty = Need(rule.need), rule.duty or ""
        found = lacking(session, stretch, edge, need, duty)
        values = {"stretch_id": stretch.id, "edge": str(edge), "number": number, "need": str(need)}
        values |= {"duty": duty, "state": "open", "lacking": found.total, "units": list(found.units)}
        values |= {"made_at": now, "checked_at": now, **({} if found.total else _settled(now))}
        if written := insert_new(session, Gate, values, ("stretch_id", "edge", "number")):
            gate = session.get_one(Gate, written)
            reached.notes.append(_note(stretch, gate))
            reached.said.extend([words(session, plan, gate)] if found.total else [])
    return reached


def _settled(now: datetime) -> dict[str, object]:
    return {"state": str(GateState.MET), "settled_at": now, "settled_by": BY, "reason": ""}


def check_again(session: Session, stretch_id: int, now: datetime) -> str | None:
    """Look again at the open gates of a stretch; gives what changed, in words, None for nothing."""
    stretch = session.get_one(Stretch, stretch_id)
    plan = plan_of(session, stretch.plan_id)
    said: list[str] = []
    notes: list[Note] = []
    for gate in _open(session, stretch_id):
        was, there = (gate.lacking, gate.units), lacking(session, stretch, *_of(gate))
        gate.lacking, gate.units, gate.checked_at = there.total, list(there.units), now
        if not there.total:
            gate.state, gate.settled_at, gate.settled_by, gate.reason = str(GateState.MET), now, BY, ""
        if was != (gate.lacking, gate.units):
            session.flush()
            notes.append(_note(stretch, gate))
            said.append(words(session, plan, gate))
    journal.append_many(session, now, BY, notes)
    return "；".join(said) or None


def _open(session: Session, stretch_id: int) -> Sequence[Gate]:
    here = Gate.stretch_id == stretch_id, Gate.state == literal_column("'open'")
    return session.scalars(select(Gate).where(*here).order_by(Gate.id).with_for_update()).all()


def _of(gate: Gate) -> tuple[Edge, Need, str]:
    return Edge(gate.edge), Need(gate.need), gate.duty


def pass_gate(session: Session, gate: Gate, reason: str, now: datetime, by: str) -> None:
    """Let a phase pass though a condition does not hold: a leader's decision, with a reason.

    The gate comes locked. Raises :class:`DubanError` when it is settled, or without a reason.
    """
    check_pass(GateState(gate.state), reason)
    stretch = session.get_one(Stretch, gate.stretch_id)
    there = lacking(session, stretch, *_of(gate))
    gate.lacking, gate.units, gate.checked_at = there.total, list(there.units), now
    gate.state, gate.settled_at, gate.settled_by = str(GateState.PASSED), now, by
    gate.reason = limited(reason)
    session.flush()
    journal.append_many(session, now, by, [_note(stretch, gate)])


def find(session: Session, gate_id: int) -> Gate | None:
    """Give a gate by its number, locked for this transaction."""
    return session.scalar(select(Gate).where(Gate.id == gate_id).with_for_update())


def words(session: Session, plan: Plan, gate: Gate) -> str:
    """Give how a gate stands in words: what is lacking, or that it holds."""
    name = duty_name(plan, gate.duty)
    if gate.lacking:
        return lacks(Need(gate.need), name, gate.lacking, names(session, gate.units))
    return f"{condition(Need(gate.need), name)}，条件已具备"


def duty_name(plan: Plan, key: str) -> str:
    """Give the name of a duty of a plan, or its key where the plan has none of it; empty for no duty."""
    return next((duty.name for duty in plan.duties if duty.key == key), key)


def names(session: Session, unit_ids: Collection[int]) -> list[str]:
    """Give the names of units in the order of their codes."""
    return list(session.scalars(select(Unit.name).where(Unit.id.in_(unit_ids)).order_by(Unit.code)))


def _note(stretch: Stretch, gate: Gate) -> Note:
    action = {"open": "gate.checked", "met": "gate.met", "passed": "gate.passed"}[gate.state]
    return Note(action, f"stretch/{stretch.id}", GATES.said(gate))
