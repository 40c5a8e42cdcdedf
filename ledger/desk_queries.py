"""Small questions that pages of the office ask beside the large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from .tables import Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def unit_name(session: Session, unit_id: int) -> str:
    """Give what a unit is called."""
    return session.get_one(Unit, unit_id).name


def unit_kinds(session: Session) -> list[str]:
    """Give the kinds of units that there are."""
    return list(session.scalars(select(Unit.kind).distinct().order_by(Unit.kind)))
