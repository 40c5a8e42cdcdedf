"""The rules of the trade once more, small and slow: what the book is held against, step by step.

Nothing here comes from the program: dates are counted by hand, and every rule is written as DESIGN §5 has it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
SECOND = timedelta(seconds=1)
STRETCH = timedelta(days=10)  # between the deadline and the lock
NOBODY_AT_FAULT = timedelta(seconds=120)  # by so much a clock may be behind
PLAN = """
slug: moxing
title: 示例检查方案
issuer: 示例镇人民政府
year: 2023
office: 镇综治岗
audiences:
  cun: {name: 各村, kinds: [村]}
  quan: {name: 各单位, kinds: [村, 部门]}
defaults:
  locks: due + 10 days
  reminders: [opens, due - 3 workdays, due, due + 1 workday]
duties:
  - {key: yuecha, name: 每月检查, kind: monthly, audience: cun, clause: 三, source: local, due: day 24}
  - {key: yuebao, name: 每月报表, kind: monthly, audience: quan, clause: 四, source: local, due: last day}
"""
DUTIES = {"yuecha": ("每月检查", {"村"}), "yuebao": ("每月报表", {"村", "部门"})}
Key = tuple[str, str, str]  # duty, period, unit's code


class Refused(Exception):
    """A move that is not lawful."""


@dataclass
class Unit:
    """A unit, from a day on and until another."""

    code: str
    name: str
    kind: str
    opened_on: date = date.min
    closed_on: date = date.max

    def there(self, day: date) -> bool:
        return self.opened_on <= day < self.closed_on


@dataclass(frozen=True)
class Round:
    """One duty in one month."""

    duty: str
    first: date

    @property
    def period(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        return f"{self.first.year}年{self.first.month}月 · {DUTIES[self.duty][0]}"

    @property
    def opens(self) -> datetime:
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def due(self) -> datetime:
        following = (self.first + timedelta(days=31)).replace(day=1)
        day = self.first.replace(day=24) if self.duty == "yuecha" else following - timedelta(days=1)
        return datetime.combine(day, time(23, 59, 59), SHANGHAI)

    @property
    def locks(self) -> datetime:
        return self.due + STRETCH


@dataclass
class Owed:
    """What one unit owes in one round, and how it stands."""

    of: Round
    unit: Unit
    due: datetime
    state: str = "owed"
    versions: int = 0
    nil: bool = False
    credited: datetime | None = None
    judged: bool = False
    correct_by: datetime | None = None
    keys: dict[str, bool] = field(default_factory=dict[str, bool])  # key of a report: whether it was nil

    @property
    def missing(self) -> bool:
        return self.state in {"owed", "returned"}

    @property
    def closes(self) -> datetime:
        more = [self.correct_by] if self.state == "returned" and self.correct_by else []
        return max(self.of.locks, self.due, *more)

    def submit(self, key: str, now: datetime, *, nil: bool) -> None:
        if key in self.keys:  # sent again: it is there
            if self.keys[key] is not nil:
                raise Refused
            return
        if self.state in {"accepted", "exempt"} or now > self.closes:
            raise Refused
        if self.credited is None or (not self.judged and now > self.due):
            self.credited = now
        self.state, self.nil, self.correct_by = "submitted", nil, None
        self.versions += 1
        self.keys[key] = nil

    def accept(self) -> None:
        if self.state != "submitted":
            raise Refused
        self.state, self.judged = "accepted", True

    def return_(self, now: datetime, correct_by: datetime | None, *, material: bool) -> None:
        late = correct_by is None and now > self.closes
        if self.state != "submitted" or late or (correct_by is not None and correct_by <= now):
            raise Refused
        self.state, self.correct_by, self.judged = "returned", correct_by, not material
        self.credited = None if material else self.credited

    def extend(self, now: datetime, until: datetime) -> None:
        if not self.missing or now > self.due or until <= self.due or until <= now:
            raise Refused
        self.due = until

    def exempt(self) -> None:
        if self.state in {"accepted", "exempt"}:
            raise Refused
        self.state = "exempt"

    def outcome(self, now: datetime) -> str:
        if self.state in {"exempt", "returned"}:
            return self.state
        if self.credited is None:
            return "missing" if now > self.due else "pending"
        if self.credited > self.due:
            return "late"
        if self.credited > self.of.due:
            return "extended"
        return "nil" if self.nil else "on_time"


@dataclass
class Model:
    """A township: its units, what is opened, and what of it is owed."""

    units: dict[str, Unit]
    adopted: dict[int, datetime] = field(default_factory=dict[int, datetime])  # by year
    opened: set[Round] = field(default_factory=set[Round])
    owed: dict[Key, Owed] = field(default_factory=dict[Key, Owed])

    def due_to_open(self, now: datetime) -> list[Round]:
        """Give the rounds that are to be open by ``now`` and are not."""
        all_rounds = [
            Round(duty, date(year, month, 1))
            for year in self.adopted
            for month in range(1, 13)
            for duty in DUTIES
        ]
        return [
            one
            for one in all_rounds
            if one.opens <= now and one.due >= self.adopted[one.first.year] and one not in self.opened
        ]

    def open(self, of: Round) -> None:
        """Let every unit that was there on its day owe it."""
        self.opened.add(of)
        for unit in self.units.values():
            if unit.kind in DUTIES[of.duty][1] and unit.there(of.first):
                self.owed[of.duty, of.period, unit.code] = Owed(of, unit, of.due)

    def check_end(self, unit: Unit, on: date, now: datetime) -> None:
        """Let a unit end on a day, today or later, if it does not end already."""
        if on < local(now).date() or unit.closed_on != date.max or on <= unit.opened_on:
            raise Refused

    def counts(self, now: datetime) -> dict[tuple[str, str], Counter[str]]:
        """Count the outcomes of each round that is open."""
        found = {(one.duty, one.period): Counter[str]() for one in self.opened}
        for one in self.owed.values():
            found[one.of.duty, one.of.period][one.outcome(now)] += 1
        return found


def local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)
