"""The ladder as the clock drives it: the plans in which something climbs, and what was done, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..calendar.dates import local_day
from .agenda import Due
from .ladder import climb, series_due
from .sheet_rules import latest_plan

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "ladder"


def to_climb(session: Session, now: datetime, workdays: Workdays) -> list[Due]:
    """Give the plans in which something climbs or is to be settled; where nothing is, a few look-ups."""
    day = local_day(now).isoformat()
    plans = (latest_plan(session, series) for series in series_due(session, now, workdays))
    return [Due(WHAT, WHAT, f"逐级督办 · {plan.title}", plan.slug, "", day, now, plan.id) for plan in plans]


def climbed(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Climb in one plan, and say how many sheets that issued, drafted, closed and dropped."""
    done = climb(session, due.slug, now, means)
    said = [f"催办{done.issued}件"] if done.issued else []
    said += [f"拟制待签{done.drafted}件"] if done.drafted else []
    said += [f"办结{done.closed}件"] if done.closed else []
    said += [f"不再签发{done.dropped}件"] if done.dropped else []
    return "，".join(said) or None
