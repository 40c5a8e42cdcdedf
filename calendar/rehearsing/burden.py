"""What is owed in each week: by each unit, against a budget, and to each office that receives it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from .owing import Owed, Owing

# Reports that a unit may be asked for in one week. No document gives a number; this one is ours, and whoever
# adopts a plan may choose another. The three shipped plans keep to it but for a few weeks (基层减负).
BUDGET = 3


@dataclass(frozen=True, slots=True)
class Burden:
    """What some units owe over the year, each of them the very same; weeks are named by their Monday."""

    names: tuple[str, ...]
    rounds: tuple[Owed, ...]
    weeks: Mapping[date, tuple[Owed, ...]]

    @property
    def total(self) -> int:
        """Give how many reports each of them owes in the year."""
        return len(self.rounds)

    @property
    def most(self) -> int:
        """Give how many reports each owes in its heaviest week."""
        return max((len(some) for some in self.weeks.values()), default=0)

    @property
    def heaviest(self) -> date | None:
        """Give the first of the heaviest weeks."""
        return next((week for week, some in self.weeks.items() if len(some) == self.most), None)

    def over(self, budget: int) -> dict[date, tuple[Owed, ...]]:
        """Give the weeks in which more is owed than the budget, with what is owed."""
        return {week: some for week, some in self.weeks.items() if len(some) > budget}


def burdens(owing: Owing) -> tuple[Burden, ...]:
    """Give what each owes, the heaviest first; those who owe the same are one."""
    found = list[Burden]()
    for places, keys in owing.alike().items():
        rounds = tuple(owing.rounds[place] for place in places)
        found.append(Burden(tuple(owing.names[key] for key in keys), rounds, by_week(rounds)))
    return tuple(sorted(found, key=lambda one: (-one.most, -one.total)))


def by_week(rounds: Iterable[Owed]) -> dict[date, tuple[Owed, ...]]:
    """Give rounds by the week in which they are due, in the order of weeks."""
    found: defaultdict[date, list[Owed]] = defaultdict(list)
    for one in rounds:
        found[one.week].append(one)
    return {week: tuple(found[week]) for week in sorted(found)}


def received(owing: Owing) -> dict[str, dict[date, int]]:
    """Give how many reports come in each week to each who receives any, the one with the most first."""
    found: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for one in owing.rounds:
        found[one.spec.receiver][one.week] += len(one.who)
    most_first = sorted(found.items(), key=lambda one: -one[1].total())
    return {receiver: dict(sorted(weeks.items())) for receiver, weeks in most_first}
