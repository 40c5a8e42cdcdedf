"""Units and the people to reach in them, and what can be wrong with a roster as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, final

from .errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

MOST_HINTS = 20


@dataclass(frozen=True, slots=True)
class UnitFact:
    """An organisation in the tree; `parent` is the code of the unit above, the dates are local days."""

    code: str
    name: str
    kind: str
    tags: frozenset[str] = frozenset()
    parent: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None

    def active_on(self, day: date) -> bool:
        """Tell whether the unit exists on that day: from `opened_on` on, and no longer on `closed_on`."""
        begun = self.opened_on is None or self.opened_on <= day
        return begun and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A person in the unit with that code; `channel` names a channel of the book, empty for the default."""

    unit: str
    name: str
    phone: str = ""
    email: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The units of one office with their contacts; `example` marks an invented one."""

    units: tuple[UnitFact, ...]
    contacts: tuple[ContactFact, ...] = ()
    title: str = ""
    example: bool = False


class Lines(NamedTuple):
    """The line in the file of each unit and each contact, in the order of the roster; empty when unknown."""

    units: Sequence[int] = ()
    contacts: Sequence[int] = ()


def problems(
    roster: Roster, file: str, lines: Lines | None = None, known: frozenset[str] = frozenset()
) -> list[Problem]:
    """Give everything wrong with the roster as a whole, in the order of its units, then of its contacts.

    A code used twice, a parent that is not there, units that are each other's parent, a unit closed before it
    opens, a contact of an unknown unit, a contact named twice in one unit. Units with ``known`` codes need
    not be listed.
    """
    found = _Finder(roster, file, lines or Lines(), known)
    return [*found.of_units(), *found.of_contacts()]


@final
class _Finder:
    """One reading of one roster."""

    def __init__(self, roster: Roster, file: str, lines: Lines, known: frozenset[str]) -> None:
        self.roster, self.file, self.lines, self.known = roster, file, lines, known
        self.parents = {unit.code: unit.parent for unit in roster.units}
        self.codes_by_name = {unit.name: unit.code for unit in roster.units}
        self.hints: dict[str, str | None] = {}

    def of_units(self) -> Iterator[Problem]:
        first: dict[str, UnitFact] = {}
        for index, unit in enumerate(self.roster.units):
            line = _at(self.lines.units, index)
            if unit.code in first:
                yield self._duplicate(unit, first[unit.code], line)
            _ = first.setdefault(unit.code, unit)
            yield from self._parent(unit, line)
            yield from self._dates(unit, line)

    def of_contacts(self) -> Iterator[Problem]:
        named: set[tuple[str, str]] = set()
        for index, contact in enumerate(self.roster.contacts):
            line = _at(self.lines.contacts, index)
            if contact.unit not in self.parents and contact.unit not in self.known:
                yield self._unknown("单位代码", "联系人所在的单位不在名册中", contact.unit, line)
            elif (contact.unit, contact.name) in named:
                message = f"单位 {contact.unit} 的联系人重复"
                yield Problem(self.file, message, line, None, "联系人", "不重复的联系人", contact.name)
            named.add((contact.unit, contact.name))

    def _duplicate(self, unit: UnitFact, first: UnitFact, line: int | None) -> Problem:
        expected = f"不重复的代码（{unit.code} 已用于“{first.name}”）"
        return Problem(self.file, "代码重复", line, None, "单位代码", expected, f"{unit.code}（{unit.name}）")

    def _parent(self, unit: UnitFact, line: int | None) -> Iterator[Problem]:
        if unit.parent is None:
            return
        if unit.parent not in self.parents and unit.parent not in self.known:
            yield self._unknown("上级单位代码", "上级单位不在名册中", unit.parent, line)
        elif (ring := self._ring(unit.code)) and unit.code == min(ring):
            chain = "→".join([*ring, unit.code])
            expected = "本单位及其下级以外的单位"
            yield Problem(self.file, "上级单位循环", line, None, "上级单位代码", expected, chain)

    def _ring(self, code: str) -> list[str]:
        """Give the units that lead from this one back to itself, or none."""
        ring, above = [code], self.parents.get(code)
        while above is not None and above not in ring:
            ring.append(above)
            above = self.parents.get(above)
        return ring if above == code else []

    def _dates(self, unit: UnitFact, line: int | None) -> Iterator[Problem]:
        if unit.opened_on is not None and unit.closed_on is not None and unit.closed_on <= unit.opened_on:
            expected, actual = f"晚于启用日期 {unit.opened_on}", str(unit.closed_on)
            yield Problem(self.file, "停用日期早于或等于启用日期", line, None, "停用日期", expected, actual)

    def _unknown(self, field: str, message: str, code: str, line: int | None) -> Problem:
        expected = f"名册{'或账簿' if self.known else ''}中已有的单位代码"
        return Problem(self.file, message, line, None, field, expected, code, self._hint(code))

    def _hint(self, code: str) -> str | None:
        """Give the code that was meant; looking for a near one is slow, so only the first few get it."""
        if code not in self.hints and len(self.hints) < MOST_HINTS:
            near = get_close_matches(code, [*self.parents, *self.known], n=1)
            self.hints[code] = self.codes_by_name.get(code) or next(iter(near), None)
        return self.hints.get(code)


def _at(lines: Sequence[int], index: int) -> int | None:
    return lines[index] if index < len(lines) else None
