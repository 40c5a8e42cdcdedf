"""When a message that quiet hours and rest days may hold back is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

LATE_AFTER = timedelta(minutes=30)  # a message that could have left so long ago waits for nobody's good
# Gives when a message that is not urgent, and may leave from a moment on, really leaves.
Leaves = Callable[[datetime], datetime]
_SECOND = timedelta(seconds=1)
_LONGEST = timedelta(days=60)  # longer than any rest


def last_late(now: datetime, leaves: Leaves) -> datetime:
    """Give the latest moment (UTC) such that what may leave from then on is late at ``now`` if it is there.

    Rests do not count: who has had ten minutes before one has had them for nothing, and waits anew after it.
    """
    early, late = now - _LONGEST, now - LATE_AFTER
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        early, late = (middle, late) if _late_at(middle, leaves) < now else (early, middle)
    return early


def _late_at(ready: datetime, leaves: Leaves) -> datetime:
    begins = leaves(ready)
    late = begins + LATE_AFTER
    resumes = leaves(late)
    return late if resumes == late else resumes + LATE_AFTER
