"""Deadlines on bad days: on a rest day, just before a holiday, several on one day; meetings on one day."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ..dates import local_day
from ..workdays import DayKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ..expansion import RoundSpec
    from ..workdays import Workdays
    from .owing import Owed, Owing

_DAY = timedelta(days=1)
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Day:
    """A day and what is due on it; ``said`` is what kind of day it is, or the holiday that follows."""

    day: date
    said: str
    rounds: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """A day on which ``units`` units owe more than one report, ``most`` of them the unit that owes most."""

    day: date
    rounds: tuple[Owed, ...]
    units: int
    most: int


@dataclass(frozen=True, slots=True)
class Sittings:
    """A day on which several meetings are held, in the order of their beginning."""

    day: date
    meetings: tuple[RoundSpec, ...]


def on_rest_days(owing: Owing, workdays: Workdays) -> tuple[Day, ...]:
    """Give the rest days on which something is due; a weekend that is worked is none."""
    return tuple(
        Day(day, workdays.name(day) or workdays.kind(day).label, tuple(some))
        for day, some in _by_day(owing.rounds).items()
        if not workdays.is_workday(day)
    )


def before_holidays(owing: Owing, workdays: Workdays) -> tuple[Day, ...]:
    """Give the days on which something is due that are the last workday before a holiday."""
    return tuple(
        Day(day, holiday, tuple(some))
        for day, some in _by_day(owing.rounds).items()
        if (holiday := _ahead(day, workdays))
    )


def _ahead(day: date, workdays: Workdays) -> str:
    """Give the holiday that lies between a workday and the next one; empty for none, or for a rest day."""
    if not workdays.is_workday(day):
        return ""
    ahead = day + _DAY
    while not workdays.is_workday(ahead):
        if workdays.kind(ahead) is DayKind.HOLIDAY:
            return workdays.name(ahead) or ""
        ahead += _DAY
    return ""


def collisions(owing: Owing) -> tuple[Collision, ...]:
    """Give the days on which some unit owes several reports, with those that meet on it."""
    return tuple(found for some in _by_day(owing.rounds).values() if (found := _collision(some)))


def _collision(rounds: list[Owed]) -> Collision | None:
    asked = Counter(key for one in rounds for key in one.who)
    several = {key for key, count in asked.items() if count >= _SEVERAL}
    if not several:
        return None
    meeting = tuple(one for one in rounds if not several.isdisjoint(one.who))
    return Collision(meeting[0].day, meeting, len(several), max(asked.values()))


def meetings_on_one_day(owing: Owing) -> tuple[Sittings, ...]:
    """Give the days on which the office calls more than one meeting."""
    found: defaultdict[date, list[RoundSpec]] = defaultdict(list)
    for one in owing.rounds:
        if called(one.spec) and one.spec.starts_at is not None:
            found[local_day(one.spec.starts_at)].append(one.spec)
    several = {day: sorted(some, key=_begins) for day, some in found.items() if len(some) >= _SEVERAL}
    return tuple(Sittings(day, tuple(several[day])) for day in sorted(several))


def called(spec: RoundSpec) -> bool:
    """Tell whether a round is a meeting that the office calls, not one that each unit holds for itself."""
    return spec.meeting is not None and spec.meeting.convened == "office" and spec.starts_at is not None


def _begins(spec: RoundSpec) -> str:
    return spec.starts_at.isoformat() if spec.starts_at else ""


def _by_day(rounds: Iterable[Owed]) -> dict[date, list[Owed]]:
    found: defaultdict[date, list[Owed]] = defaultdict(list)
    for one in rounds:
        if one.who:
            found[one.day].append(one)
    return {day: found[day] for day in sorted(found)}
