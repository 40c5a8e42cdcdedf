"""A thing wrong in a plan, by its place in the document; its source turns places into lines and columns."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place, what was expected, what was found, and the nearest known name.

    ``on_key`` points at the key itself rather than at its value.
    """

    place: Place
    message: str
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    on_key: bool = False

    @property
    def field(self) -> str:
        """Give the place as ``duties[3].due``, counted from 1 as a clerk counts."""
        text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in self.place)
        return text.removeprefix(".")


class PlanFault(DubanError):
    """A plan that cannot be expanded; it carries every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"[{fault.field}] {fault.message}" for fault in self.faults))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name most like ``name``, capitals aside, or None when none is near."""
    folded = {one.casefold(): one for one in known}
    given = name.casefold()
    close = get_close_matches(given, folded, n=8, cutoff=0.5)
    return folded[max(close, key=lambda one: _likeness(given, one))] if close else None


def _likeness(given: str, known: str) -> tuple[float, bool, str]:
    """Compare as a whole, then by the first letter: 冬致 is 冬至 rather than 立冬."""
    return SequenceMatcher(None, known, given).ratio(), known[:1] == given[:1], known


def one_of(known: Iterable[str]) -> str:
    """Give the known names as what was expected: ``甲、乙之一``."""
    return f"{'、'.join(known)}之一"
