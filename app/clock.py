"""The one place that reads the clock. Everything else takes ``now``."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pendulum

from ..obligations.errors import DubanError

ZONE = "Asia/Shanghai"


def now() -> datetime:
    """Give this moment in UTC, to the whole second."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(text: str | None) -> datetime:
    """Read ``2026-03-22`` or ``2026-03-22 17:30`` as Asia/Shanghai, an offset if given; None is this moment.

    Gives UTC. Raises :class:`DubanError` when the text is no such time.
    """
    if text is None:
        return now()
    try:
        read = pendulum.parse(text, tz=ZONE)
    except ValueError as wrong:
        raise DubanError(f"看不懂时间“{text}”，可写成 2026-03-22 或 2026-03-22 17:30") from wrong
    if not isinstance(read, pendulum.DateTime):
        raise DubanError(f"“{text}”不是一个时间，可写成 2026-03-22 或 2026-03-22 17:30")
    return datetime.fromtimestamp(int(read.timestamp()), UTC)


def end_of_day(text: str | None) -> datetime:
    """Read a time as :func:`moment` does; a bare day means its last second."""
    read = moment(text)
    bare = text is not None and len(text.strip()) <= len("2026-03-22")
    return read + timedelta(hours=23, minutes=59, seconds=59) if bare else read


def unix_seconds() -> float:
    """Give real Unix seconds, for signatures that providers check against their own clock."""
    return time.time()
