"""The register of calls: whom the office rang about what a unit owes, and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from .tables import Obligation, Remark, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_CALL = Remark.kind == "call"


@dataclass(frozen=True, slots=True)
class Call:
    """One call (``at`` in UTC): by whom, to whom, whether anybody answered, what was said."""

    id: int
    at: datetime
    by: str
    whom: str
    reached: bool | None
    text: str
    obligation_id: int
    unit_id: int
    unit: str
    round_id: int
    title: str


class Calls(NamedTuple):
    """Some calls, the newest first, and how many there are in all."""

    rows: tuple[Call, ...]
    total: int


def calls(
    session: Session,
    *,
    unit_ids: Sequence[int] | None = None,
    round_id: int | None = None,
    start: int = 0,
    limit: int = 50,
) -> Calls:
    """Give calls from the newest on, those of some units or one round if asked."""
    query = _which(unit_ids, round_id)
    # Every call is about an obligation of some unit and round: only what is asked for needs to be looked up.
    counted = query if unit_ids is not None or round_id is not None else select(Remark.id).where(_CALL)
    total = session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    rows = session.execute(query.order_by(Remark.at.desc(), Remark.id.desc()).offset(start).limit(limit))
    return Calls(tuple(Call(*row) for row in rows), total)


def _which(unit_ids: Sequence[int] | None, round_id: int | None) -> Select[Any]:
    query = (
        select(
            *(Remark.id, Remark.at, Remark.by, Remark.whom, Remark.reached, Remark.text),
            *(Obligation.id.label("obligation_id"), Obligation.unit_id, Unit.name.label("unit")),
            *(Obligation.round_id, Round.title),
        )
        .join(Obligation, Obligation.id == Remark.obligation_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(Round, Round.id == Obligation.round_id)
        .where(_CALL)
    )
    query = query if unit_ids is None else query.where(Obligation.unit_id.in_(unit_ids))
    return query if round_id is None else query.where(Obligation.round_id == round_id)
