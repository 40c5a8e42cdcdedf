"""Reads a round's workbook that units have filled in; what comes back may be any file at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from .plain_text import plain_line
from .roster_package import opened
from .roster_table import Area, refusal
from .round_rows import Page, taken_of
from .round_sheet import FACTS, FORMAT, SHEET, Taken
from .zip_guard import entries_of, fault_of, has_password, is_ole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .roster_package import Package
    from .round_sheet import RoundSheet

_MOST_ENTRIES = 200
_MOST_FACTS = 1000
_MOST_LINES = 20_000
_MOST_MERGED = 1000
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_WANTED = "本系统下载的 .xlsx 填报表"


def read_round_workbook(data: bytes, file_name: str, expected: RoundSheet) -> Taken:
    """Give what was filled in, and everything wrong by its cell.

    ``expected`` is the round as it stands now; its ``workbook_id`` does not matter, for any download of the
    round may come back. ``file_name`` serves the messages alone. Raises InputError when nothing of the file
    can be taken: not a workbook, unsafe, another round's, of another form revision, columns missing.
    """
    file = plain_line(file_name) or "填报表"
    check_file(file, data, _WANTED)
    package = opened(file, data)
    try:
        book = CalamineWorkbook.from_filelike(package.repacked())
        facts = _facts(file, book)
        _check_round(file, facts, expected)
        page = _page(file, package, _sheet(file, book))
    except CalamineError:
        raise refusal(file, "打不开这个文件", _WANTED, "文件已损坏") from None
    return taken_of(page, expected, facts["workbook_id"])


def check_file(file: str, data: bytes, wanted: str) -> None:
    """Raise InputError when the bytes are no package that may be unpacked; ``wanted`` says what was."""
    if has_password(data):
        raise refusal(file, "文件加了密码，读不了", "不加密的 .xlsx（请取消密码后另存）")
    if is_ole(data):
        raise refusal(file, "这是旧版 .xls 或 .et 格式", ".xlsx 表格（请在 WPS 或 Excel 中另存为 .xlsx）")
    entries = entries_of(data)
    if entries is None:
        raise refusal(file, "打不开这个文件", wanted, "不是 .xlsx 文件，或文件已损坏")
    if fault := fault_of(data, entries, _MOST_ENTRIES):
        raise refusal(file, fault, wanted)


def _facts(file: str, book: CalamineWorkbook) -> dict[str, str]:
    """Give what the hidden page says. Raises InputError when it is not there or not ours."""
    if FACTS not in book.sheet_names:
        hint = "本系统下载的填报表（请在原表中填写，不要复制到新表）"
        raise refusal(file, "这不是本系统下载的填报表", hint)
    lines = book.get_sheet_by_name(FACTS).to_python(skip_empty_area=False, nrows=_MOST_FACTS)
    facts = {str(line[0]): str(line[1]) for line in lines if len(line) > 1}
    if facts.get("format") != FORMAT or _ID.fullmatch(facts.get("workbook_id", "")) is None:
        raise refusal(file, "填报表的版本不对，或内部信息被改动", "重新下载的填报表")
    return facts


def _check_round(file: str, facts: Mapping[str, str], expected: RoundSheet) -> None:
    """Raise InputError when the workbook is of another plan or round, or of a form since revised."""
    here = (expected.plan, expected.duty, expected.period)
    if tuple(facts.get(name) for name in ("plan", "duty", "period")) != here:
        other = facts.get("plan") != expected.plan
        said = _named(facts.get("plan_title", ""), facts.get("title", ""))
        message = "这是另一个方案的填报表" if other else "这是另一期的填报表"
        raise refusal(
            file, message, f"{_named(expected.plan_title, expected.title)}的表", f"{said}的表，请到那一期导入"
        )
    if facts.get("form_digest") != expected.form_digest:
        raise refusal(
            file, "下载之后表单作了修订，这份表的栏目已不适用", "重新下载的填报表", "修订前的填报表"
        )


def _named(plan: str, title: str) -> str:
    return f"“{plain_line(plan)[:60]} · {plain_line(title)[:60]}”"


def _sheet(file: str, book: CalamineWorkbook) -> CalamineSheet:
    names = [name for name in book.sheet_names if name != FACTS]
    if SHEET not in names and len(names) != 1:
        found = "、".join(names)[:100] or "没有工作表"
        raise refusal(file, "找不到填报的工作表", f"名为“{SHEET}”的工作表", found)
    return book.get_sheet_by_name(SHEET if SHEET in names else names[0])


def _page(file: str, package: Package, sheet: CalamineSheet) -> Page:
    ranges = sheet.merged_cell_ranges or ()
    lines = sheet.end[0] + 1 if sheet.end else 0
    if lines > _MOST_LINES or len(ranges) > _MOST_MERGED:
        expected = f"不超过 {_MOST_LINES} 行、{_MOST_MERGED} 处合并（请删去下方多余的行）"
        found = f"{lines} 行、{len(ranges)} 处合并"
        raise refusal(file, "工作表比本期的填报表大得多", expected, found)
    merged = tuple(Area(top + 1, left + 1, low + 1, right + 1) for (top, left), (low, right) in ranges)
    grid = sheet.to_python(skip_empty_area=False)
    return Page(file, grid, merged, frozenset(package.error_cells(sheet.name)))
