"""A title broken into lines: whole words, balanced, as the standard asks (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from .wording import width

_AFTER: Final = frozenset("的和、，》”）】　")
_BEFORE: Final = frozenset("《“（【")
_NEVER_FIRST: Final = frozenset("》”）】、，。：；！？%年月日号的")
_NEVER_LAST: Final = frozenset("《“（【〔")
_OPEN, _CLOSE = "《“（【〔", "》”）】〕"
_INSIDE = 60.0
_ANYWHERE = 30.0
_NEVER = 100_000.0


def title_lines(title: str, most: int) -> list[str]:
    """Break a title into as few lines as fit, of at most ``most`` characters each, near in length.

    Lines end after 的 or a mark where they can, before a title in 《》 or else anywhere but inside a number.
    A title that has line ends already keeps them.
    """
    if "\n" in title:
        return title.split("\n")
    fewest = math.ceil(width(title) / most)
    tried = (_best(title, count, most) for count in range(fewest, len(title) + 1))
    ends = next(filter(None, tried), (len(title),))
    return [title[start:end].strip() for start, end in pairwise([0, *ends])] or [title]


@lru_cache(maxsize=512)  # thousands of papers share a few titles
def _best(title: str, count: int, most: int) -> tuple[int, ...]:
    """Give where the lines end, by the least sum of what is bad about them; nothing when they do not fit."""
    aim, length, prices = width(title) / count, len(title), _prices(title)

    @cache
    def from_here(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 0:
            return (0.0, ()) if start == length else (math.inf, ())
        found: tuple[float, tuple[int, ...]] = (math.inf, ())
        for end in range(start + 1, length + 1):
            long = width(title[start:end])
            if long > most:
                break
            rest, ends = from_here(end, left - 1)
            found = min(found, (rest + (long - aim) ** 2 + prices[end], (end, *ends)))
        return found

    return from_here(0, count)[1]


def _prices(title: str) -> list[float]:
    """Give how bad it is to end a line at each place."""
    depth, prices = 0, [_NEVER]
    for before, after in pairwise(title):
        depth += (before in _OPEN) - (before in _CLOSE)
        prices.append(_price(before, after, inside=depth > 0))
    return [*prices, 0.0]


def _price(before: str, after: str, *, inside: bool) -> float:
    if before in _NEVER_LAST or after in _NEVER_FIRST or (before.isascii() and after.isascii()):
        return _NEVER
    nice = before in _AFTER or after in _BEFORE
    return (0.0 if nice else _ANYWHERE) + (_INSIDE if inside else 0.0)
