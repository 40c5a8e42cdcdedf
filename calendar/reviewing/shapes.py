"""What a draft proposes, in words that a clerk understands; kept in the book as it was first read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..undecided import UNDECIDED

State = Literal["open", "kept", "struck"]


class Shape(BaseModel):
    """What all of these share: frozen, and closed to unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DutyValues(Shape):
    """A duty in the fields that the office decides; 待定, or nobody in ``who``, where it is not decided.

    ``who`` are units as the document names them, ``of`` phases or windows, ``material`` the paper to hand in.
    """

    key: str
    name: str = ""
    who: tuple[str, ...] = ()
    kind: str = UNDECIDED
    due: str = UNDECIDED
    opens: str = ""
    of: tuple[str, ...] = ()
    material: str = ""
    receiver: str = ""
    source: Literal["document", "local"] = "local"

    @property
    def open(self) -> tuple[str, ...]:
        """Give the fields that are not decided yet."""
        lacking = {"name": not self.name, "who": not self.who}
        lacking |= {field: getattr(self, field) == UNDECIDED for field in ("kind", "due")}
        return tuple(field for field, lacks in lacking.items() if lacks)


class StretchValues(Shape):
    """A phase or a window."""

    key: str
    name: str
    starts: str
    ends: str
    clause: str
    phase: bool
    source: Literal["document", "local"] = "document"


class UnitsValues(Shape):
    """Which units a name of the document means: of which kinds, and which by name."""

    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Tell whether the office has yet to say which units are meant."""
        return UNDECIDED in self.units or not (self.kinds or self.units)


class HeadValues(Shape):
    """What the plan says of the document; empty or None where that is not known."""

    slug: str
    title: str = ""
    issuer: str = ""
    number: str = ""
    year: int | None = None
    office: str = ""
    note: str = ""

    @property
    def open(self) -> tuple[str, ...]:
        """Give the fields that a plan cannot do without and that are not known yet."""
        needed = ("slug", "title", "issuer", "year", "office")
        return tuple(field for field in needed if not getattr(self, field))


class Sentence(Shape):
    """Where in the document's text something was read: from which sign to which."""

    start: int
    end: int


class Item(Shape):
    """A duty that was found, or a sentence with a time or an order in it of which none could be made.

    ``sentence`` is the number of its sentence, ``lit`` the places of its date words within ``quote``,
    ``asks`` what the document leaves open. ``sure`` goes from 0 to 1.
    """

    key: str
    placed: bool
    clause: str
    quote: str
    values: DutyValues
    sentence: int | None = None
    lit: tuple[tuple[int, int], ...] = ()
    said: str = ""
    sure: float = 0
    rules: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()


class Stretched(Shape):
    """A phase or window that was found, with its sentence."""

    values: StretchValues
    quote: str = ""
    sentence: int | None = None


class Proposed(Shape):
    """All that was read out of one document; items in the document's order."""

    text: str
    sentences: tuple[Sentence, ...]
    head: HeadValues
    year_said: str
    items: tuple[Item, ...]
    stretches: tuple[Stretched, ...]
