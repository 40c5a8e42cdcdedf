"""Duties that ask the same thing twice: of the same units, at nearly the same time, in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from .wording import Words, shared_fields, shared_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..expansion import Year
    from ..plan import Duty, Plan
    from .owing import Owed, Owing

_NEAR = 10  # days between two deadlines that one report could serve
_HALF = 0.5
_FEWEST_FIELDS = 2
# Measured on the three shipped plans: two duties about different things stay below 0.43.
_SAME_WORDS = 0.45
_MOST_WORDS = 4


class Asked(NamedTuple):
    """A duty, the plan it is of, and its rounds of the year."""

    plan: Plan
    duty: Duty
    rounds: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two duties of which the first could go into the second, and what makes them alike.

    ``fields`` are the labels that both forms have, ``words`` what both say; ``saved`` is how many reports
    fewer the merge would ask for in the year. ``into`` are the rounds of the second that would serve both.
    """

    one: Asked
    other: Asked
    fields: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    into: tuple[Owed, ...]
    saved: int

    @property
    def year(self) -> int:
        """Give the year."""
        return self.one.rounds[0].spec.year

    @property
    def receivers(self) -> tuple[str, ...]:
        """Give who receives the two, each once: two offices must first agree which of them does."""
        return tuple(dict.fromkeys(one.rounds[0].spec.receiver for one in (self.one, self.other)))

    @property
    def proposal(self) -> str:
        """Give the merge that is proposed, as a sentence."""
        kinds = self.one.duty.kind, self.other.duty.kind
        name, kept = self.one.duty.name, self.other.duty.name
        if kinds[0] == kinds[1]:
            return f"建议“{name}”与“{kept}”合成一张表，一次报送，全年少报{self.saved}件。"
        periods = (one.spec.title.partition(" · ")[0] for one in self.into)
        when = "、".join(dict.fromkeys(one.removeprefix(f"{self.year}年") or "全年" for one in periods))
        return f"建议“{name}”不另报，填报项并入“{kept}”（{when}），全年少报{self.saved}件。"


def alike(years: Sequence[Year], owing: Owing) -> tuple[Alike, ...]:
    """Give the pairs of duties that ask the same, in the order of the plans."""
    asked = _asked(years, owing)
    words = Words(one.duty for one in asked)
    found = (_compare(one, other, words, owing) for one, other in combinations(asked, 2))
    return tuple(one for one in found if one is not None)


def _asked(years: Sequence[Year], owing: Owing) -> list[Asked]:
    rounds: dict[tuple[str, str], list[Owed]] = {}
    for one in owing.rounds:
        if one.who:
            rounds.setdefault((one.spec.plan, one.spec.duty), []).append(one)
    return [
        Asked(year.plan, duty, tuple(rounds[year.plan.slug, duty.key]))
        for year in years
        for duty in year.plan.duties
        if (year.plan.slug, duty.key) in rounds
    ]


def _compare(one: Asked, other: Asked, words: Words, owing: Owing) -> Alike | None:
    # What is asked less often goes into what is asked more often.
    if len(one.rounds) > len(other.rounds):
        one, other = other, one
    if not _same_units(one, other, by_name=owing.by_name):
        return None
    fields = shared_fields(one.duty.form, other.duty.form)
    smaller = min(len(one.duty.form), len(other.duty.form))
    same_form = len(fields) >= max(_FEWEST_FIELDS, smaller * _HALF)
    if not same_form and words.likeness(one.duty, other.duty) < _SAME_WORDS:
        return None
    near = [(mine, twin) for mine in one.rounds if (twin := _nearest(mine, other.rounds)) is not None]
    if len(near) < len(one.rounds) * _HALF:
        return None
    saved = sum(len(set(mine.who) & set(twin.who)) if owing.by_name else 1 for mine, twin in near)
    said = shared_words(one.duty, other.duty)[:_MOST_WORDS]
    return Alike(one, other, tuple(fields), tuple(said), tuple(twin for _, twin in near), saved)


def _nearest(mine: Owed, others: Sequence[Owed]) -> Owed | None:
    """Give the round whose deadline is nearest, if it is near enough."""
    twin = min(others, key=lambda one: abs(one.due_at - mine.due_at))
    return twin if abs((twin.day - mine.day).days) <= _NEAR else None


def _same_units(one: Asked, other: Asked, *, by_name: bool) -> bool:
    a, b = (_units(asked, by_name=by_name) for asked in (one, other))
    return len(a & b) > _HALF * min(len(a), len(b))


def _units(asked: Asked, *, by_name: bool) -> set[str]:
    """Give the units that a duty asks; without a roster, the kinds and names by which it chooses them."""
    if by_name:
        return {key for one in asked.rounds for key in one.who}
    audiences = [asked.plan.audiences[one.spec.audience] for one in asked.rounds]
    return {name for one in audiences for name in (*one.kinds, *one.tags, *one.units)}
