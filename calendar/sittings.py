"""When a meeting's notice leaves and when its minutes are due, in workdays around the sitting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..obligations.moments import END_OF_DAY
from .cues import CUE_TIME
from .dates import ZONE, local_day

if TYPE_CHECKING:
    from .workdays import Workdays

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


def notice_at(starts_at: datetime, days: int, due_at: datetime | None, workdays: Workdays) -> datetime:
    """Give when the notice leaves: so many workdays before the sitting, at 09:00 (Asia/Shanghai).

    Where the units' own matters for the agenda (due at ``due_at``) are due on that very day, it waits for
    them; but never to within an hour of the sitting.
    """
    day = workdays.shift(local_day(starts_at), -days)
    morning = datetime.combine(day, CUE_TIME, ZONE)
    if due_at is not None and local_day(due_at) == day:
        morning = max(morning, due_at.astimezone(ZONE) + _SECOND)
    return min(morning, starts_at.astimezone(ZONE) - _HOUR)


def minutes_due(ends_at: datetime, days: int, workdays: Workdays) -> datetime:
    """Give the last second at which minutes are in time: so many workdays after the sitting."""
    return datetime.combine(workdays.shift(local_day(ends_at), days), END_OF_DAY, ZONE)
