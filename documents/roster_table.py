"""A roster as rows of placed cells, whichever kind of file it came from, and the names of its columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..obligations.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

SHEET = "单位"
# Field -> column, in the order of the template.
COLUMNS = {
    "code": "单位代码",
    "name": "单位名称",
    "kind": "类别",
    "tags": "标签",
    "parent": "上级单位代码",
    "opened_on": "启用日期",
    "closed_on": "停用日期",
    "contact": "联系人",
    "phone": "手机号",
    "email": "邮箱",
    "channel": "发送渠道",
}
CONTACT_FIELDS = ("contact", "phone", "email", "channel")
# What a clerk who writes YAML calls the same fields.
YAML_KEYS = {name: name for name in COLUMNS} | {
    "contact": "contacts.name",
    "phone": "contacts.phone",
    "email": "contacts.email",
    "channel": "contacts.channel",
}


class Cell(NamedTuple):
    """A value as the file gives it, and where it stands (from 1)."""

    value: object
    line: int
    column: int


class Row(NamedTuple):
    """The cells of one unit and one of its contacts; fields that the file leaves out are absent."""

    line: int
    column: int
    cells: Mapping[str, Cell]


class Area(NamedTuple):
    """A rectangle of merged cells, both ends included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def reference(self) -> str:
        """Give the rectangle as a spreadsheet writes it: `B3:B5`."""
        return f"{cell_name(self.top, self.left)}:{cell_name(self.bottom, self.right)}"

    def holds(self, line: int | None, column: int | None) -> bool:
        """Tell whether the cell lies inside."""
        if line is None or column is None:
            return False
        return self.top <= line <= self.bottom and self.left <= column <= self.right


@dataclass
class Table:
    """The rows of one file, with what is already known to be wrong with it."""

    file: str
    spreadsheet: bool
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    merged: tuple[Area, ...] = ()
    title: str = ""
    example: bool = False

    def label(self, name: str) -> str:
        """Give the name by which the file knows a field."""
        return (COLUMNS if self.spreadsheet else YAML_KEYS)[name]

    def complain(self, name: str, cell: Cell, message: str, expected: str | None, found: str | None) -> None:
        """Note that the cell of a field is wrong."""
        self.note(Problem(self.file, message, cell.line, cell.column, self.label(name), expected, found))

    def note(self, problem: Problem) -> None:
        """Note a problem, with its cell's name in a spreadsheet; inside a merge only the merge counts."""
        if not any(area.holds(problem.line, problem.column) for area in self.merged):
            self.problems.append(in_cell(problem) if self.spreadsheet else problem)

    def refuse_if_wrong(self) -> None:
        """Raise InputError with every problem noted, in the order of the file."""
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda one: (one.line or 0, one.column or 0)))


def refusal(file: str, message: str, expected: str | None = None, found: str | None = None) -> InputError:
    """Give the error for a file that cannot be read at all."""
    return InputError([Problem(file, message, expected=expected, found=found)])


def in_cell(problem: Problem) -> Problem:
    """Say the place as a spreadsheet shows it."""
    if problem.line is None or problem.column is None:
        return problem
    message = f"单元格 {cell_name(problem.line, problem.column)}：{problem.message}"
    return Problem(
        problem.file,
        message,
        problem.line,
        problem.column,
        problem.field,
        problem.expected,
        problem.found,
        problem.hint,
    )


def cell_name(line: int, column: int) -> str:
    """Give the name of a cell, both counted from 1: (7, 2) is B7, (1, 28) is AB1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"
