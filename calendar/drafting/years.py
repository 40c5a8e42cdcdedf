"""Which year a day of a document is in: as said, as carried on, or as its date and title tell."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ...obligations.errors import DubanError
from .. import lunar
from ..phrases import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .said import Day, Time

_YEAR = re.compile(r"(20\d{2}|19\d{2})(?:年|-20\d{2}年)")
_STANDING = re.compile(r"(?:办法|制度|规定|细则)》?(?:的通知)?$")
_TITLES = re.compile(r"《[^》]*》|〔[^〕]*〕")
# A limit that lies this far behind the document's own date is of the next year.
_PAST = timedelta(days=31)
_LONG_PAST = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Years:
    """The year that the document is about, whence it is known, and the document's own date."""

    year: int | None
    said: str
    dated: date | None
    titled: bool = False
    standing: bool = False


def years_of(title: str, dated: date | None, text: str, times: Iterable[Time]) -> Years:
    """Give the year of a document: of its title, its date, or the years that its text names most."""
    if _STANDING.search(title):
        return Years(dated.year if dated else None, "办法、制度每年都用", dated, standing=True)
    in_title = [int(one) for one in _YEAR.findall(title)]
    if in_title and (dated is None or dated.year <= in_title[-1]):
        year = dated.year if dated and dated.year in in_title else in_title[0]
        return Years(year, f"标题写明{year}年", dated, titled=True)
    if dated:
        return Years(dated.year, f"落款日期{dated.year}年", dated)
    every = list(times)
    counted = Counter(day.year for one in every for day in (one.first, one.last) if day and day.year)
    counted.update(int(one) for one in _YEAR.findall(_TITLES.sub("", text)))
    if counted:
        agree = [year for year in counted if _moon_agrees(year, every)]
        year = max(agree or counted, key=lambda one: (counted[one], -one))
        return Years(year, f"正文写到{year}年", dated)
    cited = Counter(int(one) for one in _YEAR.findall(text))
    if cited:
        year = max(cited)
        return Years(year, f"引用的文件写到{year}年", dated)
    return Years(None, "", dated)


def _moon_agrees(year: int, times: list[Time]) -> bool:
    glossed = [one.last for one in times if one.last and one.last.lunar and one.last.month]
    return bool(glossed) and all(_lunar_date(year, day.lunar) == _civil(year, day) for day in glossed)


def date_of(day: Day, years: Years, before: date | None = None) -> date | None:
    """Give the date of a day as said; None when nothing tells its year or there is no such day.

    ``before`` is the last date in the same paragraph whose year the text itself gave: what follows it
    without a year is of that year, or of the next when the month has gone by.
    """
    if day.lunar and not day.month:
        year = day.year or years.year
        return _lunar_date(year, day.lunar) if year else None
    if not day.month:
        return _civil(before.year, replace(day, month=before.month)) if before else None
    year = _year_of(day, years, before)
    return _civil(year, day) if year else None


def _year_of(day: Day, years: Years, before: date | None) -> int | None:
    if day.year:
        return day.year
    base = years.dated.year if years.dated else years.year
    if day.said and base:
        return base + {"this": 0, "next": 1, "last": -1}[day.said]
    if before is not None:
        return before.year if day.month >= before.month else before.year + 1
    if years.dated is None:
        return years.year
    return _by_date(day, years, years.dated)


def _by_date(day: Day, years: Years, dated: date) -> int | None:
    """Give the year by the document's own date: a limit set in December for January is of the next year."""
    this_year = _civil(dated.year, day)
    if this_year is None:
        return None
    if years.titled and years.year is not None:
        if years.year > dated.year:
            return dated.year if this_year >= dated else dated.year + 1
        return dated.year + 1 if this_year < dated - _LONG_PAST else dated.year
    return dated.year + 1 if this_year < dated - _PAST else dated.year


def _civil(year: int, day: Day) -> date | None:
    if not 1900 <= year <= 2100:
        return None
    last = monthrange(year, day.month)[1]
    number = last if day.day in (0, 31) else day.day
    return date(year, day.month, number) if number <= last else None


def first_of(day: Day, found: date) -> date:
    """Give where a stretch begins: on the day, or on the first of a whole month."""
    return found if day.day else found.replace(day=1)


def moon_agrees(found: date, day: Day) -> bool:
    """Tell whether the lunar name that the text gives a day is the day's own in its civil year."""
    return bool(day.lunar) and _lunar_date(found.year, day.lunar) == found


def _lunar_date(year: int, name: str) -> date | None:
    try:
        if "月" in name:
            return lunar.lunar_day(year, *lunar.parse_lunar(name))
        return named(year, name)
    except DubanError:
        return None
