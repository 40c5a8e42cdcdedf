"""Resolves the dates of one round or stretch together, each after those that it is reckoned from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .checks import DATES
from .dates import Moment, resolve
from .faults import Fault, Place
from .phrases import MARKS, RuleError, parse
from .plan_base import When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .dates import Scope
    from .periods import Period
    from .plan import Duty, Plan, Variation
    from .workdays import Workdays

_FIRST_SECOND = ("opens", "starts")
_ORDER = (
    ("opens", "due", "截止早于下达"),
    ("due", "locks", "补报截止早于截止时间"),
    ("starts", "ends", "结束早于开始"),
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the plan and its place in the file."""

    when: When
    place: Place


def dates_of(plan: Plan, duty: Duty, period: Period, place: Place) -> dict[str, Dated]:
    """Give a duty's dates in one period: the period's own before the duty's, and these before the defaults.

    A duty without ``due`` is due when it ends, or else starts; an event-driven one then has no deadline.
    """
    locks = plan.defaults.locks if duty.kind != "event" else None
    found = dated({"locks": locks}, ("defaults",)) | dated(_named(duty), place)
    if period.vary in duty.vary:
        found |= dated(_named(duty.vary[period.vary]), (*place, "vary", period.vary))
    ending = next((name for name in ("ends", "starts") if name in found or name in period.scope.marks), None)
    if "due" not in found and ending and duty.kind != "event":
        found["due"] = Dated(When(on=ending), (*place, "due"))
    return found


def _named(one: Duty | Variation) -> dict[str, When | None]:
    return {name: getattr(one, name, None) for name in DATES}


def dated(named: Mapping[str, When | None], place: Place) -> dict[str, Dated]:
    """Give the dates that are there, each at its name below ``place``."""
    return {name: Dated(when, (*place, name)) for name, when in named.items() if when is not None}


def moments(
    dates: Mapping[str, Dated], scope: Scope, workdays: Workdays
) -> tuple[dict[str, Moment], list[Fault]]:
    """Give each named date in a scope, and what is wrong with those that are not given.

    A date may refer to another by its name, and to the scope's own mark of its own name (``starts: starts + 1
    day`` in a window). What is reckoned from the event, or from what is itself not given, is left out.
    """
    solver = _Solver(dict(dates), scope, workdays)
    solver.solve()
    return solver.done, solver.faults


def times(found: Mapping[str, Moment]) -> dict[str, datetime]:
    """Give moments in Asia/Shanghai: openings and starts at their first second, the rest at their last."""
    return {name: at.first() if name in _FIRST_SECOND else at.last() for name, at in found.items()}


def disorder(at: Mapping[str, datetime], dates: Mapping[str, Dated], place: Place, name: str) -> list[Fault]:
    """Give a fault for each date of ``name`` that comes before the one it should follow."""
    return [
        Fault(
            dates[late].place if late in dates else place,
            f"{name}{words}",
            f"不早于{at[early]:%Y-%m-%d %H:%M}",
            f"{at[late]:%Y-%m-%d %H:%M}",
        )
        for early, late, words in _ORDER
        if early in at and late in at and at[late] < at[early]
    ]


class _Solver:
    def __init__(self, waiting: dict[str, Dated], scope: Scope, workdays: Workdays) -> None:
        self.waiting = waiting
        self.scope = scope
        self.workdays = workdays
        self.done: dict[str, Moment] = {}
        self.missing: set[str] = {"event"} - set(scope.marks)
        self.faults: list[Fault] = []

    def solve(self) -> None:
        while self.waiting:
            name = next((name for name in self.waiting if not self._must_wait(name)), None)
            if name is None:
                self.faults.append(self._circle())
                return
            self._settle(name, self.waiting.pop(name))

    def _needs(self, name: str) -> str | None:
        return parse(self.waiting[name].when.on).needs

    def _must_wait(self, name: str) -> bool:
        needs = self._needs(name)
        return needs in self.waiting and not (needs == name and name in self.scope.marks)

    def _settle(self, name: str, dated: Dated) -> None:
        rule = parse(dated.when.on)
        if rule.needs in self.missing:
            self.missing.add(name)
            return
        scope = replace(self.scope, marks={**self.scope.marks, **self.done})
        try:
            self.done[name] = resolve(rule, scope, self.workdays, dated.when.roll)
        except RuleError as wrong:
            self.missing.add(name)
            self.faults.append(fault_of(wrong, dated.place, dated.when.on))

    def _circle(self) -> Fault:
        chain = [next(iter(self.waiting))]
        while (needs := self._needs(chain[-1]) or "") not in chain:
            chain.append(needs)
        chain = chain[chain.index(needs) :]
        words = "→".join(f"{MARKS.get(name, name)} {name}" for name in [*chain, chain[0]])
        dated = self.waiting[chain[0]]
        expected = "其中一个写成不靠另一个推算的日期"
        return Fault(dated.place, f"日期互相推算，算不出来：{words}", expected, f"“{dated.when.on}”")


def fault_of(wrong: RuleError, place: Place, phrase: str) -> Fault:
    """Give a phrase that names no moment as a fault at its place."""
    return Fault(place, str(wrong), wrong.expected, f"“{phrase}”", wrong.hint)
