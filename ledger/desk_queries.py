"""Small questions that pages of the office ask beside the large ones."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..obligations.words import State
from .tables import Extension, Obligation, PlanRevision, Round, Transfer, Unit, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def unit_name(session: Session, unit_id: int) -> str:
    """Give what a unit is called."""
    return session.get_one(Unit, unit_id).name


def unit_kinds(session: Session) -> list[str]:
    """Give the kinds of units that there are."""
    return list(session.scalars(select(Unit.kind).distinct().order_by(Unit.kind)))


def plan_title(session: Session, plan_id: int) -> str:
    """Give the title of a plan's revision."""
    return session.get_one(PlanRevision, plan_id).title


def first_opened(session: Session, year: int) -> str:
    """Give the first plan by its name of which a round of the year has opened; empty for none."""
    opened = select(Round.slug).where(Round.year == year, Round.opened_at.is_not(None))
    return session.scalar(opened.order_by(Round.slug).limit(1)) or ""


def states_of(session: Session, round_id: int) -> dict[State, int]:
    """Count the obligations of a round by state; a state in which none is counts nought."""
    query = select(Obligation.state, func.count()).where(Obligation.round_id == round_id)
    counts = dict(session.execute(query.group_by(Obligation.state)).tuples().all())
    return {state: counts.get(str(state), 0) for state in State}


def files_of(session: Session, obligation_ids: Sequence[int]) -> dict[int, list[Upload]]:
    """Give the files that came for some obligations, by obligation, in the order in which they came."""
    found: dict[int, list[Upload]] = defaultdict(list)
    query = select(Upload).where(Upload.obligation_id.in_(obligation_ids)).order_by(Upload.id)
    for one in session.scalars(query):
        found[one.obligation_id].append(one)
    return found


class Asked(NamedTuple):
    """A request of a unit that waits for the office's answer, with what it is about; moments in UTC."""

    request: Extension | Transfer
    obligation_id: int
    unit: str
    title: str
    state: State
    due_at: datetime | None


def times_asked(session: Session, limit: int) -> list[Asked]:
    """Give the requests for more time that wait for an answer, the oldest first."""
    return _asked(session, Extension, limit)


def transfers_asked(session: Session, limit: int) -> list[Asked]:
    """Give the requests to pass something on that wait for an answer, the oldest first."""
    return _asked(session, Transfer, limit)


def _asked(session: Session, table: type[Extension | Transfer], limit: int) -> list[Asked]:
    rows = session.execute(
        select(table, Obligation.id, Unit.name, Round.title, Obligation.state, Obligation.due_at)
        .join(Obligation, Obligation.id == table.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(table.decided_at.is_(None))
        .order_by(table.asked_at, table.id)
        .limit(limit)
    )
    return [
        Asked(request, id_, unit, title, State(state), due_at)
        for request, id_, unit, title, state, due_at in rows
    ]
