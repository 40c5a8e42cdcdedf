"""What meetings decided (议定事项): each is a round of its own under the plan, and stands as its units do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..obligations.moments import whole_second
from ..obligations.words import Outcome, State
from . import unit_names
from .marks import OUTCOMES, outcome_now
from .tables import Decision, Meeting, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

_DONE = (State.ACCEPTED, State.EXEMPT)


class UnitStanding(NamedTuple):
    """How one unit stands with a decision; ``late_days`` is how many days it is overdue, 0 if it is not."""

    obligation_id: int
    unit: str
    state: State
    outcome: Outcome
    late_days: int


@dataclass(frozen=True, slots=True)
class DecisionStanding:
    """A decision and how it stands; moments in UTC. ``due_at`` does not count extensions."""

    id: int
    meeting_id: int
    meeting: str
    number: int
    text: str
    requirement: str
    lead: str
    due_at: datetime
    made_at: datetime
    round_id: int
    units: tuple[UnitStanding, ...]

    @property
    def done(self) -> bool:
        """Tell whether all have reported and the office has taken it."""
        return all(one.state in _DONE for one in self.units)

    @property
    def said(self) -> str:
        """Give how it stands in a few words, naming who is behind."""
        late = [f"{one.unit}逾期{one.late_days}天" for one in self.units if one.late_days]
        if self.done:
            return "已办结"
        if late:
            return f"未办结：{'、'.join(late)}"
        waits = all(one.state in (*_DONE, State.SUBMITTED) for one in self.units)
        return "已报办理情况，待接收" if waits else "办理中"


def standings(
    session: Session, slug: str, now: datetime, *, before: datetime | None = None, but: int | None = None
) -> list[DecisionStanding]:
    """Give a plan's decisions in order, those made before a moment, but for one meeting's."""
    query = _rows(session, now).where(Meeting.slug == slug)
    if before is not None:
        query = query.where(Decision.at < before)
    if but is not None:
        query = query.where(Decision.meeting_id != but)
    return _read(session.execute(query), now)


def of_meeting(session: Session, meeting_id: int, now: datetime) -> list[DecisionStanding]:
    """Give what one meeting had decided by ``now``, in order."""
    made = (Decision.meeting_id == meeting_id, Decision.at <= now)
    return _read(session.execute(_rows(session, now).where(*made)), now)


def _rows(session: Session, now: datetime) -> Select[Any]:
    return (
        select(
            *(Decision, Meeting.title, Obligation.id, unit_names.called(session, now)),
            *(Obligation.state, Obligation.due_at),
            outcome_now(now).label("mark"),
        )
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .join(Round, Round.id == Decision.round_id)
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .order_by(Decision.id, Unit.code)
    )


def _read(rows: Iterable[Row[Any]], now: datetime) -> list[DecisionStanding]:
    grouped = groupby(rows, key=lambda row: (row[0], row[1]))
    return [_standing(row, title, [_unit(one, now) for one in some]) for (row, title), some in grouped]


def _unit(row: Row[Any], now: datetime) -> UnitStanding:
    _, _, obligation_id, unit, state, due_at, mark = row
    days = _behind(due_at, now) if state in ("owed", "returned") else 0
    return UnitStanding(obligation_id, unit, State(state), OUTCOMES[int(mark)], days)


def _behind(due_at: datetime, now: datetime) -> int:
    """Give how many days have begun since a limit, 0 if it is ahead."""
    late = whole_second(now) - due_at
    return late.days + 1 if late > timedelta() else 0


def _standing(row: Decision, title: str, units: list[UnitStanding]) -> DecisionStanding:
    return DecisionStanding(
        id=row.id,
        meeting_id=row.meeting_id,
        meeting=title,
        number=row.number,
        text=row.text,
        requirement=row.requirement,
        lead=row.lead,
        due_at=row.due_at,
        made_at=row.at,
        round_id=row.round_id,
        units=tuple(units),
    )
