"""From rows of cells to a roster: several rows of one unit become one unit with several contacts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, final

from ..obligations.errors import Problem
from ..obligations.roster import ContactFact, Lines, Roster, UnitFact, problems
from .roster_table import COLUMNS, CONTACT_FIELDS, Cell, refusal
from .roster_values import WrongCellError, read, read_date, read_tags, shown

if TYPE_CHECKING:
    from datetime import date

    from .roster_table import Row, Table

# A further row of the same unit, for another contact, may leave these blank.
_SHARED = ("kind", "tags", "parent", "opened_on", "closed_on")
_FIELD_OF = {column: name for name, column in COLUMNS.items()}


def roster_of(table: Table, known: frozenset[str] = frozenset()) -> Roster:
    """Give the roster that the rows say; units whose codes are ``known`` need no row.

    Raises InputError with everything that is wrong, in order.
    """
    reading = _Reading(table)
    for row in table.rows:
        reading.take(row)
    reading.check_whole(known)
    table.refuse_if_wrong()
    if not reading.units:
        raise refusal(table.file, "名册中没有单位", "至少一个单位", "空名册")
    return reading.roster()


@final
class _Reading:
    """The units and contacts of one table, each with its row, as far as they have been read."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.units: list[tuple[UnitFact, Row]] = []
        self.contacts: list[tuple[ContactFact, Row]] = []
        self.first: dict[tuple[str, str], tuple[UnitFact, Row]] = {}
        self.wrong: set[tuple[str, int, int]] = set()

    def take(self, row: Row) -> None:
        """Read one row: a unit, or one more contact of a unit above."""
        code, name = self._needed(row, "code"), self._needed(row, "name")
        if code:
            self._take_unit(self._unit(row, code, name), row)
            self._take_contact(row, code)

    def _take_unit(self, unit: UnitFact, row: Row) -> None:
        before = self.first.get((unit.code, unit.name))
        if before is None:
            _ = self._needed(row, "kind")
            self.first[unit.code, unit.name] = (unit, row)
            self.units.append((unit, row))
            return
        self._check_same(unit, row, before)
        if not _has_contact(row):
            message, found = f"与第 {before[1].line} 行重复", f"{unit.code}（{unit.name}）"
            self.table.complain(
                "code", _cell(row, "code"), message, "另一位联系人（没有就删去这一行）", found
            )

    def _check_same(self, unit: UnitFact, row: Row, before: tuple[UnitFact, Row]) -> None:
        for name in _SHARED:
            here, there = getattr(unit, name), getattr(before[0], name)
            if here and here != there:
                cell = _cell(row, name)
                said = shown(_cell(before[1], name).value) or "空"
                expected = f"与第 {before[1].line} 行一致（{said}）或留空"
                self.table.complain(name, cell, "同一单位各行填写不一致", expected, shown(cell.value))

    def _take_contact(self, row: Row, code: str) -> None:
        if not _has_contact(row):
            return
        name = self._needed(row, "contact")
        phone, email, channel = (self._text(row, part) for part in ("phone", "email", "channel"))
        if name:
            self.contacts.append((ContactFact(code, name, phone, email, channel), row))

    def _unit(self, row: Row, code: str, name: str) -> UnitFact:
        return UnitFact(
            code=code,
            name=name,
            kind=self._text(row, "kind"),
            tags=read_tags(_cell(row, "tags").value),
            parent=self._text(row, "parent") or None,
            opened_on=self._date(row, "opened_on"),
            closed_on=self._date(row, "closed_on"),
        )

    def _needed(self, row: Row, name: str) -> str:
        cell, text = _cell(row, name), self._text(row, name)
        if not shown(cell.value):
            self._complain_once(name, cell, WrongCellError(f"{COLUMNS[name]}没有填写", "必填内容"))
        return text

    def _text(self, row: Row, name: str) -> str:
        """Read a cell; what is wrong is noted, and stands as written so that no other row misses it."""
        cell = _cell(row, name)
        try:
            return read(name, cell.value)
        except WrongCellError as wrong:
            self._complain_once(name, cell, wrong)
            return shown(cell.value)

    def _date(self, row: Row, name: str) -> date | None:
        cell = _cell(row, name)
        try:
            return read_date(cell.value)
        except WrongCellError as wrong:
            self._complain_once(name, cell, wrong)
            return None

    def _complain_once(self, name: str, cell: Cell, wrong: WrongCellError) -> None:
        if (name, cell.line, cell.column) not in self.wrong:
            self.wrong.add((name, cell.line, cell.column))
            self.table.complain(name, cell, wrong.message, wrong.expected, shown(cell.value) or "空")

    def check_whole(self, known: frozenset[str]) -> None:
        """Note what is wrong between the rows: codes used twice, parents that are not there, and the like."""
        order = {id(row): index for index, row in enumerate(self.table.rows)}
        # Rows are counted instead of lines: in YAML several may share a line.
        rows = Lines([order[id(row)] for _, row in self.units], [order[id(row)] for _, row in self.contacts])
        for problem in problems(self.roster(), self.table.file, rows, known):
            self.table.note(self._placed(problem))

    def _placed(self, problem: Problem) -> Problem:
        """Add the column of the cell, and name the field as the file does."""
        name = _FIELD_OF[problem.field or COLUMNS["code"]]
        cell = _cell(self.table.rows[problem.line or 0], name)
        return replace(problem, line=cell.line, column=cell.column, field=self.table.label(name))

    def roster(self) -> Roster:
        """Give what has been read so far."""
        units = tuple(unit for unit, _ in self.units)
        contacts = tuple(contact for contact, _ in self.contacts)
        return Roster(units, contacts, self.table.title, self.table.example)


def _cell(row: Row, name: str) -> Cell:
    """Give the cell of a field; an absent one is empty and stands where its row begins."""
    return row.cells.get(name) or Cell("", row.line, row.column)


def _has_contact(row: Row) -> bool:
    return any(shown(_cell(row, name).value) for name in CONTACT_FIELDS)
