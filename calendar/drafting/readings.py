"""A sentence read: its times, its units, the units of its labels; and what was read before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .actors import Actor, actors, labelled
from .said import Time
from .times import mask, times

if TYPE_CHECKING:
    from datetime import date

    from .found import FoundStretch
    from .structure import Sentence, Structure
    from .years import Years


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence with its times and units."""

    sentence: Sentence
    masked: str
    times: tuple[Time, ...]
    actors: tuple[Actor, ...]
    labels: tuple[str, ...]
    aside: bool = False


@dataclass(slots=True)
class Context:
    """What was read before: the units and the year carried on, the phases entered."""

    structure: Structure
    years: Years
    paragraph: int = -1
    units: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    day: date | None = None
    phase: FoundStretch | None = None


def read_of(sentence: Sentence) -> Read:
    """Read one sentence."""
    found = times(sentence.plain)
    masked = mask(sentence.plain, found)
    return Read(
        sentence, masked, tuple(found), tuple(actors(sentence.plain, masked)), labelled(sentence.plain)
    )


def labels_shared(reads: list[Read]) -> list[Read]:
    """Give sentences the units that a label names for their whole paragraph: （牵头部门：交警大队）."""
    by_paragraph: dict[int, tuple[str, ...]] = {}
    for one in reads:
        if one.labels:
            by_paragraph[one.sentence.paragraph] = (
                *by_paragraph.get(one.sentence.paragraph, ()),
                *one.labels,
            )
    return [
        one
        if one.labels
        else replace(one, labels=tuple(dict.fromkeys(by_paragraph.get(one.sentence.paragraph, ()))))
        for one in reads
    ]
