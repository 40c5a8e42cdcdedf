"""When to try again: one minute, five, thirty, two hours, six hours, then a dead letter."""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Give the moment of the next attempt after `attempts` failed ones, or None for a dead letter.

    `now` is aware, and so is the result, in the same zone. Nothing tried yet means at once.
    """
    if attempts < 1:
        return now
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
