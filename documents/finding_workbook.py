"""The workbook in which findings are listed to be registered: the columns of the paper ledger (隐患台账)."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from ..obligations.finding_entry import COLUMNS, LONGEST, LONGEST_WORD
from ..obligations.words import Grade
from .plain_text import cell_text, plain_line
from .round_rules import Options
from .round_sheet import FACTS, HINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET: Final = "隐患台账"
ROWS = 300  # lines to be filled in
_HEADING_LINE = 2  # from 0, as XlsxWriter counts
_FIRST = _HEADING_LINE + 2
_A4 = 9
_DATES = ("found_at", "due_at", "fixed_on")
_WIDTHS = {
    "number": 9,
    "description": 36,
    "measures": 30,
    "place": 18,
    "item": 18,
    "closing": 24,
    "grade": 9,
    "unit": 16,
}
_HINTS = {
    "number": HINTS,
    "found_at": "必填，如 2026-03-22",
    "description": f"必填，不超过 {LONGEST} 字",
    "grade": "一般或重大，不填按一般",
    "due_at": "必填，日期，或“立即整改”“15日内”",
    "unit": "必填，从名册中选",
    "fixed_on": "已整改的填",
    "closing": "不必填；已销号的写“已销号（日期，复查人）”",
}
_HOW = (
    "填写说明：一处隐患填一行，带 * 的必填。填了“整改完成日期”的登记为待复查；销号须写明复查人，"
    "且不得是整改责任人。填好后在系统“隐患”页面导入，先核对，确认后才登记；同一份表再次导入不会重复登记。"
)


def write_finding_workbook(units: Sequence[str], office: str = "") -> bytes:
    """Give an empty .xlsx workbook; ``units`` are the names to choose the responsible one from."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        page, hidden = book.add_worksheet(SHEET), book.add_worksheet(FACTS)
        _fill_top(book, page, office)
        _fill_headings(book, page)
        _fill_lines(book, page)
        _add_rules(page, units, Options(hidden))
        hidden.very_hidden()
        _set_print(page)
        book.set_properties({"title": SHEET})
    return out.getvalue()


def _fill_top(book: Workbook, page: Worksheet, office: str) -> None:
    last = len(COLUMNS) - 1
    title = book.add_format({"bold": True, "font_size": 15, "align": "center", "valign": "vcenter"})
    small = book.add_format({"font_color": "#404040", "text_wrap": True, "valign": "vcenter"})
    _ = page.merge_range(0, 0, 0, last, plain_line(f"{office}{SHEET}"), title)
    _ = page.merge_range(1, 0, 1, last, _HOW, small)
    _ = page.set_row(0, 28)
    _ = page.set_row(1, 34)


def _fill_headings(book: Workbook, page: Worksheet) -> None:
    boxed: dict[str, Any] = {"border": 1, "border_color": "#A6A6A6", "text_wrap": True, "valign": "vcenter"}
    heading = book.add_format({**boxed, "bold": True, "bg_color": "#DDEBF7", "align": "center"})
    hint = book.add_format({**boxed, "font_size": 9, "font_color": "#595959", "bg_color": "#F2F2F2"})
    for place, column in enumerate(COLUMNS):
        _ = page.set_column(place, place, _WIDTHS.get(column.key, 13))
        _ = page.write_string(_HEADING_LINE, place, f"{column.heading}{'*' * column.required}", heading)
        _put(page, _HEADING_LINE + 1, place, _HINTS.get(column.key, "可不填"), hint)
    _ = page.set_row(_HEADING_LINE, 34)
    _ = page.set_row(_HEADING_LINE + 1, 40)


def _put(page: Worksheet, line: int, place: int, text: str, shape: Format) -> None:
    _ = page.write_string(line, place, cell_text(text), shape)


def _fill_lines(book: Workbook, page: Worksheet) -> None:
    boxed: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF", "text_wrap": True, "valign": "vcenter"}
    day, text = (
        book.add_format({**boxed, "num_format": "yyyy-mm-dd"}),
        book.add_format({**boxed, "num_format": "@"}),
    )
    for line in range(_FIRST, _FIRST + ROWS):
        for place, column in enumerate(COLUMNS):
            _ = page.write_blank(line, place, None, day if column.key in _DATES else text)


def _add_rules(page: Worksheet, units: Sequence[str], options: Options) -> None:
    for place, column in enumerate(COLUMNS):
        if rule := _rule(column.key, units, options):
            area = (_FIRST, place, _FIRST + ROWS - 1, place)
            _ = page.data_validation(*area, {"ignore_blank": True, "error_title": column.heading, **rule})


def _rule(key: str, units: Sequence[str], options: Options) -> dict[str, Any]:
    if key == "grade":
        return {"validate": "list", "source": [grade.zh for grade in Grade]}
    if key == "unit" and units:
        return {"validate": "list", "source": options.reference(units), "error_type": "warning"}
    if key in ("found_at", "fixed_on"):
        between = {"criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31)}
        return {"validate": "date", **between, "error_message": "请填日期，如 2026-03-22。"}
    if key in ("number", "due_at"):
        return {}
    most = LONGEST if key in ("description", "measures") else LONGEST_WORD
    return {"validate": "length", "criteria": "<=", "value": most, "error_message": f"不超过 {most} 字。"}


def _set_print(page: Worksheet) -> None:
    page.freeze_panes(_FIRST, 0)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    _ = page.repeat_rows(_HEADING_LINE)
    page.set_footer("&C第 &P 页 共 &N 页")
