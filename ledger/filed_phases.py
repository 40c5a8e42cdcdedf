"""Gates of phases as of a moment (阶段条件), from the journal: what was lacking, who passed it and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import String, cast, literal, select

from ..obligations.gates import Edge, GateState, Need, condition
from . import unit_names
from .duties import plan_of
from .gates import duty_name
from .tables import JournalEntry, Stretch, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from .filed_scope import Filed

_GATES: Final = ("gate.checked", "gate.met", "gate.passed")


class FiledGate(NamedTuple):
    """One look at a gate: what it asks, what was lacking with whom, and for one that was passed, why."""

    number: int
    phase: str
    edge: str
    condition: str
    at: datetime
    state: str
    lacking: int
    units: str
    by: str
    reason: str


def filed_gates(session: Session, filed: Filed) -> Iterator[FiledGate]:
    """Give each in the order of time; of a unit, those for which it lacked something."""
    stretches = {
        f"stretch/{one.id}": one
        for one in session.scalars(
            select(Stretch).where(Stretch.slug == filed.slug, Stretch.year == filed.year)
        )
    }
    named = select(Unit.id, unit_names.called(session, filed.as_of)).order_by(Unit.code)
    names = dict(session.execute(named).tuples().all())
    chosen = {*session.scalars(filed.units())}
    subjects = select(literal("stretch/") + cast(Stretch.id, String)).where(
        Stretch.slug == filed.slug, Stretch.year == filed.year
    )
    query = select(JournalEntry).where(
        JournalEntry.subject.in_(subjects), JournalEntry.action.in_(_GATES), JournalEntry.at <= filed.as_of
    )
    number = 0
    for entry in session.scalars(query.order_by(JournalEntry.seq)):
        said, stretch = json.loads(entry.detail), stretches[entry.subject]
        lacks = [id_ for id_ in names if id_ in said["units"]]
        if filed.unit is not None and chosen.isdisjoint(lacks):
            continue
        number += 1
        duty = duty_name(plan_of(session, stretch.plan_id), said["duty"])
        state = GateState(said["state"])
        yield FiledGate(
            *(number, stretch.name, Edge(said["edge"]).zh, condition(Need(said["need"]), duty)),
            *(entry.at, state.zh, said["lacking"], "、".join(names[id_] for id_ in lacks)),
            *(entry.actor if state is GateState.PASSED else "", said["reason"] or ""),
        )
