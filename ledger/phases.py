"""The phases of a year with their gates: how each stands, and what is lacking, now and with which units."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.gates import Edge, GateState, Need, condition
from .duties import plan_of
from .gates import asked, duty_name, lacking, missing, names, rules_at
from .tables import FINDING_UNCLOSED, Finding, Gate, Obligation, Round, Stretch, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.plan import Plan

MOST = 20  # things that one condition names


class Where(StrEnum):
    """Where a phase is by the calendar."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


class Want(NamedTuple):
    """One thing that is lacking: an obligation or a finding of a unit, by its number."""

    kind: str
    id: int
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class GateShown:
    """A condition: ``id`` is None before its edge is reached; ``count`` is what is lacking now.

    ``wants`` names the first of what is lacking; a settled gate has none. ``by`` and ``reason`` are those of
    whoever passed it.
    """

    id: int | None
    edge: Edge
    condition: str
    state: GateState
    count: int
    units: tuple[str, ...]
    wants: tuple[Want, ...]
    checked_at: datetime | None
    settled_at: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A phase or window with gates; moments in UTC."""

    id: int
    slug: str
    plan: str
    kind: str
    name: str
    clause: str
    starts_at: datetime
    ends_at: datetime
    provisional: bool
    where: Where
    gates: tuple[GateShown, ...]

    @property
    def open(self) -> list[GateShown]:
        """Give the gates whose edge has been reached and that do not hold."""
        return [one for one in self.gates if one.id is not None and one.state is GateState.OPEN]


def phases(session: Session, year: int, now: datetime) -> list[PhaseShown]:
    """Give the phases of the plans in force in a year, and the windows that have gates, in order of time."""
    query = select(Stretch).where(Stretch.year == year).order_by(Stretch.slug, Stretch.starts_at, Stretch.id)
    kept: dict[int, dict[tuple[str, int], Gate]] = defaultdict(dict)
    there = select(Gate).join(Stretch, Stretch.id == Gate.stretch_id).where(Stretch.year == year)
    for gate in session.scalars(there):
        kept[gate.stretch_id][gate.edge, gate.number] = gate
    found = [_phase(session, one, kept[one.id], now) for one in session.scalars(query)]
    return [one for one in found if one.kind == "phase" or one.gates]


def _phase(
    session: Session, stretch: Stretch, kept: dict[tuple[str, int], Gate], now: datetime
) -> PhaseShown:
    plan = plan_of(session, stretch.plan_id)
    where = Where.AHEAD if now < stretch.starts_at else Where.OVER if now > stretch.ends_at else Where.RUNNING
    gates = [
        _gate(session, plan, stretch, edge, Need(rule.need), rule.duty or "", kept.get((str(edge), number)))
        for edge in Edge
        for number, rule in enumerate(rules_at(plan, stretch, edge), 1)
    ]
    return PhaseShown(
        id=stretch.id,
        slug=stretch.slug,
        plan=plan.title,
        kind=stretch.kind,
        name=stretch.name,
        clause=stretch.clause,
        starts_at=stretch.starts_at,
        ends_at=stretch.ends_at,
        provisional=stretch.provisional,
        where=where,
        gates=tuple(gates),
    )


def _gate(
    session: Session, plan: Plan, stretch: Stretch, edge: Edge, need: Need, duty: str, row: Gate | None
) -> GateShown:
    said = condition(need, duty_name(plan, duty))
    if row is not None and row.settled_at is not None:
        units = tuple(names(session, row.units))
        state, by, reason = GateState(row.state), row.settled_by or "", row.reason or ""
        settled = (row.checked_at, row.settled_at, by, reason)
        return GateShown(row.id, edge, said, state, row.lacking, units, (), *settled)
    there = lacking(session, stretch, edge, need, duty)
    wants = tuple(_wants(session, stretch, edge, need, duty)) if there.total else ()
    ids, checked = (row.id, row.checked_at) if row else (None, None)
    state = GateState.OPEN if there.total or row is not None else GateState.MET
    units = tuple(names(session, there.units))
    return GateShown(ids, edge, said, state, there.total, units, wants, checked, None, "", "")


def _wants(session: Session, stretch: Stretch, edge: Edge, need: Need, duty: str) -> list[Want]:
    if need.about_findings:
        grave = [Finding.grade == "grave"] if need is Need.NO_GRAVE_FINDING else []
        query = (
            select(Finding.id, Unit.name, Finding.description)
            .join(Unit, Unit.id == Finding.unit_id)
            .where(Finding.slug == stretch.slug, FINDING_UNCLOSED, *grave)
            .order_by(Finding.due_at, Finding.id)
        )
        return [Want("finding", *row) for row in session.execute(query.limit(MOST))]
    query = (
        select(Obligation.id, Unit.name, Round.title)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(asked(stretch, edge, duty), missing(need))
        .order_by(Round.due_at, Unit.code)
    )
    return [Want("obligation", *row) for row in session.execute(query.limit(MOST))]
