"""When a duty is owed: a time expression of the document as the plan language says it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .found import When
from .years import Years, date_of, first_of, moon_agrees

if TYPE_CHECKING:
    from .found import DutyKind
    from .said import Day, Time

_KINDS: dict[str, DutyKind] = {
    "week": "weekly", "month": "monthly", "quarter": "quarterly", "half": "half_yearly", "year": "yearly",
}  # fmt: skip
_OF_DOCUMENT = re.compile(
    r"(?:本)?(?:通知|方案|文件|意见|办法|计划|要求|部署)(?:印发|下发|发布|发出|公布|实施)?(?:之日|后|起)|(?:印发|下发|发布)(?:之日|后|起)"
)
_RECEIVED = re.compile(r"收到|接到|接")
UNIT_PHRASES = {"day": "days", "workday": "workdays", "hour": "hours", "week": "weeks"}


def phrase_of(day: date, year: int, clock: str = "", lunar: str = "") -> str:
    """Give a civil date in the plan language, for a plan of ``year``; a lunar day keeps its own name."""
    if lunar:
        return f"{lunar} {clock}".strip()
    if day.year == year:
        said = f"{day.month:02d}-{day.day:02d}"
    elif day.year > year:
        said = f"12-31 + {(day - date(year, 12, 31)).days} days"
    else:
        said = f"01-01 - {(date(year, 1, 1) - day).days} days"
    return f"{said} {clock}".strip()


def when_of(time: Time, years: Years, before: date | None) -> When:
    """Give when something is owed by one time expression; ``open_`` says what is left open."""
    yearly = time.last if years.standing and time.kind == "day" and not time.first else None
    if yearly and yearly.month and yearly.day and not yearly.year and not yearly.said:
        day = date_of(yearly, Years(2023, "", None), None)
        return When("yearly", time.text, phrase_of(day, 2023) if day else "")
    if time.kind == "day" or (time.kind == "festival" and time.first is None):
        return _once(time, years, before)
    if time.kind in ("span", "festival"):
        return _stretch(time, years, before)
    if time.kind == "every":
        return _every(time)
    if time.kind == "after":
        return _after(time, years)
    return When(
        "event" if re.match(r"及时|立|马上|第一|随时|即时", time.text) else "",
        time.text,
        open_=f"原文写“{time.text}”，没有写日期",
    )


def _once(time: Time, years: Years, before: date | None) -> When:
    day = time.last
    found = date_of(day, years, before) if day else None
    if day is None or found is None:
        return When("once", time.text, open_=f"原文写“{time.text}”，推不出是哪一年哪一天")
    if time.kind == "festival" and time.by:
        found -= timedelta(days=1)
    moon = (day.lunar,) if moon_agrees(found, day) else ()
    return When("once", time.text, "", found, None, day.clock, lunar=moon, by=time.by)


def _stretch(time: Time, years: Years, before: date | None) -> When:
    last = _last(time, years, before)
    if last is None:
        return When("once", time.text, open_=f"原文写“{time.text}”，推不出是哪一年")
    first = _first(time.first, years, before, last) if time.first else years.dated if time.event else None
    if time.first and first and first > last:
        last = plus_year(last)
    return When(
        "window" if first else "once", time.text, "", last, first, time.last.clock if time.last else ""
    )


def _last(time: Time, years: Years, before: date | None) -> date | None:
    first, last = time.first, time.last
    if last is None:
        return None
    if first and first.year and not last.year and not last.said and last.month:
        begun = date_of(first, years, before)
        return date_of(last, years, begun) if begun else None
    return date_of(last, years, before)


def _first(day: Day, years: Years, before: date | None, last: date) -> date | None:
    if not day.year and not day.said and day.month:
        year = last.year if day.month <= last.month else last.year - 1
        from dataclasses import replace  # noqa: PLC0415

        day = replace(day, year=year)
    found = date_of(day, years, before)
    return first_of(day, found) if found and day.month else found


def plus_year(day: date) -> date:
    """Give the same day a year on."""
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)


def _every(time: Time) -> When:
    kind = _KINDS.get(time.every or "", "")
    open_ = "" if time.within else f"原文写“{time.text}”，没有写每期的哪一天"
    if not kind:
        open_ = f"原文写“{time.text}”，方案里没有这样的周期，请选一种"
    return When(kind, time.text, time.within if kind else "", clock="", open_=open_)


def _after(time: Time, years: Years) -> When:
    if _OF_DOCUMENT.search(time.event) and not _RECEIVED.search(time.event):
        if years.dated and time.unit == "day":
            return When("once", time.text, "", years.dated + timedelta(days=time.count))
        return When("once", time.text, open_=f"原文写“{time.text}”，要从文件印发之日推算")
    unit = UNIT_PHRASES.get(time.unit)
    if unit is None:
        return When("event", time.text, open_=f"原文写“{time.text}”，方案里没有按月、按分钟推算的写法")
    sign = "+" if time.count >= 0 else "-"
    return When("event", time.text, f"event {sign} {abs(time.count)} {unit} {time.within}".strip())
