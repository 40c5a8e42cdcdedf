"""The rules of an appraisal (目标考核) as facts: what counts, for how many points, by which clause.

Points are exact decimals. A set is in force from a day on until the next one is; what a round or a finding
opened under stays with it (DESIGN.md §5.13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from .words import Rung, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

NOUGHT = Decimal(0)


class Fate(Word):
    """How an obligation counts when points are given."""

    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "漏报"


class Slip(Word):
    """What is taken off for a finding (隐患)."""

    LATE = "late", "逾期整改"
    OPEN = "open", "到期未整改"
    REOPENED = "reopened", "复发"


class Band(Word):
    """The grade that the points come to."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    QUALIFIED = "qualified", "合格"
    FAILED = "failed", "不合格"


class Spur(Word):
    """For what a bonus is given: what the office enters, or what the record shows by itself."""

    ENTERED = "entered", "由办公室登记"
    NO_OVERDUE = "no_overdue", "全期无逾期"
    ALL_RECTIFIED = "all_rectified", "隐患全部按期整改"


@dataclass(frozen=True, slots=True)
class Item:
    """One item: it begins at ``base``, gains and loses, ends between ``floor`` and ``points``; × ``weight``.

    ``duties`` are those that count; none named means all. Every price is nought or more.
    """

    key: str
    name: str
    clause: str
    points: Decimal
    base: Decimal
    floor: Decimal = NOUGHT
    weight: Decimal = Decimal(1)
    duties: frozenset[str] = frozenset()
    on_time: Decimal = NOUGHT
    late: Decimal = NOUGHT
    missing: Decimal = NOUGHT
    returned: Decimal = NOUGHT
    findings: Mapping[Slip, Decimal] = field(default_factory=dict[Slip, Decimal])
    sheets: Mapping[Rung, Decimal] = field(default_factory=dict[Rung, Decimal])

    def __post_init__(self) -> None:
        """Refuse an item that could end below its floor or above its points before anything has happened."""
        if not NOUGHT <= self.floor <= self.base <= self.points:
            raise ValueError(f"{self.key}: 0 <= floor <= base <= points")

    def counts(self, duty: str) -> bool:
        """Tell whether a duty counts here."""
        return not self.duties or duty in self.duties


@dataclass(frozen=True, slots=True)
class Bonus:
    """What is added on top, ``points`` at most altogether."""

    key: str
    name: str
    clause: str
    points: Decimal
    spur: Spur = Spur.ENTERED


@dataclass(frozen=True, slots=True)
class Veto:
    """A cause that fails a unit whatever its points (一票否决)."""

    key: str
    name: str
    clause: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One set of rules, in force from the local day ``since``; ``digest`` names it.

    ``bands`` gives the points from which each grade but the last is reached.
    """

    since: date
    digest: str
    items: tuple[Item, ...]
    bands: Mapping[Band, Decimal]
    bonuses: tuple[Bonus, ...] = ()
    bonus_most: Decimal = NOUGHT
    vetoes: tuple[Veto, ...] = ()

    @property
    def maximum(self) -> Decimal:
        """Give the full marks, bonuses not counted."""
        return sum((item.points * item.weight for item in self.items), NOUGHT)

    def grade(self, total: Decimal, *, vetoed: bool) -> Band:
        """Give the grade of a total."""
        if vetoed:
            return Band.FAILED
        reached = (band for band in Band if band in self.bands and total >= self.bands[band])
        return next(reached, Band.FAILED)

    def item(self, key: str) -> Item | None:
        """Give the item of a key."""
        return next((item for item in self.items if item.key == key), None)

    def bonus(self, key: str) -> Bonus | None:
        """Give the bonus of a key."""
        return next((bonus for bonus in self.bonuses if bonus.key == key), None)

    def veto(self, key: str) -> Veto | None:
        """Give the veto of a key."""
        return next((veto for veto in self.vetoes if veto.key == key), None)


def in_force(sets: Sequence[RuleSet], day: date) -> RuleSet | None:
    """Give the set in force on a local day; None before the first."""
    return max((one for one in sets if one.since <= day), key=lambda one: one.since, default=None)


def frame(sets: Sequence[RuleSet], first: date, last: date) -> RuleSet | None:
    """Give the set that says what a period is out of: in force as it begins, or else the first within it.

    Its items, floors, weights, bonuses, vetoes and grades are the period's; a set that comes later only says
    what things opened under it cost. None when there were no rules in the period.
    """
    coming = (one for one in sets if first < one.since <= last)
    return in_force(sets, first) or min(coming, key=lambda one: one.since, default=None)


def points_text(points: Decimal) -> str:
    """Give points as people write them, exactly: ``2``, ``0.5``, ``-1.25``."""
    text = format(points, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def signed_text(points: Decimal) -> str:
    """Give points with their sign, for what is added or taken off: ``+2``, ``-0.5``."""
    return f"+{points_text(points)}" if points > 0 else points_text(points)
