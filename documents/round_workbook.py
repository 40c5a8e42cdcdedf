"""The workbook of one round: the office sends it to a chat group, units fill it in, the office imports it."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, final

import xlsxwriter

from .plain_text import cell_text, plain_line
from .round_hints import heads, hint_of
from .round_rules import Options, add_rule
from .round_sheet import ALREADY, BY, CODE, FACTS, FORMAT, NAME, NIL, NOTE, SHEET, RoundSheet, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from .round_sheet import Column, SheetRow

_HEADING_LINE = 3  # from 0, as XlsxWriter counts
_FIRST = _HEADING_LINE + 2
_A4 = 9
_LINE_POINTS = 15
_LOCKED = (CODE, NAME, ALREADY)
_WIDTHS = {CODE: 13, NAME: 20, NIL: 9, NOTE: 26, BY: 11, ALREADY: 14}
_FIELD_WIDTHS = {"number": 12, "date": 13, "choice": 18}
_WIDE = 28


def write_round_workbook(sheet: RoundSheet) -> bytes:
    """Give the .xlsx workbook of a round; every text in it is text, never a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        page, hidden = book.add_worksheet(SHEET), book.add_worksheet(FACTS)
        _Page(book, page, sheet, Options(hidden)).fill()
        _fill_facts(hidden, sheet)
        book.set_properties({"title": plain_line(f"{sheet.plan_title} {sheet.title}")})
    return out.getvalue()


def _fill_facts(hidden: Worksheet, sheet: RoundSheet) -> None:
    """Write what only the program reads: which round this is and what its columns are."""
    for line, (name, value) in enumerate(_facts(sheet)):
        _ = hidden.write_string(line, 0, name)
        _ = hidden.write_string(line, 1, value)
    hidden.protect()
    hidden.very_hidden()


def _facts(sheet: RoundSheet) -> Iterator[tuple[str, str]]:
    yield "format", FORMAT
    for name in ("plan", "duty", "period", "form_digest", "workbook_id", "plan_title", "title"):
        yield name, plain_line(getattr(sheet, name))
    for number, column in enumerate(columns_of(sheet.form), start=1):
        yield f"column {number}", f"{column.key} {column.heading}"


@final
class _Page:
    """The page that people see and fill in."""

    def __init__(self, book: Workbook, page: Worksheet, sheet: RoundSheet, options: Options) -> None:
        self.book, self.page, self.sheet, self.options = book, page, sheet, options
        self.columns = columns_of(sheet.form)
        self.widths = [_width(column) for column in self.columns]
        self.last = _FIRST + max(len(sheet.rows), 1) - 1

    def fill(self) -> None:
        """Write the page from top to bottom, then set how it is handled and printed."""
        self._fill_top()
        self._fill_headings()
        for line, row in enumerate(self.sheet.rows, start=_FIRST):
            self._fill_row(line, row)
        if self.sheet.rows:
            for index, column in enumerate(self.columns):
                add_rule(self.page, column, (_FIRST, index, self.last, index), self.options)
        self._protect()
        self._set_print()

    def _fill_top(self) -> None:
        styles = (
            {"bold": True, "font_size": 15, "align": "center"},
            {"bold": True, "font_color": "#9C0006"},
            {"font_color": "#404040"},
        )
        for line, (text, style) in enumerate(zip(heads(self.sheet), styles, strict=True)):
            shape = self._format({"text_wrap": True, **style})
            _ = self.page.merge_range(line, 0, line, len(self.columns) - 1, "", shape)
            _ = self.page.write_string(line, 0, cell_text(text), shape)
            points = _lines(text, sum(self.widths)) * (_LINE_POINTS if line else 24) + 4
            _ = self.page.set_row(line, points)

    def _fill_headings(self) -> None:
        heading = self._boxed({"bold": True, "bg_color": "#DDEBF7", "align": "center"})
        hint = self._boxed({"font_size": 9, "font_color": "#595959", "bg_color": "#F2F2F2", "valign": "top"})
        for index, (column, width) in enumerate(zip(self.columns, self.widths, strict=True)):
            _ = self.page.set_column(index, index, width)
            self._put(_HEADING_LINE, index, column.heading, heading)
            self._put(_HEADING_LINE + 1, index, hint_of(column), hint)
        self._fit(_HEADING_LINE, [column.heading for column in self.columns], _LINE_POINTS + 2)
        self._fit(_HEADING_LINE + 1, [hint_of(column) for column in self.columns], 12)

    def _fit(self, line: int, texts: list[str], points: int) -> None:
        most = max(_lines(text, width) for text, width in zip(texts, self.widths, strict=True))
        _ = self.page.set_row(line, min(most, 12) * points + 4)

    def _fill_row(self, line: int, row: SheetRow) -> None:
        given = {CODE: row.unit_code, NAME: row.unit_name, ALREADY: row.already}
        for index, column in enumerate(self.columns):
            self._put(line, index, plain_line(given.get(column.key, "")), self._cell_format(column))

    def _put(self, line: int, index: int, text: str, shape: Format) -> None:
        """Write a text as text; nothing is an empty cell rather than an empty text."""
        if text:
            _ = self.page.write_string(line, index, cell_text(text), shape)
        else:
            _ = self.page.write_blank(line, index, None, shape)

    def _cell_format(self, column: Column) -> Format:
        kind = column.field["type"] if column.field else ""
        if column.key in _LOCKED:
            return self._boxed({"num_format": "@", "bg_color": "#F2F2F2"})
        # Cells for words are kept as text, so that 1-2 does not turn into a day.
        number = {"number": "General", "date": "yyyy-mm-dd"}.get(kind, "@")
        return self._boxed({"num_format": number, "locked": False})

    def _boxed(self, style: dict[str, object]) -> Format:
        return self._format({"border": 1, "border_color": "#A6A6A6", "text_wrap": True, **style})

    def _format(self, style: dict[str, object]) -> Format:
        return self.book.add_format({"valign": "vcenter", **style})

    def _protect(self) -> None:
        """Keep columns from being renamed by accident; there is no password, for it guards no secret."""
        self.page.protect("", {"format_columns": True, "format_rows": True})
        self.page.freeze_panes(_FIRST, 2)
        _ = self.page.ignore_errors({"number_stored_as_text": f"A1:XFD{self.last + 1}"})

    def _set_print(self) -> None:
        self.page.set_landscape()
        self.page.set_paper(_A4)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        _ = self.page.repeat_rows(_HEADING_LINE, _HEADING_LINE + 1)
        _ = self.page.print_area(0, 0, self.last, len(self.columns) - 1)
        self.page.set_footer("&C第 &P 页 共 &N 页")


def _width(column: Column) -> int:
    least = _WIDTHS[column.key] if column.field is None else _FIELD_WIDTHS.get(column.field["type"], _WIDE)
    return max(least, min(2 * len(column.heading) + 2, 20))


def _lines(text: str, width: int) -> int:
    """Give the number of lines that a text takes; a Chinese character is two wide."""
    return max(math.ceil(2.1 * len(text) / width), 1)
