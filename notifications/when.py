"""Deadlines as an official writes them. Every moment is aware; days are calendar days in `zone`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.moments import END_OF_DAY, WEEKDAYS

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


def deadline(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Give `3月31日（星期五）24时前`; the year leads when it is not the year of `now`.

    `at` is the last second that is on time: 23:59:59 reads 24时前 (DESIGN.md §5.2), 17:30:00 17时30分前.
    """
    return f"{day(at, now, zone)}{_hour(at.astimezone(zone))}前"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Give the local day with its weekday, `3月31日（星期五）`, and the year when it is another one."""
    local = at.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）"


def days_left(at: datetime, now: datetime, zone: tzinfo) -> int:
    """Give the calendar days from `now` to `at`; below zero for a past day, zero for today."""
    return (at.astimezone(zone).date() - now.astimezone(zone).date()).days


def remaining(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Give how the deadline stands at `now`: 还剩3天, 明日截止, 今日截止, 今日已过时限, 已逾期2天."""
    left = days_left(at, now, zone)
    if now > at:
        return f"已逾期{-left}天" if left else "今日已过时限"
    return {0: "今日截止", 1: "明日截止"}.get(left, f"还剩{left}天")


def _hour(local: datetime) -> str:
    if local.time().replace(microsecond=0) == END_OF_DAY:
        return "24时"
    minute = f"{local.minute}分" if local.minute or local.second else ""
    second = f"{local.second}秒" if local.second else ""
    return f"{local.hour}时{minute}{second}"
