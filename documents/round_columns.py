"""Finds the columns of a round's workbook by their headings; they may have been moved about."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from ..obligations.errors import InputError, Problem
from .roster_table import cell_name, in_cell, refusal
from .round_sheet import ALREADY, CODE, Column, columns_of, matched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .round_sheet import Field

_MOST_LINES_ABOVE = 20
_LONGEST_SHOWN = 40


class Found(NamedTuple):
    """The line of the headings, and where each column of ours stands (both from 1)."""

    line: int
    places: Mapping[str, int]
    columns: Mapping[str, Column]
    strange: Mapping[int, str]  # headings that are none of ours

    def label(self, key: str) -> str:
        """Give the heading of a column."""
        return self.columns[key].heading


def found_columns(file: str, grid: Sequence[Sequence[object]], form: Sequence[Field]) -> Found:
    """Give where the columns stand. Raises InputError naming every one that is missing or there twice."""
    columns = {column.key: column for column in columns_of(form)}
    line = _heading_line(file, grid, columns)
    keys = {matched(column.heading): key for key, column in columns.items()}
    places: dict[str, int] = {}
    strange: dict[int, str] = {}
    problems: list[Problem] = []
    for place, value in enumerate(grid[line - 1], start=1):
        if (key := keys.get(matched(str(value)))) is None:
            strange |= {place: str(value).strip()} if str(value).strip() else {}
        elif key in places:
            problems.append(_twice(file, line, place, columns[key]))
        else:
            places[key] = place
    found = Found(line, places, columns, strange)
    problems += [_missing(file, found, key) for key in columns if key not in places and key != ALREADY]
    if problems:
        raise InputError(problems)
    return found


def _heading_line(file: str, grid: Sequence[Sequence[object]], columns: Mapping[str, Column]) -> int:
    """Give the line with most of our headings among the first; a single one is none."""
    known = {matched(column.heading) for column in columns.values()}
    counts = [len({matched(str(value)) for value in values} & known) for values in grid[:_MOST_LINES_ABOVE]]
    most = max(counts, default=0)
    if most < min(len(known), 3):
        raise refusal(file, "找不到表头", f"含有“{columns[CODE].heading}”等列名的一行（请用原表填写）")
    return counts.index(most) + 1


def _twice(file: str, line: int, place: int, column: Column) -> Problem:
    heading = column.heading
    return in_cell(Problem(file, "表头重复", line, place, heading, "不重复的列名", heading))


def _missing(file: str, found: Found, key: str) -> Problem:
    heading = found.label(key)
    strange = {text: place for place, text in found.strange.items()}
    near = get_close_matches(heading, strange, n=1, cutoff=0.4)
    said = "没有这一列"
    if near:
        said = f"没有这一列，最接近的是 {cell_name(found.line, strange[near[0]])}“{near[0][:_LONGEST_SHOWN]}”"
    expected = f"第 {found.line} 行有“{heading}”（列名请改回原样）"
    return Problem(file, f"缺少“{heading}”列", found.line, None, None, expected, said)
