"""Event reports that must reach somebody at once: how long they wait to be heard, and how often. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from .moments import whole_second
from .words import Word

MOST = 3  # times that one event is told; after that the desk must telephone


class AlertState(Word):
    """Whether those who were told have taken note of an event, as of a moment."""

    WAITING = "waiting", "等候签收"
    UNHEARD = "unheard", "无人签收"
    PARTLY = "partly", "部分签收"
    HEARD = "heard", "已签收"


def again_at(told_at: datetime, minutes: int, sent: int) -> datetime | None:
    """Give when an event told for the ``sent``-th time is told again to who has not heard; else None."""
    return whole_second(told_at) + timedelta(minutes=minutes) if sent < MOST else None


def standing(at: datetime, minutes: int, now: datetime, *, heard: int, units: int) -> AlertState:
    """Give how an event first told ``at`` to ``units`` stands at ``now``, when ``heard`` of them have heard.

    Both moments are aware. One unit that has heard answers for no other: each has its part to do.
    """
    if heard:
        return AlertState.HEARD if heard >= units else AlertState.PARTLY
    late = whole_second(now) >= whole_second(at) + timedelta(minutes=minutes)
    return AlertState.UNHEARD if late else AlertState.WAITING
