"""The parts of a message in words, and how much of it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Wording(NamedTuple):
    """A message in words; ``shown`` are the places, in what was given, of the lines that it names."""

    subject: str
    body: str
    shown: tuple[int, ...]


class Fit(NamedTuple):
    """How much is said: of the first ``shown`` items ``whole`` in full, the others in one line each.

    With ``brief`` long texts of the whole ones are clipped.
    """

    shown: int
    whole: int
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line in words, numbered through the whole digest; a short one is its title and deadline alone."""

    number: int
    title: str
    ask: str
    deadline: str
    basis: str
    receiver: str
    emphasis: str
    returned: str
    urged: str
    event: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest with those of its items that are shown; `total` counts them all."""

    numeral: str
    name: str
    total: int
    items: tuple[Item, ...]
