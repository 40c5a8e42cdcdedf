"""What stands behind a number: the expected set, obligation by obligation, or those of one outcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from ..obligations.outcome import standing
from ..obligations.words import Outcome, State
from . import unit_names
from .facts import facts_where
from .marks import OUTCOMES, outcome_now
from .tables import Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from .slices import Slice

SHOWN = 50


class Behind(NamedTuple):
    """One obligation of an expected set; moments in UTC, ``due_at`` counts extensions."""

    obligation_id: int
    unit_id: int
    unit_code: str
    unit: str
    round_id: int
    title: str
    outcome: Outcome
    state: State
    nil: bool
    due_at: datetime | None
    credited_at: datetime | None


class ExpectedSet(NamedTuple):
    """Some of the obligations, by due moment of the round and unit, and how many there are."""

    rows: tuple[Behind, ...]
    total: int


def behind(
    session: Session,
    chosen: Slice,
    as_of: datetime,
    outcomes: Sequence[Outcome] = (),
    *,
    today: bool,
    offset: int = 0,
    limit: int = SHOWN,
) -> ExpectedSet:
    """Give what was counted, or of it only what came to some outcomes; ``today`` as for ``rates.by_unit``.

    Raises :class:`DubanError` when a past day is asked for and too little is chosen.
    """
    rounds = session.scalars(chosen.rounds(as_of)).all()
    which: list[ColumnElement[bool]] = [Obligation.round_id.in_(rounds)]
    if chosen.unit_id is not None:
        which.append(Obligation.unit_id == chosen.unit_id)
    if today:
        return _now(session, which, outcomes, as_of, (offset, limit))
    chosen.check_past()
    return _then(session, which, outcomes, as_of, (offset, limit))


def _now(
    session: Session,
    which: list[ColumnElement[bool]],
    outcomes: Sequence[Outcome],
    now: datetime,
    window: tuple[int, int],
) -> ExpectedSet:
    number = outcome_now(now)
    if outcomes:
        which = [*which, number.in_([OUTCOMES.index(one) for one in outcomes])]
    counted = select(func.count()).select_from(Obligation).join(Round, Round.id == Obligation.round_id)
    total = session.scalar(counted.where(*which)) or 0
    offset, limit = window
    columns = (number, Obligation.state, Obligation.nil, Obligation.due_at, Obligation.credited_at)
    rows = session.execute(_listed(Unit.name, *columns).where(*which).offset(offset).limit(limit))
    return ExpectedSet(tuple(_behind(*row) for row in rows), total)


def _listed(name: Any, *columns: Any) -> Select[Any]:
    last: ColumnElement[bool] = Round.due_at.is_(None)  # the two databases sort nulls differently
    return (
        select(Obligation.id, Obligation.unit_id, Unit.code, name, Round.id, Round.title, *columns)
        .select_from(Obligation)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .order_by(last, Round.due_at, Round.id, Unit.code)
    )


def _behind(*row: Any) -> Behind:
    *_, number, state, nil, due_at, credited_at = row
    return Behind._make((*row[:-5], OUTCOMES[int(number)], State(state), nil, due_at, credited_at))


def _then(
    session: Session,
    which: list[ColumnElement[bool]],
    outcomes: Sequence[Outcome],
    as_of: datetime,
    window: tuple[int, int],
) -> ExpectedSet:
    facts = facts_where(session, *which)
    wanted, called = set(outcomes or OUTCOMES), unit_names.called(session, as_of)
    found: list[Behind] = []
    for row in session.execute(_listed(called).where(*which)):
        here = standing(facts[row[0]], as_of)
        if here.outcome in wanted:
            how = (here.outcome, here.state, here.nil, here.effective_due, here.credited_at)
            found.append(Behind._make((*row, *how)))
    offset, limit = window
    return ExpectedSet(tuple(found[offset : offset + limit]), len(found))
