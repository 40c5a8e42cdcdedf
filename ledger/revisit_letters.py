"""Which letters about revisits have nothing left to say as they leave (DESIGN §5.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from .tables import Revisit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

ABOUT = "revisit/"


def as_they_leave(session: Session, rows: Iterable[Row[Any]]) -> dict[int, None]:
    """Give the letters that have nothing left to say as they leave: the revisit was made, or is another's.

    A row has the message's id and about and its contact's unit_id.
    """
    mine = {
        row.id: (int(row.about.removeprefix(ABOUT)), row.unit_id)
        for row in rows
        if (row.about or "").startswith(ABOUT)
    }
    if not mine:
        return {}
    ids = {revisit for revisit, _ in mine.values()}
    open_ = select(Revisit.id, Revisit.visitor_id).where(Revisit.id.in_(ids), Revisit.found.is_(None))
    visitor = dict(session.execute(open_).tuples().all())
    return {id_: None for id_, (revisit, unit) in mine.items() if visitor.get(revisit) != unit}
