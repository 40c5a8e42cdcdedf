"""The one place that reads the clock. Everything else takes ``now``."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pendulum

from ..obligations.errors import DubanError

ZONE = "Asia/Shanghai"
# Nothing looser: a week, a bare hour or a day of the year would be granted as a deadline nobody meant.
_DAY = (
    r"(?:(?P<y>[12]\d{3})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<yz>[12]\d{3})年(?P<mz>\d{1,2})月(?P<dz>\d{1,2})日)"
)
_HOUR = r"(?P<hour>\d{2}:[0-5]\d)(?P<second>:[0-5]\d)?"
_OFFSET = r"(?P<offset>Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_WRITTEN = re.compile(rf"{_DAY}(?:[ T]{_HOUR}{_OFFSET})?", re.ASCII)


def now() -> datetime:
    """Give this moment in UTC, to the whole second."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(text: str | None) -> datetime:
    """Read a day, or a day and an hour, as Asia/Shanghai or at the offset given; None is this moment.

    A day is ``2026-03-22``, ``2026-3-22`` or ``2026年3月22日``; an hour is ``17:30`` or ``17:30:00``, and
    24:00 is the last second of its day. Gives UTC. Raises :class:`DubanError` for anything else.
    """
    return now() if text is None else _read(text)[0]


def end_of_day(text: str | None) -> datetime:
    """Read a time as :func:`moment` does; a bare day means its last second."""
    if text is None:
        return now()
    at, bare = _read(text)
    return at + timedelta(hours=23, minutes=59, seconds=59) if bare else at


def _read(text: str) -> tuple[datetime, bool]:
    """Give the moment (UTC), and whether only a day was written."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise _not_a_time(text)
    try:
        read = pendulum.parse(_canonical(found), tz=ZONE)
    except ValueError as wrong:
        raise _not_a_time(text) from wrong
    if not isinstance(read, pendulum.DateTime):
        raise _not_a_time(text)
    return datetime.fromtimestamp(int(read.timestamp()), UTC), found["hour"] is None


def _canonical(found: re.Match[str]) -> str:
    year, month, day = (found[name] or found[f"{name}z"] for name in "ymd")
    hour = (found["hour"] or "00:00") + (found["second"] or ":00")
    hour = "23:59:59" if hour == "24:00:00" else hour
    return f"{year}-{month:0>2}-{day:0>2}T{hour}{found['offset'] or ''}"


def _not_a_time(text: str) -> DubanError:
    return DubanError(f"看不懂时间“{text}”，可写成 2026-03-22、2026年3月22日 或 2026-03-22 17:30。")


def unix_seconds() -> float:
    """Give real Unix seconds, for signatures that providers check against their own clock."""
    return time.time()
