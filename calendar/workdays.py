"""Workdays of the mainland: weekdays, less the days off, plus the make-up working days (调休).

A year's days come from, in this order: our own table of the State Council's notice; the ``holidays``
library, only for a year for which it holds a real notice; else the statute, and then the year is
provisional (暂定), because a notice always moves some days.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..obligations.errors import DubanError, InputError, Problem
from .notices import SATURDAY, YearTable, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST_YEAR, LAST_YEAR = 1900, 2100
_BRIDGED = (6, 0, 1)  # Sunday, Monday, Tuesday


class DayKind(StrEnum):
    """What a day is for those who work office days."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def label(self) -> str:
        """Give the kind in Chinese."""
        return {"workday": "工作日", "weekend": "周末", "holiday": "节假日", "makeup": "调休上班"}[self]


class _Year(NamedTuple):
    off: dict[date, str]
    makeup: dict[date, str]
    workdays: list[date]


class Workdays:
    """Which days are workdays, from 1900 to 2100; days are stdlib dates in Beijing time.

    Every method raises :class:`DubanError` for a year outside that span and :class:`InputError` when our own
    table of a year that it needs is wrong. Tables are read when first needed.
    """

    def __init__(self, files: Mapping[int, Path]) -> None:
        self._files = dict(files)
        self._tables: dict[int, YearTable] = {}
        self._years: dict[int, _Year] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> Workdays:
        """Find the tables ``<year>.yaml`` of a folder; by default, those that come with duban.

        Raises :class:`InputError` when the folder is missing or a table's name is no year.
        """
        folder = folder or Path(__file__).parent / "holidays"
        if not folder.is_dir():
            raise InputError([Problem(str(folder), "没有这个节假日文件夹")])
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
        wrong = [path for path in files if not re.fullmatch(r"(19|20|21)\d\d\.yaml", path.name)]
        if wrong:
            raise InputError([Problem(str(path), "文件名不对", expected="年份加 .yaml") for path in wrong])
        return cls({int(path.stem): path for path in files})

    @property
    def noticed_years(self) -> tuple[int, ...]:
        """Give the years that have a table of ours."""
        return tuple(sorted(self._files))

    def check(self) -> tuple[Problem, ...]:
        """Read every table of ours and give all their problems; none when all are right."""
        problems: list[Problem] = []
        for year in self.noticed_years:
            try:
                self._table(year)
            except InputError as wrong:
                problems += wrong.problems
        return tuple(problems)

    def provisional(self, year: int) -> bool:
        """Say whether the days of ``year`` are only computed, for want of its notice."""
        return self._table(year).provisional

    def provisional_between(self, start: date, end: date) -> bool:
        """Say whether a workday count over ``start`` to ``end``, in either order, may change with a notice.

        That is so when any year touched is provisional, and for the last three days of December before a
        New Year's Day on a Sunday, Monday or Tuesday whose notice is not out: such notices have moved those
        days (2002, 2006, 2007, 2008, 2012, 2019), and no other has.
        """
        first, last = sorted((start, end))
        return any(map(self.provisional, range(first.year, last.year + 1))) or self._hangs(last)

    def source(self, year: int) -> str:
        """Give what the days of ``year`` rest on: the notice's number, the library, or the statute."""
        return self._table(year).source

    def kind(self, day: date) -> DayKind:
        """Give what ``day`` is."""
        year = self._year(day)
        if day in year.off:
            return DayKind.HOLIDAY
        if day in year.makeup:
            return DayKind.MAKEUP
        return DayKind.WEEKEND if day.weekday() >= SATURDAY else DayKind.WORKDAY

    def name(self, day: date) -> str | None:
        """Give the holiday that ``day`` belongs to, or for which it is worked; None for an ordinary day."""
        year = self._year(day)
        return year.off.get(day) or year.makeup.get(day)

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is worked: a workday or a make-up working day."""
        return self.kind(day) in (DayKind.WORKDAY, DayKind.MAKEUP)

    def shift(self, day: date, n: int) -> date:
        """Give the n-th workday after ``day``, not counting it; before, when n is negative; 0 is ``day``."""
        if n == 0:
            return day
        year, days = day.year, self._year(day).workdays
        at = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._year(date(year, 1, 1)).workdays
        while at < 0:
            year -= 1
            days = self._year(date(year, 1, 1)).workdays
            at += len(days)
        return days[at]

    def next_workday(self, day: date) -> date:
        """Give ``day`` if it is a workday, else the first workday after it."""
        return day if self.is_workday(day) else self.shift(day, 1)

    def previous_workday(self, day: date) -> date:
        """Give ``day`` if it is a workday, else the last workday before it."""
        return day if self.is_workday(day) else self.shift(day, -1)

    def within(self, start: date, end: date) -> Sequence[date]:
        """Give the workdays from ``start`` to ``end``, both included, in order."""
        found: list[date] = []
        for year in range(start.year, end.year + 1):
            days = self._year(date(year, 1, 1)).workdays
            found += days[bisect_left(days, start) : bisect_right(days, end)]
        return found

    def _hangs(self, day: date) -> bool:
        if (day.month, day.day) < (12, 29) or day.year == LAST_YEAR:
            return False
        if date(day.year + 1, 1, 1).weekday() not in _BRIDGED:
            return False
        after = self._carried(day.year)
        return after is None or after.provisional

    def _year(self, day: date) -> _Year:
        if isinstance(day, datetime):
            raise TypeError("a date is wanted, not a datetime: a moment has no day without its zone")
        if day.year not in self._years:
            self._years[day.year] = self._build(day.year)
        return self._years[day.year]

    def _build(self, year: int) -> _Year:
        tables = [table for table in (self._table(year), self._carried(year)) if table is not None]
        off = {day: name for table in tables for day, name in table.off.items() if day.year == year}
        makeup = {day: name for table in tables for day, name in table.makeup.items() if day.year == year}
        days = (date(year, 1, 1) + timedelta(days=ahead) for ahead in range(366))
        worked = [
            day
            for day in days
            if day.year == year and day not in off and (day in makeup or day.weekday() < SATURDAY)
        ]
        return _Year(off, makeup, worked)

    def _carried(self, year: int) -> YearTable | None:
        """Give next year's table, which may arrange this December; None where it is not known at no cost."""
        if year == LAST_YEAR or (year in self._files and year + 1 not in self._files):
            return None
        return self._table(year + 1)

    def _table(self, year: int) -> YearTable:
        if year not in self._tables:
            self._tables[year] = self._find(year)
        return self._tables[year]

    def _find(self, year: int) -> YearTable:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise DubanError(f"工作日只能推算{FIRST_YEAR}年至{LAST_YEAR}年，不能推算{year}年")
        if year in self._files:
            return read_table(self._files[year], year)
        from . import fallback  # noqa: PLC0415  # years with a table need no borax

        return fallback.from_library(year) or fallback.from_statute(year)
