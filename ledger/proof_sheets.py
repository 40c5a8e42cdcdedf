"""Holds the state of each sheet against what was done to it, which the journal repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, select

from ..obligations.words import SheetState
from .tables import Sheet

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ENDED = and_(Sheet.withdrawn_at.is_not(None), Sheet.number.is_not(None))
_FOLLOWS = case(
    (_ENDED, str(SheetState.WITHDRAWN)),
    (Sheet.withdrawn_at.is_not(None), str(SheetState.DROPPED)),
    (Sheet.closed_at.is_not(None), str(SheetState.CLOSED)),
    (Sheet.number.is_not(None), str(SheetState.ISSUED)),
    else_=str(SheetState.DRAFT),
)


def states(session: Session) -> str | None:
    """Give the first sheet whose state does not follow from its number, its close and its withdrawal."""
    query = select(Sheet.id, Sheet.state, _FOLLOWS.label("follows")).where(Sheet.state != _FOLLOWS)
    row = session.execute(query.order_by(Sheet.id).limit(1)).first()
    if row is None:
        return None
    return (
        f"{row.id}号督办文书的状态记为“{SheetState(row.state).zh}”，"
        f"与办理情况（{SheetState(row.follows).zh}）不符"
    )
