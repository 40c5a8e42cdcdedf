"""Who owes each round of a year: the units of a roster by name, or, without one, each audience as one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..audiences import select
from ..dates import bounds, local_day
from ..rosters import nobody

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
    deadline and is not among the rounds. ``empty`` are the audiences that select nobody, as sentences.
    """

    names: Mapping[str, str]
    rounds: tuple[Owed, ...]
    by_name: bool
    empty: tuple[str, ...] = ()

    def alike(self) -> dict[tuple[int, ...], list[str]]:
        """Give the keys of those who owe the very same rounds, by the places of these in ``rounds``."""
        owed: dict[str, list[int]] = {key: [] for key in self.names}
        for place, one in enumerate(self.rounds):
            for key in one.who:
                owed[key].append(place)
        found: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
        for key, places in owed.items():
            found[tuple(places)].append(key)
        return found


def monday(day: date) -> date:
    """Give the Monday of the week that holds ``day``."""
    return bounds("week", day)[0]


def owing(years: Sequence[Year], roster: Roster | None) -> Owing:
    """Give who owes what in the years of one plan or several."""
    chosen, found = _Chosen(roster), list[Owed]()
    for year in years:
        for spec in year.rounds:
            # Asked without a deadline too: an audience of nobody is named, whatever it is to do.
            who = chosen.of(year, spec)
            if spec.due_at is not None:
                found.append(Owed(spec, spec.due_at, who))
    found.sort(key=lambda one: (one.due_at, one.spec.opens_at, one.spec.plan, one.spec.duty))
    empty = tuple(dict.fromkeys(chosen.empty.values()))
    return Owing(_names(years, roster, found), tuple(found), roster is not None, empty)


class _Chosen:
    """Whom audiences select, each asked once for as long as no unit comes or goes."""

    def __init__(self, roster: Roster | None) -> None:
        self.roster = roster
        units = roster.units if roster else ()
        self.days = sorted({day for unit in units for day in (unit.opened_on, unit.closed_on) if day})
        self.known: dict[tuple[str, str, int], tuple[str, ...]] = {}
        self.empty: dict[tuple[str, str], str] = {}

    def of(self, year: Year, spec: RoundSpec) -> tuple[str, ...]:
        """Give the keys of those who owe a round."""
        if self.roster is None:
            return (_key(spec.plan, spec.audience),)
        on = local_day(spec.opens_at)
        key = (spec.plan, spec.audience, bisect_right(self.days, on))
        if key not in self.known:
            units = select(year.plan.audiences[spec.audience], self.roster, on)
            self.known[key] = tuple(unit.code for unit in units)
            if not units:
                self.empty.setdefault(key[:2], nobody(year, spec, self.roster).message)
        return self.known[key]


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
