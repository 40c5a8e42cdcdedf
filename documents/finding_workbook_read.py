"""Reads findings out of a workbook: our own template, or a ledger that the township has kept for years.

Columns are found by their headings, in whatever order they stand; a cell merged over several lines counts for
each of them. Every wrong cell is named, and the right lines can be taken all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, final

from python_calamine import CalamineError, CalamineWorkbook

from ..obligations.errors import Problem
from ..obligations.finding_entry import COLUMNS, Entry, read_entry
from .plain_text import plain_line
from .roster_package import opened
from .roster_table import Area, in_cell, refusal
from .round_cells import words
from .round_sheet import HINTS, matched
from .round_workbook_read import check_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from python_calamine import CalamineSheet

    from .roster_package import Package

_WANTED: Final = "隐患台账的 .xlsx 表格"
SAID: Final = "隐患台账"  # what a message calls a file without a name
_MOST_LINES = 5000
_MOST_ABOVE = 20
_LEAST_HEADINGS = 4
# What townships also write over these columns.
_ALSO = {
    "found_at": ("检查日期", "排查时间", "排查日期", "发现时间", "发现日期"),
    "checked_by": ("排查单位",),
    "inspectors": ("检查人员", "排查人", "排查人员"),
    "item": ("检查内容", "检查类别"),
    "place": ("地点", "隐患地点", "排查地点", "所在地点"),
    "description": ("隐患描述", "问题描述", "隐患内容", "存在问题", "存在的问题", "主要问题", "隐患问题"),
    "kind": ("隐患类别", "问题类型", "问题类别"),
    "grade": ("隐患级别", "隐患分级"),
    "measures": ("整改要求", "整改措施", "整改要求及措施", "整改要求(措施)"),
    "due_at": ("整改时限", "整改限期", "限期整改时间", "整改到期日"),
    "unit": ("责任单位", "整改单位"),
    "responsible": ("责任人", "整改人", "整改负责人"),
    "fixed_on": ("整改完成时间", "完成日期", "完成时间", "整改日期"),
    "closing": ("是否销号", "销号", "销号时间", "整改情况"),
}
_KEYS = {matched(one.heading): one.key for one in COLUMNS} | {
    matched(text): key for key, texts in _ALSO.items() for text in texts
}
_HEADINGS = {one.key: one.heading for one in COLUMNS}
_NEEDED = tuple(one.key for one in COLUMNS if one.required)


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """One line with nothing wrong; ``line`` counts from 1."""

    line: int
    entry: Entry


class TakenFindings(NamedTuple):
    """What a workbook brings: its right lines, everything wrong, and headings that stand for nothing here."""

    rows: tuple[ReadFinding, ...]
    problems: tuple[Problem, ...]
    strange: tuple[str, ...]


def read_finding_workbook(
    data: bytes, file_name: str, units: Mapping[str, str], now: datetime
) -> TakenFindings:
    """Give the findings of a workbook; ``units`` gives the name of each unit by its code.

    Raises InputError when nothing of the file can be taken: not a workbook, unsafe, too large, no headings,
    or a column missing that a finding cannot do without.
    """
    file = plain_line(file_name) or SAID
    check_file(file, data, _WANTED)
    package = opened(file, data)
    try:
        book = CalamineWorkbook.from_filelike(package.repacked())
        page = _page(file, package, book)
    except CalamineError:
        raise refusal(file, "打不开这个文件", _WANTED, "文件已损坏") from None
    reading = _Reading(page, units, now)
    for line in range(page.line + 1, len(page.grid) + 1):
        reading.take(line)
    order = sorted(reading.problems, key=lambda one: (one.line or 0, one.column or 0))
    return TakenFindings(tuple(reading.rows), tuple(order), page.strange)


class _Page(NamedTuple):
    """The sheet with the findings: where its headings stand, and where each column of ours is (from 1)."""

    file: str
    grid: Sequence[Sequence[object]]
    line: int
    places: Mapping[str, int]
    strange: tuple[str, ...]
    merged: Sequence[Area]
    broken: frozenset[tuple[int, int]]


def _page(file: str, package: Package, book: CalamineWorkbook) -> _Page:
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.end is not None and sheet.end[0] >= _MOST_LINES:
            raise refusal(file, f"工作表“{plain_line(name)[:20]}”的行数过多", f"不超过 {_MOST_LINES} 行")
        grid = sheet.to_python(skip_empty_area=False)
        if line := _heading_line(grid):
            return _found(file, package, sheet, grid, line)
    expected = "含有“隐患问题描述”“整改责任单位”等列名的一行（可下载本系统的空白表）"
    raise refusal(file, "找不到表头", expected)


def _heading_line(grid: Sequence[Sequence[object]]) -> int:
    """Give the line (from 1) with most of our headings among the first, or nought."""
    counts = [
        len({key for value in values if (key := _KEYS.get(matched(str(value))))})
        for values in grid[:_MOST_ABOVE]
    ]
    most = max(counts, default=0)
    return counts.index(most) + 1 if most >= _LEAST_HEADINGS else 0


def _found(
    file: str, package: Package, sheet: CalamineSheet, grid: Sequence[Sequence[object]], line: int
) -> _Page:
    places: dict[str, int] = {}
    strange: list[str] = []
    for place, value in enumerate(grid[line - 1], start=1):
        text = plain_line(str(value))
        key = _KEYS.get(matched(text))
        if key is not None and key not in places:
            places[key] = place
        elif text:
            strange.append(text[:20])
    if lacking := [_HEADINGS[key] for key in _NEEDED if key not in places]:
        said = "、".join(f"“{heading}”" for heading in lacking)
        raise refusal(file, f"缺少{said}列", f"第 {line} 行的列名与隐患台账一致")
    merged = tuple(
        Area(top + 1, left + 1, low + 1, right + 1)
        for (top, left), (low, right) in sheet.merged_cell_ranges or ()
    )
    broken = frozenset(package.error_cells(sheet.name))
    return _Page(file, grid, line, places, tuple(strange), merged, broken)


@final
class _Reading:
    """The rows and problems of one page, as far as they have been read."""

    def __init__(self, page: _Page, units: Mapping[str, str], now: datetime) -> None:
        self.page, self.units, self.now = page, units, now
        self.rows: list[ReadFinding] = []
        self.problems: list[Problem] = []
        self._first: dict[tuple[object, ...], int] = {}
        # A merged cell counts for each line that it covers.
        self._above = {
            (line, area.left): area.top
            for area in page.merged
            if area.left == area.right
            for line in range(area.top + 1, area.bottom + 1)
        }

    def take(self, line: int) -> None:
        """Read one line, if it says anything of a finding."""
        texts = {key: self._text(line, place) for key, place in self.page.places.items()}
        if texts.get("number") == HINTS:
            return
        own = {key for key, place in self.page.places.items() if key != "number" and self._own(line, place)}
        if len(own) < 2:  # noqa: PLR2004 - a note below the table has one
            self._complain_lone(line, own)
            return
        found = read_entry(texts, self.units, self.now)
        broken = {key for key, place in self.page.places.items() if (line, place) in self.page.broken}
        faults = dict(found.faults) | dict.fromkeys(broken, "公式出错，请直接填写内容")
        for key, fault in faults.items():
            self._complain(line, key, fault)
        if found.entry is not None and not faults:
            self._keep(line, found.entry)

    def _keep(self, line: int, entry: Entry) -> None:
        said = (
            entry.unit,
            entry.found_at,
            entry.texts["place"],
            entry.texts["description"],
            entry.texts["item"],
        )
        before = self._first.setdefault(said, line)
        if before == line:
            self.rows.append(ReadFinding(line, entry))
        else:
            self._complain(line, "description", f"与第{before}行是同一处隐患，只登记前一行")

    def _complain_lone(self, line: int, own: set[str]) -> None:
        """A description that stands alone is a finding somebody began; other single cells are notes."""
        if "description" in own:
            self._complain(line, "description", "这一行只写了问题，其余各项没有填写")

    def _own(self, line: int, place: int) -> bool:
        values = self.page.grid[line - 1]
        return place <= len(values) and bool(words(values[place - 1]))

    def _text(self, line: int, place: int) -> str:
        values = self.page.grid[self._above.get((line, place), line) - 1]
        return words(values[place - 1]) if place <= len(values) else ""

    def _complain(self, line: int, key: str, fault: str) -> None:
        place = self.page.places.get(key, self.page.places["description"])
        problem = Problem(self.page.file, fault, line, place, _HEADINGS[key])
        self.problems.append(in_cell(problem))
