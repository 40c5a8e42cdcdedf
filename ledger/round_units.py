"""The units of a round, as a workbook lists them and as its notice named them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..obligations.words import State
from . import unit_names
from .tables import Obligation, Submission, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RoundUnit(NamedTuple):
    """A unit of a round as a workbook lists it: how it stands, and when its latest version came (UTC)."""

    unit_code: str
    unit: str
    state: State
    received_at: datetime | None


def names_then(session: Session, round_id: int, as_of: datetime) -> list[str]:
    """Give the names that the units of a round had at a moment (UTC), in the order of their codes."""
    name = unit_names.called(session, as_of)
    asked = select(name).join(Obligation, Obligation.unit_id == Unit.id)
    return list(session.scalars(asked.where(Obligation.round_id == round_id).order_by(Unit.code)))


def round_units(session: Session, round_id: int) -> list[RoundUnit]:
    """Give the units of a round by code, for a workbook to be filled in."""
    rows = session.execute(
        select(Unit.code, Unit.name, Obligation.state, func.max(Submission.received_at))
        .join(Obligation, Obligation.unit_id == Unit.id)
        .outerjoin(Submission, Submission.obligation_id == Obligation.id)
        .where(Obligation.round_id == round_id)
        .group_by(Unit.code, Unit.name, Obligation.state)
        .order_by(Unit.code)
    )
    return [RoundUnit(code, unit, State(state), at) for code, unit, state, at in rows]
