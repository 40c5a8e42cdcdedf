"""What a draft holds: duties with their reasons, stretches, and sentences that found no place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from .said import Time
    from .structure import Structure
    from .years import Years

DutyKind = Literal[
    "once", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "phase", "window", "event", ""
]


@dataclass(frozen=True, slots=True)
class When:
    """When a duty is owed, as the document says it.

    ``due`` is the phrase of the plan language, empty where the document leaves it open. ``day`` is the civil
    date for what is owed once; ``first`` begins a stretch. ``said`` are the document's own words.
    """

    kind: DutyKind
    said: str
    due: str = ""
    day: date | None = None
    first: date | None = None
    clock: str = ""
    stretches: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    lunar: tuple[str, ...] = ()
    open_: str = ""
    during: tuple[date, date] | None = None
    by: bool = False


@dataclass(frozen=True, slots=True)
class FoundDuty:
    """One duty of the document: what, who, when and to whom, how sure (0 to 1), by which rules."""

    name: str
    clause: str
    quote: str
    when: When
    who: tuple[str, ...]
    who_said: bool
    thing: str
    receiver: str
    sure: float
    rules: tuple[str, ...]
    order: int
    time: Time | None = None


@dataclass(frozen=True, slots=True)
class FoundStretch:
    """A phase or a window that the document names, with its days."""

    key: str
    name: str
    clause: str
    quote: str
    first: date
    last: date
    phase: bool
    lunar: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A sentence with a time or an order in it, of which no duty could be made, and why it was noticed."""

    clause: str
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found in a document; the duties most sure first."""

    structure: Structure
    years: Years
    duties: tuple[FoundDuty, ...]
    stretches: tuple[FoundStretch, ...]
    unplaced: tuple[Unplaced, ...]
