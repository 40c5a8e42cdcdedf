"""How many of each round came to each outcome, for some rounds at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..obligations.outcome import Tally, standing, tally
from .facts import facts_where
from .marks import OUTCOMES, outcome_now
from .tables import Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..obligations.words import Outcome


def count_now(
    session: Session, round_ids: Sequence[int], unit: str | None, now: datetime
) -> dict[int, Tally]:
    """Count the outcomes of rounds at ``now``, by round; ``unit`` is a code.

    ``now`` is no earlier than the last move, since the columns are read.
    """
    number = outcome_now(now)
    rows = session.execute(
        select(Obligation.round_id, number, func.count())
        .join(Round, Round.id == Obligation.round_id)
        .where(*_chosen(round_ids, unit))
        .group_by(Obligation.round_id, number)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for round_id, outcome, count in rows.tuples():
        counts[round_id][str(OUTCOMES[outcome])] = count
    return {round_id: Tally(**some) for round_id, some in counts.items()}


def count_then(
    session: Session, round_ids: Sequence[int], unit: str | None, as_of: datetime
) -> dict[int, Tally]:
    """Count the outcomes of rounds as they stood at a past moment, from the facts, by round."""
    chosen = _chosen(round_ids, unit)
    facts = facts_where(session, *chosen)
    query = select(Obligation.id, Obligation.round_id)
    outcomes: dict[int, list[Outcome]] = defaultdict(list)
    for id_, round_id in session.execute(query.where(*chosen)):
        outcomes[round_id].append(standing(facts[id_], as_of).outcome)
    return {round_id: tally(some) for round_id, some in outcomes.items()}


def _chosen(round_ids: Sequence[int], unit: str | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [Obligation.round_id.in_(round_ids)]
    if unit is not None:
        chosen.append(Obligation.unit_id.in_(select(Unit.id).where(Unit.code == unit)))
    return chosen
