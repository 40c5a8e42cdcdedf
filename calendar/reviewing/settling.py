"""Puts the office's decisions on what was proposed: what stands of each now, who said so, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..drafting.audiences import audience_of
from .shapes import DutyValues, HeadValues, Item, StretchValues, UnitsValues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .shapes import Proposed, State

Deed = Literal["confirmed", "corrected", "answered", "struck", "reopened", "added", "dropped"]
DEEDS: tuple[Deed, ...] = ("confirmed", "corrected", "answered", "struck", "reopened", "added", "dropped")
# After these nothing more is asked about an item; what was answered in part is still open.
SETTLED = frozenset({"confirmed", "corrected", "struck"})
HEAD, WHOLE = "head", "draft"  # what acts are about besides items
UNITS, STRETCH = "units:", "stretch:"


class Act(NamedTuple):
    """One decision: about what, which, by whom and when; ``n`` counts those about the same."""

    item: str
    n: int
    kind: Deed
    at: datetime
    by: str
    values: Mapping[str, Any]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An item as it stands; ``acts`` are all decisions about it, the latest last."""

    item: Item
    state: State
    values: DutyValues
    acts: tuple[Act, ...]

    @property
    def last(self) -> Act | None:
        """Give the latest decision."""
        return self.acts[-1] if self.acts else None

    @property
    def reason(self) -> str:
        """Give why it is no duty."""
        return self.acts[-1].reason if self.state == "struck" else ""

    @property
    def is_duty(self) -> bool:
        """Tell whether it is on its way to be a duty, rather than a sentence that has no place yet."""
        return self.item.placed or bool(self.acts and self.values.name and self.state != "struck")


@dataclass(frozen=True, slots=True)
class Units:
    """What a group of units that the document names together means, by the program or by the office."""

    name: str
    names: tuple[str, ...]
    values: UnitsValues
    asked: str
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Settled:
    """A draft as it stands now."""

    proposed: Proposed
    acts: tuple[Act, ...]

    @cached_property
    def _by_item(self) -> dict[str, tuple[Act, ...]]:
        found: dict[str, tuple[Act, ...]] = {}
        for act in self.acts:
            found[act.item] = (*found.get(act.item, ()), act)
        return found

    def of(self, item: str) -> tuple[Act, ...]:
        """Give the decisions about something."""
        return self._by_item.get(item, ())

    @cached_property
    def items(self) -> tuple[Standing, ...]:
        """Give every item as it stands, in the document's order; what was added follows its sentence."""
        added = [
            Item.model_validate(acts[0].values["item"])
            for name, acts in self._by_item.items()
            if acts[0].kind == "added" and not name.startswith(STRETCH)
        ]
        after: dict[int | None, list[Item]] = {}
        for item in added:
            after.setdefault(item.sentence, []).append(item)
        listed = list[Item]()
        for n, item in enumerate(self.proposed.items):
            listed.append(item)
            following = self.proposed.items[n + 1 : n + 2]
            if not following or following[0].sentence != item.sentence:
                listed += after.pop(item.sentence, [])
        listed += [item for rest in after.values() for item in rest]
        return tuple(self._standing(item) for item in listed)

    def _standing(self, item: Item) -> Standing:
        acts, values, state = self.of(item.key), item.values, "open"
        for act in acts:
            if act.values:
                values = DutyValues.model_validate(act.values["duty"])
            state = "struck" if act.kind == "struck" else "kept" if act.kind in SETTLED else "open"
        return Standing(item, state, values, acts)

    def item(self, key: str) -> Standing | None:
        """Give an item by its key."""
        return next((one for one in self.items if one.item.key == key), None)

    @cached_property
    def head(self) -> HeadValues:
        """Give what the plan says of the document."""
        acts = self.of(HEAD)
        return HeadValues.model_validate(acts[-1].values) if acts else self.proposed.head

    @cached_property
    def stretches(self) -> tuple[StretchValues, ...]:
        """Give the phases and windows."""
        own = [one.values for one in self.proposed.stretches]
        known = {one.key for one in own}
        own += [
            StretchValues.model_validate(acts[0].values)
            for name, acts in self._by_item.items()
            if name.startswith(STRETCH) and name.removeprefix(STRETCH) not in known
        ]
        return tuple(self._stretch(one) for one in own)

    def _stretch(self, one: StretchValues) -> StretchValues:
        acts = self.of(f"{STRETCH}{one.key}")
        return StretchValues.model_validate(acts[-1].values) if acts else one

    @cached_property
    def units(self) -> tuple[Units, ...]:
        """Give what each group of units means that a duty of the plan names, in order of first mention."""
        groups = dict.fromkeys(one.values.who for one in self.duties if one.values.who)
        return tuple(self._units(names) for names in groups)

    def _units(self, names: tuple[str, ...]) -> Units:
        read = audience_of("x", names)
        acts = self.of(f"{UNITS}{read.name}")
        values = UnitsValues(kinds=read.kinds, units=read.units)
        if acts:
            values = UnitsValues.model_validate(acts[-1].values)
        return Units(read.name, names, values, read.asked if values.open else "", acts)

    @property
    def dropped(self) -> Act | None:
        """Give the decision to give the whole draft up, if it was made."""
        acts = self.of(WHOLE)
        return acts[-1] if acts else None

    @property
    def duties(self) -> tuple[Standing, ...]:
        """Give what is, or is to be, a duty of the plan."""
        return tuple(one for one in self.items if one.state != "struck" and one.is_duty)

    @property
    def waiting(self) -> tuple[Standing, ...]:
        """Give the items about which nothing is decided."""
        return tuple(one for one in self.items if one.state == "open")

    @property
    def finished(self) -> bool:
        """Tell whether everything is decided, so that what is left is a plan."""
        unclear = any(one.values.open for one in self.units)
        return bool(self.duties) and not (self.waiting or self.head.open or unclear)


def settle(proposed: Proposed, acts: Iterable[Act]) -> Settled:
    """Put decisions, in the order in which they were made, on what was proposed."""
    return Settled(proposed, tuple(acts))


def next_number(acts: Sequence[Act], item: str) -> int:
    """Give the number that the next decision about something has."""
    return sum(1 for one in acts if one.item == item) + 1
