"""Moments as the book keeps them: UTC, whole seconds, never without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
END_OF_DAY = time(23, 59, 59)


def whole_second(at: datetime) -> datetime:
    """Give `at` in UTC with its fraction of a second dropped, as every moment in the book is kept.

    Dropping, not rounding: a report received at 23:59:59.9 is on time for a deadline of 23:59:59.
    Raises ValueError for a datetime without a zone.
    """
    if at.utcoffset() is None:
        message = f"a moment needs a zone: {at!r}"
        raise ValueError(message)
    return at.astimezone(UTC).replace(microsecond=0)


def in_words(at: datetime, zone: tzinfo = SHANGHAI) -> str:
    """Give the moment as `2023年1月29日（星期日）24时`, in the zone of the plan (Asia/Shanghai).

    The last second of a day reads 24时, as deadlines are written (DESIGN.md §5.2); other moments read
    `12:00`, with seconds only where there are any. Raises ValueError for a datetime without a zone.
    """
    local = whole_second(at).astimezone(zone)
    day = f"{local.year}年{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）"
    if local.time() == END_OF_DAY:
        return f"{day}24时"
    return day + local.strftime("%H:%M:%S" if local.second else "%H:%M")
