"""What can become of a plan's rounds and stretches when the plan changes: the facts of a diff."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DATES = ("opens_at", "due_at", "locks_at", "starts_at", "ends_at", "provisional")
EDGES = ("starts_at", "ends_at", "provisional")


class Fate(StrEnum):
    """What becomes of a round, a phase or a window."""

    OPENS = "opens"
    MOVES = "moves"
    SETTLES = "settles"  # the same dates, no longer provisional
    REWORDED = "reworded"
    CLOSES = "closes"
    STAYS = "stays"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one round or stretch; ``row_id`` is none for what is not in the book yet.

    ``before`` and ``after`` hold the columns that differ (times aware), and as ``cues`` when it reminds.
    ``why`` says for what stays who has touched it, else why it changes. ``gains`` and ``loses`` are the
    numbers of units.
    """

    fate: Fate
    kind: str  # round, phase or window
    key: str
    title: str
    row_id: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str = ""
    gains: frozenset[int] = frozenset()
    loses: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()  # of whom it is asked afterwards


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What a revision would change in a year, in order of time.

    ``same`` is what nobody has touched and both revisions say alike.
    """

    slug: str
    title: str
    year: int
    revision: int
    to: int
    changes: tuple[Change, ...]
    same: tuple[Change, ...]

    def of(self, fate: Fate) -> tuple[Change, ...]:
        """Give the changes of one kind."""
        return tuple(one for one in self.changes if one.fate is fate)

    @property
    def nothing(self) -> bool:
        """Tell whether no date, word or unit would change."""
        return not any(one.fate is not Fate.STAYS for one in self.changes)


def fate_of(after: Mapping[str, Any]) -> Fate:
    """Give what becomes of a row of which these columns differ."""
    if set(after) == {"provisional"}:
        return Fate.SETTLES
    return Fate.MOVES if set(after) & set(DATES) else Fate.REWORDED
