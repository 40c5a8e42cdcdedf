"""The parts that time expressions share: a year, a day, an hour, a lunar day."""

from __future__ import annotations

import re

from .numerals import number, year_number
from .said import Day, Kind, Said, Time


def made(found: re.Match[str], kind: Kind, **more: object) -> Time:
    """Give the time that a pattern found; it is a limit when a word such as 前 or 内 says so."""
    by = bool(found.groupdict().get("limit"))
    return Time(kind, found.start(), found.end(), found[0], by, **more)  # pyright: ignore[reportArgumentType]


def said_of(word: str | None) -> Said:
    """Tell which year a word means: 今年, 明年, 去年."""
    if not word:
        return ""
    return "last" if word == "去年" else "next" if word in ("明年", "次年", "来年", "翌年") else "this"


def clock_of(groups: dict[str, str | None], prefix: str) -> str:
    """Give an hour as 14:30, 24:00 at midnight; empty when the text gives none."""
    hour = groups.get(f"{prefix}h")
    if not hour:
        return ""
    at = number(hour)
    minutes = (
        groups.get(f"{prefix}mi") or groups.get(f"{prefix}mc") or ("30" if groups.get(f"{prefix}hh") else "0")
    )
    if (groups.get(f"{prefix}half") or "")[:1] in ("下", "晚") and at < 12:
        at += 12
    return (
        f"{at:02d}:{int(minutes):02d}"
        if (at < 24 and int(minutes) < 60) or (at, int(minutes)) == (24, 0)
        else ""
    )


_PARTS = {"底": 31, "末": 31, "下旬": 31, "中旬": 20, "上旬": 10, "初": 5}


def day_of(groups: dict[str, str | None], prefix: str) -> Day | None:
    """Give a day by its parts in a pattern, those whose names begin with the prefix; None for no day."""
    month = number(groups[f"{prefix}m"] or "0")
    given, part = groups.get(f"{prefix}d"), groups.get(f"{prefix}p")
    day = number(given) if given else _PARTS.get(part or "", 0)
    if not 1 <= month <= 12 or day > 31 or (given and not day):
        return None
    year = groups.get(f"{prefix}y")
    gloss = groups.get(f"{prefix}g") or ""
    return Day(
        month,
        day,
        year_number(year) if year else None,
        said_of(groups.get(f"{prefix}s")),
        clock_of(groups, prefix),
        lunar_of(gloss),
    )


def lunar_of(gloss: str) -> str:
    """Give the lunar day that a gloss names, as the plan language writes it."""
    bare = re.sub(r"^(?:农历|即|大年)", "", gloss)
    if bare in ("除夕", "清明", "冬至"):
        return bare
    if re.fullmatch(r"初[一二三四五六七八九十]|十[一二三四五六七八九]", bare):
        return f"正月{bare}"
    if re.fullmatch(r"[正腊冬二三四五六七八九十]+月(?:初|十|廿|二十)[一二三四五六七八九十]?", bare):
        return bare
    return {"春节": "正月初一", "元宵": "正月十五", "元宵节": "正月十五"}.get(bare, "")
