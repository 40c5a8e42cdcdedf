"""Rosters in .xlsx files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from ..obligations.errors import Problem
from .roster_grid import table_of
from .roster_package import opened
from .roster_table import SHEET, Area, refusal

if TYPE_CHECKING:
    from .roster_table import Table


def read_table(file: str, data: bytes) -> Table:
    """Give the rows of the sheet 单位, or of the only sheet. Raises InputError when there is none to read."""
    package = opened(file, data)
    try:
        sheet = _sheet(file, CalamineWorkbook.from_filelike(package.repacked()))
    except CalamineError:
        raise refusal(file, "打不开这个文件", ".xlsx 表格", "不是 .xlsx 文件，或文件已损坏") from None
    table = table_of(file, sheet.to_python(skip_empty_area=False), _merged(sheet))
    for line, column in sorted(package.error_cells(sheet.name)):
        expected, found = "直接填写的内容（不用公式）", "公式结果出错"
        table.note(Problem(file, "公式出错", line, column, None, expected, found))
    return table


def _sheet(file: str, book: CalamineWorkbook) -> CalamineSheet:
    names = book.sheet_names
    if SHEET not in names and len(names) != 1:
        found = "、".join(names) or "没有工作表"
        raise refusal(file, "找不到名册所在的工作表", f"名为“{SHEET}”的工作表", found)
    return book.get_sheet_by_name(SHEET if SHEET in names else names[0])


def _merged(sheet: CalamineSheet) -> tuple[Area, ...]:
    ranges = sheet.merged_cell_ranges or ()
    return tuple(Area(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges)
