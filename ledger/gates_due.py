"""Open gates, looked at again each day."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import func, literal_column, select

from ..calendar.dates import ZONE, local_day
from .agenda import Due
from .gates import check_again
from .tables import Gate, Stretch

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means


def to_check(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the phases and windows with an open gate that nobody has looked at today (Asia/Shanghai)."""
    today = datetime.combine(local_day(now), time(), ZONE)
    stale = (
        select(Gate.stretch_id, func.min(Gate.checked_at).label("at"))
        .where(Gate.state == literal_column("'open'"), Gate.checked_at < today)
        .group_by(Gate.stretch_id)
        .subquery()
    )
    rows = session.execute(
        select(Stretch, stale.c.at).join(stale, stale.c.stretch_id == Stretch.id).order_by(Stretch.id)
    )
    return [
        Due(
            "gates",
            one.kind,
            f"{one.year}年 · {one.name} · 阶段条件",
            one.slug,
            one.key,
            str(one.year),
            at,
            one.id,
        )
        for one, at in rows
    ]


def check(session: Session, one: Due, now: datetime, _means: Means) -> str | None:
    """Look again; gives what changed, None when nothing did."""
    return check_again(session, one.id, now)
