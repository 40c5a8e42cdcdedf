"""How official papers say dates, numbers and lists (GB/T 9704-2012, GB/T 15835-2011), and their width."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

from ..obligations.moments import END_OF_DAY, SHANGHAI, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

_DIGITS: Final = "〇一二三四五六七八九"
_TEN, _HUNDRED, _ALL = 10, 100, 1000
_AMBIGUOUS: Final = frozenset("“”‘’—…·×")


def day(on: date) -> str:
    """Give a day as papers are dated, ``2023年4月6日``: Arabic digits without leading noughts (7.3.5.4)."""
    return f"{on.year}年{on.month}月{on.day}日"


def day_of(at: datetime) -> str:
    """Give the day of a moment (aware) in Beijing time, ``2023年4月6日``."""
    return day(at.astimezone(SHANGHAI))


def before(at: datetime) -> str:
    """Give a deadline (aware) as papers set it: ``2023年4月6日前``, with the hour if it is not the day's end.

    The day named is included, as 国务院's own papers mean it.
    """
    local = at.astimezone(SHANGHAI)
    return f"{day(local)}{'' if local.time() == END_OF_DAY else _hour(local)}前"


def until(at: datetime) -> str:
    """Give as of when facts are told (aware): ``截至2023年6月30日24时``."""
    local = at.astimezone(SHANGHAI)
    return f"截至{day(local)}{'24时' if local.time() == END_OF_DAY else _hour(local)}"


def _hour(local: datetime) -> str:
    return f"{local.hour}时" + (f"{local.minute}分" if local.minute else "")


def hour(at: datetime) -> str:
    """Give a moment (aware) as a notice names it: ``2023年4月6日（星期四）上午9:30``."""
    local = at.astimezone(SHANGHAI)
    return f"{day(local)}（星期{WEEKDAYS[local.weekday()]}）{_part_of_day(local.hour)}{_clock(local)}"


def hours(begin: datetime, end: datetime) -> str:
    """Give from when to when (aware), as ``2023年3月13日（星期一）上午9:30至11:30``."""
    first, last = begin.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    if first.date() != last.date():
        return f"{hour(first)}至{hour(last)}"
    part = _part_of_day(last.hour)
    return f"{hour(first)}至{'' if part == _part_of_day(first.hour) else part}{_clock(last)}"


def _part_of_day(hour: int) -> str:
    noon, evening = 12, 18
    return "上午" if hour < noon else "下午" if hour < evening else "晚上"


def _clock(local: datetime) -> str:
    noon = 12
    return f"{local.hour if local.hour <= noon else local.hour - noon}:{local.minute:02}"


def share(rate: Fraction | None) -> str:
    """Give a share in per cent with one place, rounded; only all is shown as 100 %, only none as 0 %."""
    if rate is None:
        return "—"
    tenths = tenths_of(rate)
    return f"{tenths // _TEN}%" if tenths % _TEN == 0 else f"{tenths // _TEN}.{tenths % _TEN}%"


def tenths_of(rate: Fraction) -> int:
    """Give a share in tenths of a per cent, as :func:`share` shows it."""
    rounded = floor(rate * _ALL + Fraction(1, 2))
    return min(max(rounded, 1), _ALL - 1) if 0 < rate < 1 else rounded


def listed(names: Sequence[str], most: int = 0) -> str:
    """Give names as ``一村、二村、三村``; of more than ``most`` (0: any) the first, and how many."""
    if most and len(names) > most:
        return f"{'、'.join(names[:most])}等{len(names)}个单位"
    return "、".join(names)


def numeral(number: int) -> str:
    """Give a number from 1 to 99 in Chinese, as headings count: 一, 十, 十二, 二十一."""
    if not 0 < number < _HUNDRED:
        raise ValueError(f"headings count from 1 to 99, not {number}")
    tens, ones = divmod(number, _TEN)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


def ordinal(level: int, number: int) -> str:
    """Give what stands before a heading: ``一、`` ``（一）`` ``1.`` ``（1）`` for levels 1 to 4 (7.3.3)."""
    return (f"{numeral(number)}、", f"（{numeral(number)}）", f"{number}.", f"（{number}）")[level - 1]


def width(text: str) -> float:
    """Give how many characters' room a text takes: a digit or a letter takes half of one."""
    return sum(1.0 if _is_wide(one) else 0.5 for one in text)


def _is_wide(one: str) -> bool:
    return one in _AMBIGUOUS or unicodedata.east_asian_width(one) in "WFA"
