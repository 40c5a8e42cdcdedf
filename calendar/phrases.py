"""The date language of a plan: short phrases such as ``除夕 - 8 days`` or ``end of quarter - 5 workdays``.

A phrase is an anchor, then optionally an offset, then optionally an hour::

    03-22            day 25            last workday        workday 3       周五 12:00
    正月初八          清明              除夕 17:00           除夕 - 8 days    month 2 day 15
    end of quarter - 5 workdays        due + 10 days       event + 2 hours

Reading a phrase needs no year; :mod:`.dates` says which moment it means in one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Literal
from unicodedata import normalize

from ..obligations.errors import DubanError
from . import lunar
from .faults import nearest

Unit = Literal["day", "workday", "week", "hour"]
Anchor = Literal[
    "date", "monthday", "month_day", "day", "last_day", "nth_workday", "first_workday", "last_workday",
    "weekday", "edge", "mark", "lunar", "named",
]  # fmt: skip

EXAMPLES = "“03-22”“day 25”“last workday”“正月初八”“除夕 - 8 days”“end of quarter - 5 workdays”“周五 12:00”"
END_OF_DAY = time(23, 59, 59)
MARKS = {
    "opens": "下达时间", "due": "截止时间", "starts": "开始时间", "ends": "结束时间", "event": "事件发生时间",
}  # fmt: skip
_UNITS: dict[str, Unit] = {"day": "day", "workday": "workday", "week": "week", "hour": "hour"}
_UNITS_ZH = {
    "天": "days", "日": "days", "工作日": "workdays", "个工作日": "workdays", "周": "weeks", "小时": "hours",
}  # fmt: skip
_EDGES = [f"{side} of {span}" for side in ("start", "end") for span in ("week", "month", "quarter", "year")]
_WORDS = ("last day", "first workday", "last workday", "除夕", *MARKS, *_EDGES)

_TAIL = re.compile(
    r"(?P<anchor>.+?)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<count>\d{1,3})(?:\s+(?P<unit>[A-Za-z]+)|\s*(?P<unit_zh>[一-鿿]+)))?"
    r"(?:\s+(?P<clock>\d{1,2}:\d{2}))?"
)
_ANCHORS: tuple[tuple[Anchor, re.Pattern[str]], ...] = (
    ("date", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("monthday", re.compile(r"(\d{2})-(\d{2})")),
    ("month_day", re.compile(r"month (\d{1,2}) day (\d{1,2})")),
    ("day", re.compile(r"day (\d{1,2})")),
    ("last_day", re.compile(r"last day")),
    ("nth_workday", re.compile(r"workday (\d{1,2})")),
    ("first_workday", re.compile(r"first workday")),
    ("last_workday", re.compile(r"last workday")),
    ("weekday", re.compile(r"(?:周|星期)([一二三四五六日天])")),
    ("edge", re.compile(r"(start|end) of (week|month|quarter|half|year|phase|window)")),
    ("mark", re.compile(r"(opens|due|starts|ends|event)")),
    ("lunar", re.compile(r"((?:农历)?闰?[正一二三四五六七八九十冬腊]+月\S+)")),
    ("named", re.compile(r"([一-鿿]{2,4})")),
)


class RuleError(DubanError, ValueError):
    """A date phrase that cannot be read, or that names no day in the year asked for.

    ``hint`` is the phrase that was probably meant, ``expected`` what would do.
    """

    def __init__(self, message: str, hint: str | None = None, expected: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.expected = expected

    @classmethod
    def of(cls, wrong: DubanError, expected: str) -> RuleError:
        """Make one of a sentence that may end by asking for the nearest name."""
        message, _, asked = str(wrong).partition("；是否想写“")
        return cls(message, asked.removesuffix("”？") or None, expected)


@dataclass(frozen=True, slots=True)
class Offset:
    """A signed number of days, workdays, weeks or hours."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Rule:
    """A phrase as read: which anchor with which arguments, moved by what, at what hour of Asia/Shanghai."""

    text: str
    anchor: Anchor
    args: tuple[str, ...]
    offset: Offset | None = None
    clock: time | None = None

    @property
    def needs(self) -> str | None:
        """Give the mark that must be known first: ``due`` for ``due - 3 days``; None for most."""
        return self.args[0] if self.anchor == "mark" else None


@lru_cache(maxsize=2048)
def parse(text: str) -> Rule:
    """Read a date phrase.

    Raises :class:`RuleError` with a sentence in Chinese when the phrase is not of the language, or names a
    day that no year has (``04-31``).
    """
    spaced = " ".join(text.split())
    tail = _TAIL.fullmatch(spaced)
    anchor = _anchor(tail["anchor"]) if tail else None
    if tail is None or anchor is None:
        raise RuleError("看不懂这个日期", _meant(spaced), EXAMPLES)
    rule = Rule(text, *anchor, _offset(tail), _clock(tail["clock"]))
    _refuse_impossible(rule)
    return rule


def _anchor(text: str) -> tuple[Anchor, tuple[str, ...]] | None:
    for name, pattern in _ANCHORS:
        if found := pattern.fullmatch(text):
            return name, tuple(found.groups())
    return None


def _meant(text: str) -> str | None:
    """Guess the phrase that was meant: full-width signs, ``3月22日``, or a slip in a word."""
    plain = normalize("NFKC", text)
    tail = _TAIL.fullmatch(plain)
    if tail is None:
        return None
    if plain != text and _anchor(tail["anchor"]):
        return plain
    near = _civil_words(tail["anchor"]) or nearest(tail["anchor"], _WORDS)
    return plain.replace(tail["anchor"], near, 1) if near else None


def _civil_words(text: str) -> str | None:
    if found := re.fullmatch(r"(\d{1,2})(?:月|-)(\d{1,2})[日号]?", text):
        return f"{int(found[1]):02d}-{int(found[2]):02d}"
    found = re.fullmatch(r"(?:每月)?(\d{1,2})[日号]?", text)
    return f"day {found[1]}" if found else None


def _offset(tail: re.Match[str]) -> Offset | None:
    if tail["count"] is None:
        return None
    word: str = tail["unit"] or tail["unit_zh"]
    unit = _UNITS.get(word.removesuffix("s"))
    if unit is None:
        near = _UNITS_ZH.get(word) or nearest(word, [f"{known}s" for known in _UNITS])
        hint = f"{tail['count']} {near}" if near else None
        raise RuleError(f"不认识的单位“{word}”", hint, "days、workdays、weeks 或 hours")
    if unit == "hour" and tail["clock"]:
        raise RuleError("既按小时推算又写了时刻", expected="只写一样")
    return Offset(int(tail["sign"] + tail["count"]), unit)


def _clock(text: str | None) -> time | None:
    if text is None:
        return None
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return END_OF_DAY
    if hour > 23 or minute > 59:
        raise RuleError(f"没有“{text}”这个时刻", expected="00:00 至 24:00")
    return time(hour, minute)


def _refuse_impossible(rule: Rule) -> None:
    """Refuse at once what no year can have; what only some years lack is refused when resolved."""
    if rule.anchor == "date":
        civil(*map(int, rule.args))
    elif rule.anchor == "monthday":
        _refuse_monthday(*map(int, rule.args))
    elif rule.anchor == "lunar":
        lunar_parts(rule)
    elif rule.anchor == "named":
        named(2023, rule.args[0])
    elif rule.anchor in ("day", "month_day", "nth_workday"):
        _refuse_day(rule, int(rule.args[-1]))


def _refuse_monthday(month: int, day: int) -> None:
    try:
        date(2024, month, day)
    except ValueError:
        raise RuleError(f"没有{month}月{day}日", expected=_limits(2024, month)) from None


def _refuse_day(rule: Rule, number: int) -> None:
    if not 1 <= number <= 31:
        raise RuleError(f"没有“{rule.text}”", expected="1 至 31")


def _limits(year: int, month: int) -> str:
    if not 1 <= month <= 12:
        return "1 至 12 月"
    return f"{month}月1日至{monthrange(year, month)[1]}日"


def civil(year: int, month: int, day: int) -> date:
    """Give a civil date. Raises :class:`RuleError` when that year has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleError(f"没有{year}年{month}月{day}日", expected=_limits(year, month)) from None


def named(year: int, name: str) -> date:
    """Give a festival or solar term of a year. Raises :class:`RuleError` for an unknown name."""
    try:
        return lunar.solar_term(year, name) if name in lunar.SOLAR_TERMS else lunar.festival(year, name)
    except DubanError as unknown:
        raise RuleError.of(unknown, "节日或节气，如 除夕、清明") from None


def lunar_parts(rule: Rule) -> tuple[int, int, bool]:
    """Give month, day and leap of a lunar phrase. Raises :class:`RuleError` when it is none."""
    try:
        return lunar.parse_lunar(rule.args[0])
    except DubanError as unknown:
        raise RuleError.of(unknown, "农历日子，如 正月初八、闰六月十五") from None
