"""Who owes each round of a year: the units of a roster by name, or, without one, each audience as one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..audiences import select
from ..dates import bounds, local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from ...obligations.roster import Roster
    from ..expansion import RoundSpec, Year


@dataclass(frozen=True, slots=True)
class Owed:
    """A round with a deadline (Asia/Shanghai), and the keys of those who owe it, in the roster's order."""

    spec: RoundSpec
    due_at: datetime
    who: tuple[str, ...]

    @property
    def day(self) -> date:
        """Give the day on which it is due."""
        return local_day(self.due_at)

    @property
    def week(self) -> date:
        """Give the Monday of the week in which it is due."""
        return monday(self.day)


@dataclass(frozen=True, slots=True)
class Owing:
    """The rounds in the order of their deadlines, and the name of each who owes, by key.

    ``by_name`` tells units of a roster from audiences. What is only done when something happens has no
    deadline and is not among the rounds.
    """

    names: Mapping[str, str]
    rounds: tuple[Owed, ...]
    by_name: bool


def monday(day: date) -> date:
    """Give the Monday of the week that holds ``day``."""
    return bounds("week", day)[0]


def owing(years: Sequence[Year], roster: Roster | None) -> Owing:
    """Give who owes what in the years of one plan or several."""
    found = sorted(
        _by_unit(years, roster) if roster else _by_audience(years),
        key=lambda one: (one.due_at, one.spec.opens_at, one.spec.plan, one.spec.duty),
    )
    return Owing(_names(years, roster, found), tuple(found), roster is not None)


def _by_audience(years: Iterable[Year]) -> Iterator[Owed]:
    for year in years:
        for spec, due_at in _dated(year):
            yield Owed(spec, due_at, (_key(spec.plan, spec.audience),))


def _by_unit(years: Iterable[Year], roster: Roster) -> Iterator[Owed]:
    # Units come and go on few days; between two of them an audience selects the same.
    days = sorted({day for unit in roster.units for day in (unit.opened_on, unit.closed_on) if day})
    chosen: dict[tuple[str, str, int], tuple[str, ...]] = {}
    for year in years:
        for spec, due_at in _dated(year):
            on = local_day(spec.opens_at)
            key = (spec.plan, spec.audience, bisect_right(days, on))
            if key not in chosen:
                units = select(year.plan.audiences[spec.audience], roster, on)
                chosen[key] = tuple(unit.code for unit in units)
            yield Owed(spec, due_at, chosen[key])


def _dated(year: Year) -> Iterator[tuple[RoundSpec, datetime]]:
    return ((spec, spec.due_at) for spec in year.rounds if spec.due_at is not None)


def _names(years: Iterable[Year], roster: Roster | None, found: Iterable[Owed]) -> dict[str, str]:
    if roster is None:
        named = [
            (_key(year.plan.slug, key), one.name)
            for year in years
            for key, one in year.plan.audiences.items()
        ]
    else:
        named = [(unit.code, unit.name) for unit in roster.units]
    asked = {key for one in found for key in one.who}
    return {key: name for key, name in named if key in asked}


def _key(plan: str, audience: str) -> str:
    return f"{plan}/{audience}"
