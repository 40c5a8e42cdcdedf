"""Limits of the ladder, counted in workdays: when one ends, when the next rung is due, what is near.

Moments are aware; those given are in Asia/Shanghai. A limit ends with its day (DESIGN §5.2). Raises as
:class:`Workdays` does, for years that it does not know.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from ..obligations.ladder import following, order
from .dates import ZONE, local_day
from .phrases import END_OF_DAY

if TYPE_CHECKING:
    from datetime import date

    from ..obligations.words import Rung
    from .rules_ladder import LadderRules
    from .workdays import Workdays

SECOND = timedelta(seconds=1)


def limit_at(issued_at: datetime, days: int, workdays: Workdays) -> datetime:
    """Give the last second of the ``days``-th workday after the day of issue."""
    return _end_of(workdays.shift(local_day(issued_at), days))


def reached_at(limit: datetime, after: int, workdays: Workdays) -> datetime:
    """Give the first second at which a limit has passed by ``after`` whole workdays."""
    last = limit if after == 0 else _end_of(workdays.shift(local_day(limit), after))
    return last.astimezone(ZONE) + SECOND


def next_at(limit: datetime, rung: Rung, rules: LadderRules, workdays: Workdays) -> datetime | None:
    """Give when a sheet of this rung takes its matter further if it goes unmet; None at the ladder's end."""
    step = following(rules.rungs, order(rung))
    return None if step is None else reached_at(limit, step.after, workdays)


def passed_by(now: datetime, after: int, workdays: Workdays) -> datetime:
    """Give the latest limit that has passed by ``after`` whole workdays at ``now``.

    A limit at or before it has been reached as :func:`reached_at` says, and no later one has.
    """
    if after == 0:
        return now.astimezone(ZONE) - SECOND
    # The workdays between the limit and today, neither counted, are at least as many.
    return datetime.combine(workdays.shift(local_day(now), -after), time(), ZONE) - SECOND


def near_from(due: datetime, near: int, workdays: Workdays) -> datetime:
    """Give the first second of the day that is ``near`` workdays before the due day."""
    return datetime.combine(workdays.shift(local_day(due), -near), time(), ZONE)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, ZONE)
