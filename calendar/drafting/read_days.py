"""Days, months and stretches of days: 3月22日前、1月13日至19日、3—4月、2023年6月底前."""

from __future__ import annotations

import re

from .numerals import number, year_number
from .parts import clock_of, day_of, made, said_of
from .said import Day, Time


def read_day(found: re.Match[str]) -> Time | None:
    """Read one day: 3月22日前、2023年6月底前、1月21日（除夕）."""
    day = day_of(found.groupdict(), "a")
    return day and made(found, "day", last=day)


def read_span(found: re.Match[str]) -> Time | None:
    """Read a stretch of days: 2022年12月20日至2023年1月15日、1月13日至19日."""
    groups = found.groupdict()
    first = day_of(groups, "a")
    if first is None:
        return None
    if groups["bonly"]:
        last_day = number(groups["bonly"])
        last = (
            Day(first.month, last_day, first.year, first.said) if first.day and 1 <= last_day <= 31 else None
        )
    else:
        last = day_of(groups, "b")
    return last and made(found, "span", first=first, last=last)


def read_months(found: re.Match[str]) -> Time | None:
    """Read a stretch of months: 3—4月."""
    groups = found.groupdict()
    one, other = number(groups["am"]), number(groups["bm"])
    if not (1 <= one <= 12 and 1 <= other <= 12):
        return None
    year = year_number(groups["ay"]) if groups["ay"] else None
    said = said_of(groups["as"])
    return made(
        found,
        "span",
        first=Day(one, 0, year, said),
        last=Day(other, 31, year if one <= other else (year and year + 1), said),
    )


def read_until(found: re.Match[str]) -> Time | None:
    """Read a stretch from the document on: 即日起至6月30日."""
    last = day_of(found.groupdict(), "b")
    return last and made(found, "span", last=last, event=found["from"])


def read_iso(found: re.Match[str]) -> Time | None:
    """Read a day in figures: 2023-01-15."""
    month, day = int(found["am"]), int(found["ad"])
    return (
        made(found, "day", last=Day(month, day, int(found["ay"])))
        if 1 <= month <= 12 and 1 <= day <= 31
        else None
    )


def read_year_end(found: re.Match[str]) -> Time | None:
    """Read the end of a year: 年底前、2023年底."""
    groups = found.groupdict()
    if not groups["p"] and not (groups["limit"] and not groups["bare"]):
        return None
    year = year_number(groups["ay"]) if groups["ay"] else None
    return made(found, "day", last=Day(12, 31, year, said_of(groups["as"])))


def read_month_end(found: re.Match[str]) -> Time | None:
    """Read 本月底, which says a day only to one who knows the month."""
    return made(found, "vague")


def read_day_only(found: re.Match[str]) -> Time | None:
    """Read a day without its month: 15日前."""
    day = number(found["d"])
    return (
        made(found, "day", last=Day(0, day, clock=clock_of(found.groupdict(), "k")))
        if 1 <= day <= 31
        else None
    )


def read_half_named(found: re.Match[str]) -> Time | None:
    """Read half a year by its name: 上半年."""
    groups = found.groupdict()
    year = year_number(groups["ay"]) if groups["ay"] else None
    first, last = (1, 6) if groups["h"] == "上" else (7, 12)
    said = said_of(groups["as"])
    return made(found, "span", first=Day(first, 0, year, said), last=Day(last, 31, year, said))


def read_quarter_named(found: re.Match[str]) -> Time:
    """Read a quarter by its name: 第三季度."""
    groups = found.groupdict()
    year = year_number(groups["ay"]) if groups["ay"] else None
    first = "一二三四".index(groups["q"] or "一") * 3 + 1
    said = said_of(groups["as"])
    return made(found, "span", first=Day(first, 0, year, said), last=Day(first + 2, 31, year, said))
