"""A year's days off where no table of ours holds its notice: the ``holidays`` library, else the statute."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

from .lunar import festival
from .notices import SATURDAY, YearTable

LIBRARY = "holidays 库"
STATUTE = "暂定（依据《全国年节及纪念日放假办法》推算）"
_REVISED_FROM = 2025  # 国务院令第795号, in force from 2025-01-01, adds 除夕 and 5月2日.
_SWAP = 4


def from_library(year: int) -> YearTable | None:
    """Give the year as the ``holidays`` library has it; None unless the library holds that year's notice.

    Past its last notice the library goes on answering, with no make-up day at all, hence the test.
    """
    if not _library_may_hold(year):
        return None
    from holidays.countries.china import China, ChinaStaticHolidays  # noqa: PLC0415  # takes half a second

    if year not in ChinaStaticHolidays.special_public_holidays:
        return None
    listed = dict(
        China(years=(year, year + 1), language="zh_CN")
    )  # 元旦 may have taken days of this December
    off = {day: _holiday_of(day, listed) for day in listed if day.year == year}
    makeup: dict[date, str] = {}
    # A swap is (month, day off, month, day worked[, year worked]); rows of another shape only add days off.
    for row in ChinaStaticHolidays.special_public_holidays[year]:
        if len(row) >= _SWAP:
            month, day, on_month, on_day, *on_year = map(int, row)
            makeup[date(on_year[0] if on_year else year, on_month, on_day)] = off[date(year, month, day)]
    return YearTable(year, LIBRARY, off, makeup)


def from_statute(year: int) -> YearTable:
    """Compute the year from 《全国年节及纪念日放假办法》, as a provisional table.

    The 2013 text serves every year before 2025, the 2024 text the rest. Under its article 6 a day off that
    falls on a weekend is made good on a workday; the next free one is taken. Two holidays on one such day
    are made good once: the text does not say.
    """
    off = _statutory_days(year)
    for day, name in sorted(off.items()):
        if day.weekday() >= SATURDAY:
            off[_next_free(day, off)] = name
    return YearTable(year, STATUTE, off, {}, provisional=True)


def _holiday_of(day: date, listed: dict[date, str]) -> str:
    """Give the holiday that a listed day belongs to; a swapped day is listed only as 休息日."""
    named = (other for other, name in listed.items() if not name.startswith("休息日"))
    return listed[min(named, key=lambda other: abs(other - day))].partition("（")[0]


def _library_may_hold(year: int) -> bool:
    """Look for the year in the library's source, which is far quicker than importing the library."""
    found = find_spec("holidays")
    if found is None or found.origin is None:
        return found is not None
    source = Path(found.origin).parent / "countries" / "china.py"
    return not source.exists() or f"{year}: (" in source.read_text(encoding="utf-8")


def _statutory_days(year: int) -> dict[date, str]:
    revised = year >= _REVISED_FROM
    spans = {
        "元旦": (0, 1), "春节": (-1 if revised else 0, 3), "清明节": (0, 1),
        "劳动节": (0, 2 if revised else 1), "端午节": (0, 1), "中秋节": (0, 1), "国庆节": (0, 3),
    }  # fmt: skip
    return {
        festival(year, name) + timedelta(days=ahead): name
        for name, (start, stop) in spans.items()
        for ahead in range(start, stop)
    }


def _next_free(day: date, off: dict[date, str]) -> date:
    while day in off or day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day
