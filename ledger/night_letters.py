"""Which letters that ask for a night's roster have nothing left to say as they leave (DESIGN §5.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from .tables import NightRoster, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

ABOUT = "night-roster/"


def as_they_leave(session: Session, rows: Iterable[Row[Any]], now: datetime) -> dict[int, None]:
    """Give the letters that have nothing left to say as they leave: the roster is there, or the night.

    A row has the message's id and about and its contact's unit_id.
    """
    asking = [one for one in rows if one.about is not None and one.about.startswith(ABOUT)]
    if not asking:
        return {}
    rounds = {int(one.about.removeprefix(ABOUT)) for one in asking}
    begun = select(Round.id).where(Round.id.in_(rounds), Round.starts_at > now)
    wanted = {(id_, unit) for id_ in session.scalars(begun).all() for unit in lacking(session, id_)}
    return {one.id: None for one in asking if (int(one.about.removeprefix(ABOUT)), one.unit_id) not in wanted}


def lacking(session: Session, round_id: int) -> Sequence[int]:
    """Give the units that owe for a night and have named nobody who is on duty."""
    named = exists().where(NightRoster.obligation_id == Obligation.id)
    here = (Obligation.round_id == round_id, Obligation.state != "exempt", ~named)
    query = select(Obligation.unit_id).join(Unit, Unit.id == Obligation.unit_id).where(*here)
    return session.scalars(query.order_by(Obligation.unit_id)).all()
