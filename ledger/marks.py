"""The outcome of an obligation as SQL over its columns, for lists, counts and the grid.

Whoever moves an obligation brings its columns up to its facts, so for ``now`` this is what
``obligations.outcome.standing`` says; for a past day only the facts will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.orm import aliased

from ..obligations.words import Outcome
from .tables import Obligation, Round, Submission

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

OUTCOMES = tuple(Outcome)
_NUMBERS = {outcome: number for number, outcome in enumerate(OUTCOMES)}


def outcome_now(now: datetime) -> ColumnElement[int]:
    """Give the outcome at ``now`` as a number into :data:`OUTCOMES`; for statements that join the round.

    ``now`` is no earlier than the last move; an earlier one would judge by what was not known then.
    """
    due, credited = Obligation.due_at, Obligation.credited_at
    state = Obligation.state
    return case(
        (state == literal_column("'exempt'"), _number(Outcome.EXEMPT)),
        (state == literal_column("'returned'"), _number(Outcome.RETURNED)),
        (and_(credited.is_(None), due < now), _number(Outcome.MISSING)),
        (credited.is_(None), _number(Outcome.PENDING)),
        (credited > due, _number(Outcome.LATE)),
        (credited > Round.due_at, _number(Outcome.EXTENDED)),
        (Obligation.nil, _number(Outcome.NIL)),
        else_=_number(Outcome.ON_TIME),
    )


def latest_version() -> ColumnElement[bool]:
    """Give on what to join the latest version of a report to its obligation."""
    newest = aliased(Submission)
    last = select(func.max(newest.version)).where(newest.obligation_id == Obligation.id)
    # Correlated by name: in a join SQLAlchemy does not see what the enclosing statement selects from.
    last = last.correlate(Obligation).scalar_subquery()
    return and_(Submission.obligation_id == Obligation.id, Submission.version == last)


def _number(outcome: Outcome) -> ColumnElement[int]:
    # A literal, so that PostgreSQL can group by the expression: two parameters are never the same to it.
    return literal_column(str(_NUMBERS[outcome]))
