"""The time expressions of a sentence, by the table of patterns and a reader for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import read_days, read_lunar, read_recurring, read_relative
from .grammar import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .said import Time

_NO_TIME = re.compile(r"《[^》]*》|〔[^〕]*〕")
_READERS: Mapping[str, Callable[[re.Match[str]], Time | None]] = {
    "day": read_days.read_day,
    "span": read_days.read_span,
    "months": read_days.read_months,
    "until": read_days.read_until,
    "iso": read_days.read_iso,
    "year_end": read_days.read_year_end,
    "month_end": read_days.read_month_end,
    "day_only": read_days.read_day_only,
    "half_named": read_days.read_half_named,
    "year_each": read_recurring.read_year_each,
    "month_each": read_recurring.read_month_each,
    "week_each": read_recurring.read_week_each,
    "quarter_each": read_recurring.read_quarter_each,
    "half_each": read_recurring.read_half_each,
    "term_each": read_recurring.read_other_each,
    "quarter_named": read_days.read_quarter_named,
    "day_each": read_recurring.read_day_each,
    "other_each": read_recurring.read_other_each,
    "plain_each": read_recurring.read_plain_each,
    "after": read_relative.read_after,
    "ahead": read_relative.read_ahead,
    "same_day": read_relative.read_same_day,
    "vague": read_relative.read_vague,
    "lunar": read_lunar.read_lunar,
    "feasts": read_lunar.read_feasts,
    "feast": read_lunar.read_feast,
}


def times(plain: str) -> list[Time]:
    """Give the time expressions of a folded sentence, in order, none within a title 《》 or overlapping."""
    masked = _NO_TIME.sub(lambda found: "□" * len(found[0]), plain)
    found = sorted(_all(masked), key=lambda one: (one.start, -(one.end - one.start)))
    kept: list[Time] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _all(plain: str) -> Iterator[Time]:
    for name, pattern in RULES.items():
        for found in pattern.finditer(plain):
            if found.end() > found.start() and (made := _READERS[name](found)) is not None:
                yield made


def mask(plain: str, found: list[Time]) -> str:
    """Give a folded sentence with ◷ for each sign of its times and □ for its titles, every sign in place."""
    signs = list(_NO_TIME.sub(lambda one: "□" * len(one[0]), plain))
    for one in found:
        signs[one.start : one.end] = "◷" * (one.end - one.start)
    return "".join(signs)
