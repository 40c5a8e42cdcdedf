"""Which rounds and stretches somebody has touched: they have begun, or something refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.moments import in_words
from .tables import Base, Cue, Round, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column
    from sqlalchemy.orm import Session

_OWN = {Cue.__tablename__}  # a round's cues are written with it


def touched(session: Session, model: type[Round | Stretch], ids: Sequence[int]) -> dict[int, str]:
    """Give those of these rows that somebody has touched, each with why in words."""
    begun, word = (Round.opened_at, "下达") if model is Round else (Stretch.begun_at, "开始")
    rows = session.execute(select(model.id, begun).where(model.id.in_(ids), begun.is_not(None)))
    found = {id_: f"已于{in_words(at)}{word}" for id_, at in rows if at is not None}
    for column in _referring(model.__tablename__):
        some = select(column).where(column.in_(ids)).distinct()
        for id_ in session.connection().execute(some).scalars():
            found.setdefault(id_, "已有会议、检查、名单等记录")
    return found


def _referring(table: str) -> list[Column[int]]:
    """Give every column of the book that refers to a table's rows, whatever tables are added later."""
    return [
        key.parent
        for one in Base.metadata.sorted_tables
        if one.name not in _OWN
        for key in one.foreign_keys
        if key.column.table.name == table
    ]
