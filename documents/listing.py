"""Any list as a workbook: what was filtered, as of when and by whom, then the rows, all text as text."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal, NamedTuple, final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from ..obligations.errors import DubanError
from ..obligations.moments import SHANGHAI
from .plain_text import cell_text, plain_line

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_000_000  # a sheet holds 1,048,576 lines
_A4 = 9
_EXACT = 10**15  # a spreadsheet keeps fifteen digits; longer numbers are codes, and stay whole as text
_SHEET = "清单"
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was


class Column(NamedTuple):
    """One column: its heading, its width in characters, and what its cells hold."""

    heading: str
    width: float
    kind: Literal["text", "number", "date"] = "text"


def write_listing(
    title: str,
    conditions: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    made: str,
    *,
    sheet: str = _SHEET,
    dated: datetime | None = None,
) -> bytes:
    """Give a .xlsx file with the rows, written as they come and kept on disk meanwhile.

    ``conditions`` says what was filtered and as of when, one line each; ``made`` who exported it and when;
    ``sheet`` names the page. Aware datetimes are shown in Asia/Shanghai; what does not fit the kind of its
    column is kept as text. With ``dated`` the file bears that moment as the time at which it was made, so
    that the same rows give the same bytes. Raises DubanError when there are more rows than a sheet holds,
    or no room on disk.
    """
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(out, options) as book:
            page = book.add_worksheet(sheet)
            _Listing(book, page, columns).write(title, [*conditions, *([made] if made else [])], rows)
            created = {} if dated is None else {"created": dated.astimezone(SHANGHAI).replace(tzinfo=None)}
            book.set_properties({"title": plain_line(title), **created})
    except (OSError, XlsxWriterException) as error:
        raise DubanError("导出没有完成，可能是磁盘空间不足；请清理后再试，或缩小筛选范围。") from error
    return out.getvalue()


@final
class _Listing:
    """The one page of a listing, written line by line from the top: nothing above can be changed later."""

    def __init__(self, book: Workbook, page: Worksheet, columns: Sequence[Column]) -> None:
        self.page, self.columns = page, columns
        self.title = book.add_format({"bold": True, "font_size": 15})
        self.small = book.add_format({"font_color": "#595959"})
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self.writers = [_WRITERS[column.kind] for column in columns]

    def write(self, title: str, said: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write everything, and set how it is read and printed."""
        for index, column in enumerate(self.columns):
            _ = self.page.set_column(index, index, column.width)
        _ = self.page.write_string(0, 0, cell_text(plain_line(title)), self.title)
        for line, text in enumerate(said, start=1):
            _ = self.page.write_string(line, 0, cell_text(plain_line(text)), self.small)
        head = len(said) + 1
        for index, column in enumerate(self.columns):
            _ = self.page.write_string(head, index, plain_line(column.heading), self.heading)
        last = self._write_rows(head + 1, rows)
        self._set_view(head, last)

    def _write_rows(self, first: int, rows: Iterable[Sequence[object]]) -> int:
        line = first - 1
        for line, row in enumerate(rows, start=first):
            if line - first >= MOST_ROWS:
                raise DubanError(f"超过 {MOST_ROWS} 行，一张表放不下；请缩小筛选范围后再导出。")
            for index, (write, value) in enumerate(zip(self.writers, row, strict=True)):
                if value is not None and value != "":
                    write(self, line, index, value)
        return line

    def _set_view(self, head: int, last: int) -> None:
        self.page.freeze_panes(head + 1, 0)
        _ = self.page.autofilter(head, 0, last, len(self.columns) - 1)
        self.page.hide_gridlines(0)  # they are printed too
        self.page.set_landscape()
        self.page.set_paper(_A4)
        self.page.fit_to_pages(1, 0)
        _ = self.page.print_area(0, 0, max(last, head), len(self.columns) - 1)
        _ = self.page.repeat_rows(head)
        self.page.set_footer("&C第 &P 页 共 &N 页")
        _ = self.page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def put_text(self, line: int, index: int, value: object) -> None:
        """Write a value as text."""
        _ = self.page.write_string(line, index, cell_text(_shown(value)), self.text)

    def put_number(self, line: int, index: int, value: object) -> None:
        """Write a number that a spreadsheet can hold exactly; anything else as text."""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and _fits(value):
            _ = self.page.write_number(line, index, value)
        else:
            self.put_text(line, index, value)

    def put_date(self, line: int, index: int, value: object) -> None:
        """Write a day or a moment; anything else as text."""
        if isinstance(value, datetime) and value.date() >= _FIRST_DAY:
            local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
            _ = self.page.write_datetime(line, index, local, self.moment)
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
            midnight = datetime.combine(value, time())
            _ = self.page.write_datetime(line, index, midnight, self.day)
        else:
            self.put_text(line, index, value)


def _fits(value: float) -> bool:
    return abs(value) < _EXACT if isinstance(value, int) else math.isfinite(value)


def _shown(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case datetime() if value.tzinfo is not None:
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case _:
            return str(value)


_WRITERS: dict[str, Callable[[_Listing, int, int, object], None]] = {
    "text": _Listing.put_text,
    "number": _Listing.put_number,
    "date": _Listing.put_date,
}
