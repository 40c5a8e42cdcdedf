"""When a reminder may leave: quiet hours and rest days defer it, they never drop it (DESIGN §5.14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from .dates import ZONE

if TYPE_CHECKING:
    from .workdays import Workdays


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of Asia/Shanghai in which only urgent messages leave; they may cross midnight."""

    start: time = time(21)
    end: time = time(8)


@dataclass(frozen=True, slots=True)
class Slot:
    """The day on which a digest goes, and the moment before which it does not."""

    day: date
    not_before: datetime


def slot(at: datetime, workdays: Workdays, quiet: QuietHours, *, urgent: bool) -> Slot:
    """Give the first slot at or after ``at`` (any zone); an urgent one is ``at`` itself."""
    local = at.astimezone(ZONE)
    if urgent:
        return Slot(local.date(), local)
    at = awake(local, quiet)
    day = workdays.next_workday(at.date())
    return Slot(day, at if day == at.date() else _morning(day, quiet))


def slot_after(first: Slot, workdays: Workdays, quiet: QuietHours) -> Slot:
    """Give the morning of the first workday after a slot's day, for when that day's digest is gone."""
    day = workdays.next_workday(first.day + timedelta(days=1))
    return Slot(day, _morning(day, quiet))


def _morning(day: date, quiet: QuietHours) -> datetime:
    crosses = quiet.end <= quiet.start
    return datetime.combine(day, quiet.end if crosses else time(), ZONE)


def awake(local: datetime, quiet: QuietHours) -> datetime:
    """Move a moment of Asia/Shanghai that lies inside the quiet hours to their end."""
    clock = local.time()
    if quiet.start <= quiet.end:
        inside, ahead = quiet.start <= clock < quiet.end, 0
    else:
        inside, ahead = clock >= quiet.start or clock < quiet.end, 1 if clock >= quiet.start else 0
    return datetime.combine(local.date() + timedelta(days=ahead), quiet.end, ZONE) if inside else local
