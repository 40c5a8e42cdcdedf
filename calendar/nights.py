"""When a window's morning summary is made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from .dates import ZONE, Moment, Scope, resolve
from .phrases import RuleError, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .rules_duty import Night
    from .workdays import Workdays

MORNING = time(8)


def summary_at(
    night: Night, starts_at: datetime, ends_at: datetime, others: Mapping[str, datetime], workdays: Workdays
) -> datetime:
    """Give when the summary of a window is made, in Asia/Shanghai; the moments are aware, of any zone.

    ``others`` are the round's ``opens`` and ``due``, to which a plan's phrase may refer. Without a phrase it
    is the first eight o'clock after the window has ended, whether or not it crossed midnight; so it is, too,
    in a year in which the phrase names no day.
    """
    if night.summary is None:
        return first_morning(ends_at)
    marks = {"starts": starts_at, "ends": ends_at, **others}
    local = {name: at.astimezone(ZONE) for name, at in marks.items()}
    moments = {name: Moment(at.date(), at.time()) for name, at in local.items()}
    first, last = local["starts"].date(), local["ends"].date()
    scope = Scope(first.year, "window", first, last, moments)
    try:
        return resolve(parse(night.summary), scope, workdays).last()
    except RuleError:
        return first_morning(ends_at)


def first_morning(ends_at: datetime) -> datetime:
    """Give the first eight o'clock (Asia/Shanghai) after a moment."""
    local = ends_at.astimezone(ZONE)
    morning = datetime.combine(local.date(), MORNING, ZONE)
    return morning if morning > local else morning + timedelta(days=1)
