"""Holds the day by which the next visit is due against the visits, which the journal repeats."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.moments import whole_second
from ..obligations.watching import next_visit
from .tables import Visit, Watched

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def visits(session: Session) -> str | None:
    """Give the first watched entry whose next visit is not when its visits say; None when all are."""
    made: defaultdict[int, list[tuple[date, bool]]] = defaultdict(list)
    for watched_id, at, seen in session.execute(
        select(Visit.watched_id, Visit.at, Visit.seen).order_by(Visit.watched_id, Visit.id)
    ):
        made[watched_id].append((local_day(at), seen))
    columns = (Watched.id, Watched.made_at, Watched.every, Watched.visit_by)
    for id_, made_at, every, by in session.execute(select(*columns).order_by(Watched.id)):
        if whole_second(next_visit(local_day(made_at), made[id_], every)) != by:
            return f"{id_}号重点对象的回访期限与回访记录不符，被改动过"
    return None
