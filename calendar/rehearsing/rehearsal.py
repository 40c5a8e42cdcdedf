"""A year rehearsed: everything that a leader wants to know of it before signing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...obligations.errors import DubanError
from . import alike, burden, crowding, reminding, unsure
from .owing import owing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ...obligations.roster import Roster
    from ..expansion import Year
    from ..slots import QuietHours
    from ..workdays import Workdays
    from .alike import Alike
    from .burden import Burden
    from .crowding import Collision, Day, Sittings
    from .owing import Owed, Owing
    from .reminding import Reminded
    from .unsure import Unsure

MOST_BUDGET = 99


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a year will ask; weeks are named by their Monday.

    ``nobody`` are the audiences that select no unit of the roster: a plan with such is not adopted.
    """

    years: tuple[Year, ...]
    budget: int
    owing: Owing
    burdens: tuple[Burden, ...]
    received: dict[str, dict[date, int]]
    rest_days: tuple[Day, ...]
    before_holidays: tuple[Day, ...]
    collisions: tuple[Collision, ...]
    meetings: tuple[Sittings, ...]
    alike: tuple[Alike, ...]
    reminded: tuple[Reminded, ...]
    untold: tuple[str, ...]
    nobody: tuple[str, ...]
    unsure: Unsure

    @property
    def year(self) -> int:
        """Give the year."""
        return self.years[0].year

    @property
    def reports(self) -> int:
        """Give how many reports are asked for in the year: each round once for each who owes it."""
        return sum(len(one.who) for one in self.owing.rounds)

    @property
    def over(self) -> tuple[Burden, ...]:
        """Give those who owe more in some week than the budget."""
        return tuple(one for one in self.burdens if one.most > self.budget)

    @property
    def months(self) -> dict[tuple[int, int], tuple[Owed, ...]]:
        """Give the rounds by the year and month in which they are due."""
        found: dict[tuple[int, int], list[Owed]] = {}
        for one in self.owing.rounds:
            found.setdefault((one.day.year, one.day.month), []).append(one)
        return {month: tuple(some) for month, some in found.items()}


def rehearse(
    years: Sequence[Year],
    workdays: Workdays,
    roster: Roster | None,
    quiet: QuietHours,
    budget: int = burden.BUDGET,
) -> Rehearsal:
    """Rehearse the years of one plan or several together, all of one and the same year.

    ``budget`` is how many reports a unit may owe in one week. Raises :class:`DubanError` when it is none.
    """
    if not 1 <= budget <= MOST_BUDGET:
        raise DubanError(f"每个单位每周的上限应为 1 至 {MOST_BUDGET} 件，实际为 {budget}。")
    found = owing(years, roster)
    return Rehearsal(
        years=tuple(years),
        budget=budget,
        owing=found,
        burdens=burden.burdens(found),
        received=burden.received(found),
        rest_days=crowding.on_rest_days(found, workdays),
        before_holidays=crowding.before_holidays(found, workdays),
        collisions=crowding.collisions(found),
        meetings=crowding.meetings_on_one_day(found),
        alike=alike.alike(years, found),
        reminded=reminding.reminded(found, roster, workdays, quiet),
        untold=reminding.without_contact(found, roster),
        nobody=found.empty,
        unsure=unsure.unsure(years, workdays),
    )
