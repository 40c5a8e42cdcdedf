"""What comes back: 每月26日前、每周五12点前、每季度末月20日前、每半年."""

from __future__ import annotations

import re
from calendar import monthrange

from .numerals import number
from .parts import clock_of, made
from .said import Time

_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"


def read_year_each(found: re.Match[str]) -> Time | None:
    """Read a day of every year, or several: 每年6月底和12月底前."""
    days = [_yearly(one) for one in re.finditer(rf"({_NUMBER})月(?:({_NUMBER})[日号])?", found["days"])]
    good = [one for one in days if one]
    return made(found, "every", every="year", within=good[0] if good else "", also=tuple(good[1:]))


def _yearly(found: re.Match[str]) -> str:
    month, day = number(found[1]), number(found[2] or "0")
    last = monthrange(2023, month)[1] if 1 <= month <= 12 else 0
    return f"{month:02d}-{day or last:02d}" if last and day <= last else ""


def read_month_each(found: re.Match[str]) -> Time | None:
    """Read a day of every month; 月底前 alone is one."""
    groups = found.groupdict()
    if found[0][0] == "月" and not groups["p"]:
        return None
    if (
        found[0][0] == "月"
        and found.start()
        and found.string[found.start() - 1] in "0123456789一二三四五六七八九十本当下次每个"
    ):
        return None
    last = groups["till"] or groups["d"]
    day = number(last) if last else 0
    if day > 31:
        return None
    if groups["p"] and "工作日" in groups["p"]:
        phrase = "last workday"
    else:
        phrase = f"day {day}" if day else "day 5" if groups["p"] == "初" else "last day"
    clock = clock_of(groups, "k")
    ahead = found[0][:2] in ("次月", "下月") or bool(groups["next"])
    within = f"end of month + {day} days" if ahead and day else phrase
    more = tuple(
        f"day {number(one)}" for one in re.findall(r"[^、和及日号]+(?=[日号])", groups["also"] or "")
    )
    return made(found, "every", every="month", within=f"{within} {clock}".strip(), also=more)


def read_week_each(found: re.Match[str]) -> Time:
    """Read a day of every week."""
    day = found["w"] or ""
    within = {"末": "周日"}.get(day, f"周{day}" if day else "")
    clock = clock_of(found.groupdict(), "k")
    more = tuple(f"周{one} {clock}".strip() for one in re.findall(r"[一二三四五六日天]", found["also"]))
    return made(found, "every", every="week", within=f"{within} {clock}".strip() if within else "", also=more)


_NTH = {"首": 1, "一": 1, "二": 2, "三": 3, "末": 3, "最后": 3}


def read_quarter_each(found: re.Match[str]) -> Time | None:
    """Read a day of every quarter."""
    groups = found.groupdict()
    nth = next((n for word, n in _NTH.items() if groups["nth"] and word in groups["nth"]), 0)
    day = number(groups["d"]) if groups["d"] else 0
    if day > 31:
        return None
    if groups["next"] and day:
        within = f"end of quarter + {day} days"
    elif day and nth:
        within = f"month {nth} day {day}"
    elif (
        groups["p"] in ("底", "末")
        or (groups["nth"] == "末" and "月" not in found[0])
        or (groups["nth"] and nth == 3 and groups.get("limit"))
    ):
        within = "last day"
    else:
        within = ""
    clock = clock_of(groups, "k")
    return made(found, "every", every="quarter", within=f"{within} {clock}".strip() if within else "")


def read_half_each(found: re.Match[str]) -> Time:
    """Read 每半年."""
    return made(found, "every", every="half")


def read_day_each(found: re.Match[str]) -> Time:
    """Read 每日."""
    return made(found, "every", every="day", within=clock_of(found.groupdict(), "k"))


def read_other_each(found: re.Match[str]) -> Time:
    """Read a period that the plan language does not have: 每两周."""
    return made(found, "every", every="other")


def read_plain_each(found: re.Match[str]) -> Time:
    """Read 每月 and 每年."""
    return made(found, "every", every="month" if found["u"] == "月" else "year")
