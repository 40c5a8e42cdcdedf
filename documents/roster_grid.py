"""From a grid of cells with a header row to rows by field; the columns may stand in any order."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..obligations.errors import Problem
from .roster_table import COLUMNS, Area, Cell, Row, Table, refusal
from .roster_values import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELDS = {column: name for name, column in COLUMNS.items()}


def table_of(file: str, grid: Sequence[Sequence[object]], merged: Sequence[Area] = ()) -> Table:
    """Give the rows below the header. Raises InputError when the header is not that of the template."""
    table = Table(file, spreadsheet=True)
    _note_merged(table, merged)
    header = [_plain(value) for value in grid[0]] if grid else []
    _check_header(table, header)
    if not set(COLUMNS.values()) <= set(header):
        table.refuse_if_wrong()
    for line, values in enumerate(grid[1:], start=2):
        _take_row(table, header, line, values)
    return table


def _plain(value: object) -> str:
    return "".join(unicodedata.normalize("NFKC", shown(value)).split())


def _note_merged(table: Table, merged: Sequence[Area]) -> None:
    for area in merged:
        table.note(
            Problem(
                table.file,
                f"{area.reference} 是合并单元格",
                area.top,
                area.left,
                None,
                "逐格填写的内容（请先取消合并）",
                f"合并区域 {area.reference}",
            )
        )
    table.merged = tuple(merged)


def _check_header(table: Table, header: Sequence[str]) -> None:
    """Note what is wrong with the header. Raises InputError when the first line is not one at all."""
    if any(area.top == 1 for area in table.merged):
        table.refuse_if_wrong()
    if not _FIELDS.keys() & set(header):
        expected = f"模板的列名：{'、'.join(COLUMNS.values())}"
        found = "、".join(text for text in header if text)[:40]
        raise refusal(table.file, "第 1 行不是表头，或文件编码不对", expected, f"“{found}”")
    _note_header(table, header)


def _note_header(table: Table, header: Sequence[str]) -> None:
    missing = [column for column in COLUMNS.values() if column not in header]
    for index, text in enumerate(header):
        if text and text in header[:index]:
            table.note(Problem(table.file, "表头重复", 1, index + 1, text, "不重复的列名", text))
        elif text and text not in _FIELDS:
            table.note(_unknown(table.file, index + 1, text, missing))
    for column in missing:
        expected = f"第 1 行有“{column}”一列（内容可留空，列不可删）"
        table.note(Problem(table.file, f"缺少“{column}”列", 1, None, column, expected, "没有这一列"))


def _unknown(file: str, column: int, text: str, missing: Sequence[str]) -> Problem:
    near = missing if len(missing) == 1 else get_close_matches(text, missing or list(COLUMNS.values()), n=1)
    hint = near[0] if near else None
    return Problem(file, "表头无法识别", 1, column, None, "模板中的列名", f"“{text}”", hint)


def _take_row(table: Table, header: Sequence[str], line: int, values: Sequence[object]) -> None:
    cells: dict[str, Cell] = {}
    stray: list[Cell] = []
    for column, value in enumerate(values, start=1):
        label = header[column - 1] if column <= len(header) else ""
        cell = Cell(value, line, column)
        if label in _FIELDS:
            _ = cells.setdefault(_FIELDS[label], cell)
        elif not label and shown(value):
            stray.append(cell)
    _note_stray(table, stray)
    if any(shown(cell.value) for cell in cells.values()):
        # A row shorter than the header still names the right cell for what it lacks.
        absent = {name: Cell("", line, header.index(column) + 1) for name, column in COLUMNS.items()}
        table.rows.append(Row(line, 1, absent | cells))


def _note_stray(table: Table, stray: Sequence[Cell]) -> None:
    for cell in stray:
        found = shown(cell.value)
        table.note(
            Problem(
                table.file,
                "这一列没有表头",
                cell.line,
                cell.column,
                None,
                "空白（请删去，或移到有表头的列）",
                found,
            )
        )
