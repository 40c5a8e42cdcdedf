"""Results of an appraisal as pages show them: who may see one, and its lines by item with where they lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ..ledger import appraisal_appeals, appraisal_results
from ..obligations.appraisal_rules import NOUGHT, points_text, signed_text
from .access import AbsentError

if TYPE_CHECKING:
    from ..ledger.appraisal_results import Whole
    from ..ledger.tables import Appraisal
    from ..obligations.appraisal import Line
    from .access import Desk

Address = Callable[[str], str]
_LONGEST, _NONE = 12, 10**9


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: its number in the whole result, what it is, its points, why, by which clause, and where."""

    number: int
    kind: str
    points: str
    why: str
    clause: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one item, bonus or veto, and what they come to."""

    name: str
    points: str
    lines: Sequence[Shown]


def appraisal_of(desk: Desk, appraisal_id: int) -> Whole:
    """Give a result with everything about it; units see their own. Raises :class:`AbsentError`."""
    found = appraisal_results.whole(desk.session, appraisal_id)
    if found is None or desk.caller.unit_id not in (None, found.row.unit_id):
        raise AbsentError
    return found


def locked(desk: Desk, appraisal_id: int) -> Appraisal:
    """Give a result, locked for this transaction; raises as :func:`appraisal_of` does."""
    found = appraisal_appeals.locked(desk.session, appraisal_id)
    if found is None or desk.caller.unit_id not in (None, found.unit_id):
        raise AbsentError
    return found


def groups(lines: Sequence[Line], address: Address) -> list[Group]:
    """Give the lines by item, in their order."""
    numbered = list(enumerate(lines, 1))
    return [
        _group([(number, line) for number, line in some], address)
        for _, some in groupby(numbered, key=lambda one: one[1].item)
    ]


def _group(some: Sequence[tuple[int, Line]], address: Address) -> Group:
    total = sum((line.points for _, line in some), NOUGHT)
    shown = [
        Shown(number, line.kind.zh, signed_text(line.points), line.why, line.clause, address(line.about))
        for number, line in some
    ]
    return Group(some[0][1].name, points_text(total), shown)


def choices(found: Whole) -> list[tuple[int, str]]:
    """Give what can be appealed against and has not been: its number and its name."""
    appealed = {one.line for one in found.appeals}
    numbers = [*(one.line for one in found.since[::-1]), *range(len(found.lines) + 1)]
    return [(number, line_name(found, number)) for number in numbers if number not in appealed]


def line_of(text: str) -> int:
    """Read which was chosen; what is no number is one that no result has."""
    plain = text.removeprefix("-")
    return int(text) if plain.isascii() and plain.isdecimal() and len(plain) < _LONGEST else _NONE


def line_name(found: Whole, number: int) -> str:
    """Name what an appeal is about: a line, what changed it since, or for 0 the whole result."""
    if number < 0:
        return next((one.said for one in found.since if one.line == number), "已撤销的一票否决")
    if not 1 <= number <= len(found.lines):
        return "整个结果"
    line = found.lines[number - 1]
    return f"第{number}项：{line.name}，{line.why}（{signed_text(line.points)}分）"
