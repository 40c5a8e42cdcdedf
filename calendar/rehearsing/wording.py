"""How near two duties are in what they ask: by the pairs of characters that their words are made of.

Rules, so that whoever is told of a likeness can be shown it: what each of them writes in its own words is
taken for one (排查 and 检查), what every duty writes is left out, and the rarer a pair is among the duties,
the more it counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..plan import Duty, FormField

_ONE_THING = {
    "检查": ("排查", "摸排", "排摸", "清查", "巡查"),
    "问题": ("隐患",),
    "台账": ("台帐",),
    "总结": ("小结",),
}
# What reports are asked for with, whatever they are about.
_SAID_OF_ALL = (
    *("结束后", "管控期", "报送", "情况", "开展", "本月", "本季", "没有", "发现", "一次", "已经", "其中"),
    *("人次", "请", "并", "的", "报", "零", "对", "和", "及", "等", "了", "已", "处", "户"),
)
_BRACKETS = re.compile(r"（[^）]*）")
_RUNS = re.compile(r"[一-鿿]+")
_ALIKE = 0.6  # of two labels
_SHORTEST = 3  # characters of what is shown as said by both


@lru_cache(maxsize=4096)
def runs(text: str) -> tuple[str, ...]:
    """Give what a text says as unbroken runs of characters."""
    for one, others in _ONE_THING.items():
        for other in others:
            text = text.replace(other, one)
    text = _BRACKETS.sub(" ", text)
    for word in _SAID_OF_ALL:
        text = text.replace(word, " ")
    return tuple(_RUNS.findall(text))


@lru_cache(maxsize=4096)
def pairs(text: str) -> frozenset[str]:
    """Give the pairs of neighbouring characters of what a text says."""
    return frozenset(run[at : at + 2] for run in runs(text) for at in range(len(run) - 1))


def _texts(duty: Duty) -> list[str]:
    return [duty.name, duty.ask, *(one.label for one in duty.form)]


class Words:
    """The words of some duties, and how rare each pair is among them."""

    def __init__(self, duties: Iterable[Duty]) -> None:
        said = [self.of(duty) for duty in duties]
        self._count = len(said)
        self._among = Counter(pair for one in said for pair in one)

    @staticmethod
    def of(duty: Duty) -> frozenset[str]:
        """Give the pairs of a duty's name, of what it asks, and of its form."""
        return frozenset(pair for text in _texts(duty) for pair in pairs(text))

    def likeness(self, one: Duty, other: Duty) -> float:
        """Give what share (0 to 1) of the words of the duty that says less the other says too."""
        a, b = self.of(one), self.of(other)
        least = min(self._weight(a), self._weight(b))
        return self._weight(a & b) / least if least else 0.0

    def _weight(self, said: Iterable[str]) -> float:
        return sum(math.log(1 + self._count / self._among[pair]) for pair in sorted(said))


def shared_fields(one: Sequence[FormField], other: Sequence[FormField]) -> list[tuple[str, str]]:
    """Give the labels of the fields that two forms both have, in their own words."""
    left, found = list(other), list[tuple[str, str]]()
    for field in one:
        twin = next((some for some in left if _same(field.label, some.label)), None)
        if twin is not None:
            left.remove(twin)
            found.append((field.label, twin.label))
    return found


def _same(one: str, other: str) -> bool:
    a, b = pairs(one), pairs(other)
    return bool(a and b) and 2 * len(a & b) / (len(a) + len(b)) >= _ALIKE


def shared_words(one: Duty, other: Duty) -> list[str]:
    """Give the longest words that two duties both say, the longest first."""
    said = Words.of(other)
    found = {word for text in _texts(one) for run in runs(text) for word in _stretches(run, said)}
    longest = sorted((word for word in found if len(word) >= _SHORTEST), key=lambda word: (-len(word), word))
    return [word for at, word in enumerate(longest) if not any(word in longer for longer in longest[:at])]


def _stretches(run: str, said: frozenset[str]) -> list[str]:
    """Give the stretches of a run of which the other says every pair."""
    marks = [run[at : at + 2] in said for at in range(len(run) - 1)]
    found, begun = list[str](), None
    for at, shared in enumerate([*marks, False]):
        if shared and begun is None:
            begun = at
        elif not shared and begun is not None:
            found.append(run[begun : at + 1])
            begun = None
    return found
