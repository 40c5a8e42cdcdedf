"""What a round's workbook is about, what comes back in it, and the columns that both ways agree on."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..obligations.errors import Problem
from .plain_text import plain_line

Field = Mapping[str, Any]

SHEET = "填报"
FACTS = "_duban"
FORMAT = "duban-round-1"
HINTS = "填写要求"  # stands in the first column of the line below the headings
YES = "是"

# No key of a form has an underscore.
CODE, NAME, NIL, NOTE, BY, ALREADY = "_code", "_name", "_nil", "_note", "_by", "_already"
_HEADINGS = {
    CODE: "单位代码",
    NAME: "单位",
    NIL: "零报告",
    NOTE: "备注",
    BY: "填报人",
    ALREADY: "已报情况",
}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One unit of the round; ``already`` says in a few words what it has reported, or is empty."""

    unit_code: str
    unit_name: str
    already: str = ""


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """One round as a workbook shows it.

    ``plan``, ``duty`` and ``period`` are keys, ``form_digest`` is what obligations.forms gives for the form,
    and ``workbook_id`` (letters, digits, - and _, at most 64) is new for each download. Texts are as shown.
    """

    plan_title: str
    plan: str
    duty: str
    period: str
    title: str
    clause: str
    due_text: str
    office: str
    form: Sequence[Field]
    form_digest: str
    workbook_id: str
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What one filled-in line says; answers are texts by the keys of the form, lines count from 1."""

    line: int
    unit_code: str
    unit_name: str
    nil: bool
    answers: Mapping[str, str]
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a workbook brings: every line with something filled in, and everything wrong, in order of lines.

    A problem at a line of ``rows`` concerns that row alone; the others may be taken.
    """

    workbook_id: str
    rows: tuple[ReadRow, ...]
    problems: tuple[Problem, ...]

    @property
    def wrong_lines(self) -> frozenset[int]:
        """The lines that have to wait."""
        return frozenset(problem.line for problem in self.problems if problem.line is not None)

    @property
    def right(self) -> tuple[ReadRow, ...]:
        """The rows that nothing is wrong with."""
        return tuple(row for row in self.rows if row.line not in self.wrong_lines)


class Column(NamedTuple):
    """One column: its key (of the form when there is a field) and the heading that is matched on reading."""

    key: str
    heading: str
    field: Field | None = None


def columns_of(form: Sequence[Field]) -> tuple[Column, ...]:
    """Give the columns of a form's workbook in order; no two headings are alike."""
    plain = [Column(key, _HEADINGS[key]) for key in (CODE, NAME, NIL)]
    asked = [Column(field["key"], _heading(field), field) for field in form if is_asked(field)]
    tail = [Column(key, _HEADINGS[key]) for key in (NOTE, BY, ALREADY)]
    seen = {matched(heading): 1 for heading in _HEADINGS.values()}
    return (*plain, *(column._replace(heading=_distinct(column.heading, seen)) for column in asked), *tail)


def is_asked(field: Field) -> bool:
    """Tell whether a field has a column: files go by the link, but required ones are accounted for."""
    return field["type"] != "files" or bool(field["required"])


def matched(heading: str) -> str:
    """Give a heading as it is compared: the same whatever its width, spaces and star."""
    return "".join(unicodedata.normalize("NFKC", plain_line(heading)).split()).rstrip("*")


def _heading(field: Field) -> str:
    unit = f"（{plain_line(field['unit'])}）" if field["unit"] else ""
    return f"{plain_line(field['label'])}{unit}{'*' if field['required'] else ''}"


def _distinct(heading: str, seen: dict[str, int]) -> str:
    key = matched(heading)
    seen[key] = seen.get(key, 0) + 1
    return heading if seen[key] == 1 else f"{heading.rstrip('*')}（{seen[key]}）{'*' * heading.endswith('*')}"
