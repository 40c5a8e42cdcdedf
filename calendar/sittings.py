"""When a meeting's notice leaves, when its minutes are due, and when what it decided is reminded of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..obligations.moments import END_OF_DAY
from .cues import CUE_TIME, CueSpec, cues
from .dates import ZONE, Moment, local_day
from .periods import whole_year
from .plan import Reminder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .workdays import Workdays

_USUAL = ("due - 3 workdays", "due", "due + 1 workday")
_HOUR = timedelta(hours=1)


def notice_at(starts_at: datetime, days: int, due_at: datetime | None, workdays: Workdays) -> datetime:
    """Give when the notice leaves: so many workdays before the sitting, at 09:00 (Asia/Shanghai).

    Where the units' own matters for the agenda (due at ``due_at``) are due at an hour of that very day, it
    waits for them; but never to within an hour of the sitting.
    """
    day = workdays.shift(local_day(starts_at), -days)
    morning = datetime.combine(day, CUE_TIME, ZONE)
    due = due_at.astimezone(ZONE) if due_at else morning
    if due.date() == day and due.time() != END_OF_DAY:
        morning = max(morning, due)
    return min(morning, starts_at.astimezone(ZONE) - _HOUR)


def minutes_due(ends_at: datetime, days: int, workdays: Workdays) -> datetime:
    """Give the last second at which minutes are in time: so many workdays after the sitting."""
    return datetime.combine(workdays.shift(local_day(ends_at), days), END_OF_DAY, ZONE)


def decision_cues(
    reminders: Sequence[Reminder], opens_at: datetime, due_at: datetime, workdays: Workdays
) -> tuple[CueSpec, ...]:
    """Give when a decision is reminded of: as it is made, and by the plan's own reminders, or the usual ones.

    Those that name no moment of it are left out, and so are those that would come before it was made.
    """
    opens, due = (_moment(at) for at in (opens_at, due_at))
    scope = replace(whole_year(opens.day.year), marks={"opens": opens, "due": due})
    chosen = [Reminder(at="opens"), *(reminders or map(_reminder, _USUAL))]
    found, _ = cues([((), one) for one in chosen], scope, workdays, urgent=False)
    return found


def _moment(at: datetime) -> Moment:
    local = at.astimezone(ZONE)
    clock = local.time()
    return Moment(local.date(), None if clock == END_OF_DAY else clock)


def _reminder(phrase: str) -> Reminder:
    return Reminder(at=phrase)
