"""Event reports that must reach somebody at once: how long they wait to be heard, and how often. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from .moments import whole_second
from .words import Word

MOST = 3  # times that one event is told; after that the desk must telephone


class AlertState(Word):
    """Whether anybody has taken note of an event, as of a moment."""

    WAITING = "waiting", "等候签收"
    UNHEARD = "unheard", "无人签收"
    HEARD = "heard", "已签收"


def again_at(told_at: datetime, minutes: int, sent: int) -> datetime | None:
    """Give when an event that was told for the ``sent``-th time is told again if nobody hears; else None."""
    return whole_second(told_at) + timedelta(minutes=minutes) if sent < MOST else None


def standing(at: datetime, minutes: int, now: datetime, *, heard: bool) -> AlertState:
    """Give how an event first told ``at`` stands at ``now``; both are aware."""
    if heard:
        return AlertState.HEARD
    late = whole_second(now) >= whole_second(at) + timedelta(minutes=minutes)
    return AlertState.UNHEARD if late else AlertState.WAITING
