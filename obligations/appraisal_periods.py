"""The periods of an appraisal, and in which of them a thing counts, once and never again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from .moments import END_OF_DAY, SHANGHAI, whole_second

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["quarter", "half_year", "year"]
MONTHS: dict[Kind, int] = {"quarter": 3, "half_year": 6, "year": 12}
_NAMES = {"quarter": ("第一季度", "第二季度", "第三季度", "第四季度"), "half_year": ("上半年", "下半年")}
_LETTERS: dict[Kind, str] = {"quarter": "Q", "half_year": "H"}
MOST_MOVED = 40  # periods: what is put off for longer than that counts in the last of them


@dataclass(frozen=True, slots=True)
class Period:
    """One period; ``number`` counts in the year from 1. Days are local (Asia/Shanghai)."""

    kind: Kind
    year: int
    number: int = 1

    @property
    def code(self) -> str:
        """Give its code: ``2023``, ``2023-H1``, ``2023-Q3``."""
        letter = _LETTERS.get(self.kind)
        return f"{self.year}-{letter}{self.number}" if letter else str(self.year)

    @property
    def name(self) -> str:
        """Give its name in print: ``2023年上半年``."""
        names = _NAMES.get(self.kind)
        return f"{self.year}年{names[self.number - 1] if names else '度'}"

    @property
    def first(self) -> date:
        """Give its first day."""
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def last(self) -> date:
        """Give its last day."""
        return self.after().first - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        """Give its first second, in UTC."""
        return whole_second(datetime.combine(self.first, time(), SHANGHAI))

    @property
    def ends_at(self) -> datetime:
        """Give its last second, in UTC."""
        return whole_second(datetime.combine(self.last, END_OF_DAY, SHANGHAI))

    def after(self) -> Period:
        """Give the period that follows."""
        last = self.number * MONTHS[self.kind] == MONTHS["year"]
        return Period(self.kind, self.year + last, 1 if last else self.number + 1)


def of_year(kind: Kind, year: int) -> list[Period]:
    """Give the periods of a year."""
    return [Period(kind, year, number + 1) for number in range(MONTHS["year"] // MONTHS[kind])]


def of_code(code: str) -> Period:
    """Give the period of a code. Raises ValueError for what is none."""
    year, _, rest = code.partition("-")
    for kind, letter in _LETTERS.items():
        if rest.startswith(letter):
            return Period(kind, int(year), int(rest[1:]))
    if rest:
        raise ValueError(f"no period: {code}")
    return Period("year", int(year))


def holding(kind: Kind, at: datetime) -> Period:
    """Give the period in which a moment (any zone) lies."""
    local = at.astimezone(SHANGHAI)
    return Period(kind, local.year, (local.month - 1) // MONTHS[kind] + 1)


def counted_in(kind: Kind, first_due: datetime, due_as_of: Callable[[datetime], datetime]) -> Period:
    """Give the one period in which a thing counts: the first by whose end its limit, as then known, is past.

    ``first_due`` is its limit at the beginning, ``due_as_of(at)`` the limit as it was known at a moment. So
    what was put off beyond the period counts in a later one, and nothing counts twice.
    """
    here = holding(kind, first_due)
    for _ in range(MOST_MOVED):
        if due_as_of(here.ends_at) <= here.ends_at:
            break
        here = here.after()
    return here
