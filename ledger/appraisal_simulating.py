"""Trying a set of rules on a year of the book before it is adopted: who would have had how many points."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.appraisal import appraise
from ..obligations.appraisal_periods import Period, of_year
from .appraisal_evidence import evidence
from .appraisal_sets import adopted, kind_in
from .appraising import appraised, closing
from .tables import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from ..obligations.appraisal import Result
    from ..obligations.appraisal_rules import Band
    from .appraisal_sets import RulesText


class Move(NamedTuple):
    """By how much one item, bonus or veto changes, and what it comes to under the new rules."""

    name: str
    change: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class Tried:
    """One unit under the old rules, if there were any, and the new; what moves, the largest first."""

    unit_id: int
    code: str
    unit: str
    old: Result | None
    new: Result
    moves: tuple[Move, ...]

    @property
    def change(self) -> Decimal | None:
        """Give by how much its points change; None without old rules."""
        return None if self.old is None else self.new.total - self.old.total

    @property
    def regraded(self) -> bool:
        """Tell whether it would get another grade."""
        return self.old is not None and self.old.grade is not self.new.grade


class Spread(NamedTuple):
    """How results are spread: units by grade, the lowest, the middle and the highest total."""

    grades: Mapping[Band, int]
    lowest: Decimal
    middle: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True)
class Trial:
    """One period tried: the book as of when (UTC), the units by code, and how old and new are spread."""

    period: Period
    as_of: datetime
    units: tuple[Tried, ...]

    @property
    def old(self) -> Spread | None:
        """Give how the results under the old rules are spread; None where there were none."""
        return _spread([one.old for one in self.units if one.old])

    @property
    def new(self) -> Spread | None:
        """Give how the results under the new rules are spread; None where there are no units."""
        return _spread([one.new for one in self.units])


def simulate(
    session: Session, slug: str, text: RulesText, year: int, now: datetime, workdays: Workdays
) -> list[Trial]:
    """Try a set on the periods of a year that have begun by ``now``, as if in force all along.

    Nothing is written. The old rules are those adopted, where they have the same periods.
    """
    sets = adopted(session, slug)
    old = [one.pure for one in sets] if kind_in(sets, year) == text.rules.period else []
    periods = [one for one in of_year(text.rules.period, year) if one.starts_at <= now]
    names = {row.id: (row.code, row.name) for row in session.execute(select(Unit.id, Unit.code, Unit.name))}
    trials: list[Trial] = []
    for period in periods:
        as_of = min(closing(period, text, workdays), now)
        found = evidence(session, slug, period, as_of)
        units = [unit for unit in appraised(session, slug, text, period) if unit in found]
        new = [text.from_day(date.min)]
        tried = (
            _tried(unit, names[unit], appraise(old, period, found[unit]), appraise(new, period, found[unit]))
            for unit in units
        )
        trials.append(Trial(period, as_of, tuple(one for one in tried if one)))
    return trials


def _tried(unit: int, named: tuple[str, str], old: Result | None, new: Result | None) -> Tried | None:
    return None if new is None else Tried(unit, *named, old, new, _moves(old, new) if old else ())


def _moves(old: Result, new: Result) -> tuple[Move, ...]:
    before, after = _by_item(old), _by_item(new)
    names = {line.item: line.name for result in (old, new) for line in result.lines}
    moves = [
        Move(name, after[key] - before[key], after[key])
        for key, name in names.items()
        if after[key] != before[key]
    ]
    return tuple(sorted(moves, key=lambda one: -abs(one.change)))


def _by_item(result: Result) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in result.lines:
        sums[line.item] += line.points
    return sums


def _spread(results: Sequence[Result]) -> Spread | None:
    if not results:
        return None
    totals = sorted(one.total for one in results)
    half = len(totals) // 2
    middle = totals[half] if len(totals) % 2 else (totals[half - 1] + totals[half]) / 2
    return Spread(Counter(one.grade for one in results), totals[0], middle, totals[-1])
