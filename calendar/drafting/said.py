"""Times and days as a document says them, before any year is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["day", "span", "every", "after", "festival", "vague"]
Every = Literal["day", "week", "month", "quarter", "half", "year", "other"]
Said = Literal["", "this", "next", "last"]


@dataclass(frozen=True, slots=True)
class Day:
    """A day as said: ``day`` is 0 for a whole month, 31 for its end; ``month`` is 0 for a whole year."""

    month: int
    day: int
    year: int | None = None
    said: Said = ""
    clock: str = ""
    lunar: str = ""


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression and its place in the folded sentence.

    ``by`` says that it is a limit (前、内、底前). ``every`` and ``within`` serve recurrences: the day of each
    period. ``count``, ``unit`` and ``event`` serve what is reckoned from an event.
    """

    kind: Kind
    start: int
    end: int
    text: str
    by: bool = False
    first: Day | None = None
    last: Day | None = None
    every: Every | None = None
    within: str = ""
    also: tuple[str, ...] = ()
    count: int = 0
    unit: Literal["", "day", "workday", "hour", "week", "month", "minute"] = ""
    event: str = ""
