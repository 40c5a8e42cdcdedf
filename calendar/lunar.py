"""Lunar days, solar terms and festivals, as stdlib dates of the civil calendar (Beijing time).

The month lengths come from ``borax`` for the lunar years 1900 to 2100. The rule is GB/T 33661-2017
《农历的编算和颁行》: a month begins on the day, by Beijing time, that holds the new moon.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from borax.calendars.lunardate import (  # pyright: ignore[reportMissingTypeStubs]
    TERMS_CN,
    LCalendars,
    LunarDate,
    TermUtils,
)

from ..obligations.errors import DubanError
from .faults import nearest

FIRST_YEAR, LAST_YEAR = 1900, 2100

MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
_DIGITS = "一二三四五六七八九"
DAYS = (
    *(f"初{digit}" for digit in _DIGITS), "初十",
    *(f"十{digit}" for digit in _DIGITS), "二十",
    *(f"廿{digit}" for digit in _DIGITS), "三十",
)  # fmt: skip
SOLAR_TERMS = tuple(TERMS_CN)

FESTIVALS = {
    "春节": (1, 1), "元宵节": (1, 15), "龙抬头": (2, 2), "端午节": (5, 5), "七夕": (7, 7),
    "中元节": (7, 15), "中秋节": (8, 15), "重阳节": (9, 9), "腊八节": (12, 8),
}  # fmt: skip
CIVIL_FESTIVALS = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}

_MONTH_NUMBERS = {name: at for at, name in enumerate(MONTHS, 1)} | {"十一月": 11, "十二月": 12}
_DAY_NUMBERS = {name: at for at, name in enumerate(DAYS, 1)} | {
    "卅": 30, **{f"二十{digit}": 20 + at for at, digit in enumerate(_DIGITS, 1)}
}  # fmt: skip
_FULL_NAMES = {
    name[:2]: name
    for name in (*FESTIVALS, *CIVIL_FESTIVALS, "清明节")
    if name.endswith("节") and name != "春节"
}
_LUNAR = re.compile(r"(闰?)([正冬腊]月|[一二三四五六七八九十]{1,2}月)(.*)")

# Three new moons fall within two minutes of midnight, where the forecast of the earth's rotation decides the
# day. The one published almanac for these years, the Hong Kong Observatory's conversion table
# (https://www.hko.gov.hk/en/gts/time/conversion.htm, which names these three as uncertain), and sxtwl put
# each of them a day before borax does. Keyed by (lunar year, month); none of them is a leap month.
_CORRECTED_FIRSTS = {
    (2057, 9): date(2057, 9, 28),
    (2089, 8): date(2089, 9, 4),
    (2097, 7): date(2097, 8, 7),
}


class _Month(NamedTuple):
    number: int
    leap: bool
    first: date
    days: int


def eve(year: int) -> date:
    """Give 除夕 before the Spring Festival of ``year``: the day before 正月初一, be it the 29th or the 30th.

    Raises :class:`DubanError` outside 1900 to 2100.
    """
    return _months(year)[0].first - timedelta(days=1)


def lunar_day(year: int, month: int, day: int, leap: bool = False) -> date:  # noqa: FBT001, FBT002  # as parse_lunar gives it
    """Give the civil date of a lunar day.

    Month 12 is the 腊月 that runs up to the Spring Festival of ``year`` (so it may begin in the civil year
    before); every other month belongs to the lunar year that begins with that Spring Festival.
    Raises :class:`DubanError` when that year has no such month or day.
    """
    for found in _months(year - 1 if month == len(MONTHS) else year):
        if (found.number, found.leap) == (month, leap):
            break
    else:
        raise DubanError(f"{year}年没有{_month_name(month, leap=leap)}")
    if not 1 <= day <= found.days:
        named = DAYS[day - 1] if 1 <= day <= len(DAYS) else f"第{day}日"
        raise DubanError(f"{year}年{_month_name(month, leap=leap)}没有{named}")
    return found.first + timedelta(days=day - 1)


def solar_term(year: int, name: str) -> date:
    """Give the civil date of one of the 24 solar terms in the civil year ``year``.

    Raises :class:`DubanError` for an unknown name, with the nearest one, and outside 1900 to 2100.
    """
    _refuse_year(year)
    if name not in SOLAR_TERMS:
        raise _unknown(name, "节气", SOLAR_TERMS)
    return TermUtils.nth_term_day(year, term_name=name)


def festival(year: int, name: str) -> date:
    """Give the civil date of a festival of ``year``; 除夕 and 腊八节 come before its Spring Festival.

    Short forms (中秋, 国庆) are taken. 清明节 is the day of the solar term.
    Raises :class:`DubanError` for an unknown name, with the nearest one, and outside 1900 to 2100.
    """
    _refuse_year(year)
    full = _FULL_NAMES.get(name, name)
    if full == "除夕":
        return eve(year)
    if full == "清明节":
        return solar_term(year, "清明")
    if full in CIVIL_FESTIVALS:
        return date(year, *CIVIL_FESTIVALS[full])
    if full in FESTIVALS:
        return lunar_day(year, *FESTIVALS[full])
    raise _unknown(name, "节日", ("除夕", *FESTIVALS, *CIVIL_FESTIVALS, *_FULL_NAMES, *SOLAR_TERMS))


def parse_lunar(text: str) -> tuple[int, int, bool]:
    """Read ``正月初八``, ``闰六月十五`` or ``腊月廿三`` as (month, day, leap).

    Raises :class:`DubanError` for anything else; whether a year has that day is for :func:`lunar_day` to say.
    """
    shown = text.strip()
    bare = shown.removeprefix("农历")
    if bare in _DAY_NUMBERS:
        raise DubanError(f"“{shown}”缺月份，应写成“正月{bare}”这样")
    shape = _LUNAR.fullmatch(bare)
    if shape is None or shape[3] not in _DAY_NUMBERS or shape[2] not in _MONTH_NUMBERS:
        raise _unreadable(shown, bare)
    return _MONTH_NUMBERS[shape[2]], _DAY_NUMBERS[shape[3]], bool(shape[1])


def describe(day: date) -> str:
    """Give the lunar name of a civil date, such as ``正月初八`` or ``闰六月十五``.

    Raises :class:`DubanError` before 1900-01-31 and after 2101-01-28.
    """
    in_its_year = FIRST_YEAR <= day.year <= LAST_YEAR and _months(day.year)[0].first <= day
    months = _months(day.year if in_its_year else day.year - 1)
    month = next(month for month in reversed(months) if month.first <= day)
    if (day - month.first).days >= month.days:
        raise DubanError(f"农历和节气只能推算{FIRST_YEAR}年至{LAST_YEAR}年，不能推算{day}")
    return _month_name(month.number, leap=month.leap) + DAYS[(day - month.first).days]


@cache
def _months(lunar_year: int) -> tuple[_Month, ...]:
    """Give the months of a lunar year in order, with the corrected first days."""
    _refuse_year(lunar_year)
    first = LunarDate(lunar_year, 1, 1).to_solar_date()
    names: list[tuple[int, bool]] = []
    firsts: list[date] = []
    for number, days, leap in LCalendars.iter_year_month(lunar_year):
        names.append((number, bool(leap)))
        firsts.append(first if leap else _CORRECTED_FIRSTS.get((lunar_year, number), first))
        first += timedelta(days=days)
    ends = [*firsts[1:], first]
    return tuple(
        _Month(number, leap, start, (end - start).days)
        for (number, leap), start, end in zip(names, firsts, ends, strict=True)
    )


def _refuse_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DubanError(f"农历和节气只能推算{FIRST_YEAR}年至{LAST_YEAR}年，不能推算{year}年")


def _month_name(month: int, *, leap: bool) -> str:
    named = MONTHS[month - 1] if 1 <= month <= len(MONTHS) else f"第{month}个月"
    return f"闰{named}" if leap else named


def _unknown(name: str, what: str, known: tuple[str, ...]) -> DubanError:
    near = nearest(name, known)
    return DubanError(f"没有“{name}”这个{what}" + (f"；是否想写“{near}”？" if near else ""))


def _unreadable(shown: str, bare: str) -> DubanError:
    known = [month + day for month in MONTHS for day in DAYS]
    near = nearest(f"正月{bare[2:]}" if bare.startswith("一月") else bare, known)
    asked = f"；是否想写“{near}”？" if near else ""
    return DubanError(f"看不懂农历日子“{shown}”，应写成“正月初八”“闰六月十五”这样{asked}")
