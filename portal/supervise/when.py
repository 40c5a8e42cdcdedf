"""As of when a supervisor looks: now, or the end of a past day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...app import clock
from ...calendar.dates import local_day
from ...obligations.errors import DubanError
from ...obligations.moments import END_OF_DAY, SHANGHAI, in_words

if TYPE_CHECKING:
    from datetime import date, datetime

    from fastapi import Request


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment (UTC) to look from; ``day`` is the past day as the address says it, empty for now.

    ``wrong`` says why what was asked for cannot be shown; the moment is then now.
    """

    at: datetime
    today: bool
    now_day: date
    day: str = ""
    wrong: str = ""

    @property
    def said(self) -> str:
        """Give the moment in words, as the heading of what is shown."""
        return f"截至{in_words(self.at)}的情况"


def as_of(request: Request, now: datetime) -> AsOf:
    """Read ``as_of=2023-05-31``, which means its 24:00; today's date means now."""
    said, here = request.query_params.get("as_of", "").strip(), local_day(now)
    if not said:
        return AsOf(now, today=True, now_day=here)
    try:
        at = clock.end_of_day(said)
    except DubanError:
        return _refused(now, f"看不懂日期“{said[:20]}”，请写成 2023-05-31。")
    local = at.astimezone(SHANGHAI)
    if local.time() != END_OF_DAY:
        return _refused(now, "只能查看某一天24时的情况，日期后面不要写时刻。")
    if local.date() > here:
        return _refused(now, f"{in_words(at)}还没有到，请选今天或者以前的日期。")
    if local.date() == here:
        return AsOf(now, today=True, now_day=here)
    return AsOf(at, today=False, now_day=here, day=f"{local:%Y-%m-%d}")


def _refused(now: datetime, wrong: str) -> AsOf:
    return AsOf(now, today=True, now_day=local_day(now), wrong=wrong)
