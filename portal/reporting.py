"""Reporting an event that is told at once, from a unit's link or at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..app import clock
from ..calendar.dates import ZONE
from ..ledger import alert_list, alerts, events, owed
from ..obligations.errors import DubanError
from .filled import word

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ..ledger.events import Event
    from .access import Desk, Here


def just_now(here: Here) -> dict[str, str]:
    """Give what a form says of when something happened before anybody has typed."""
    local = here.now.astimezone(ZONE)
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def moment_of(typed: FormData) -> datetime:
    """Give when it happened, as typed (UTC); raises :class:`DubanError` for what is no moment."""
    return clock.moment(f"{word(typed, 'day')} {word(typed, 'time')}".strip())


def raise_event(here: Here, desk: Desk, event: Event) -> tuple[int, bool]:
    """Raise an event that is told at once; gives the number of its alert and whether it is new.

    Raises :class:`DubanError` when it says nothing, or its duty alerts nobody.
    """
    known = alert_list.reportable(desk.session, desk.now, event.reporter)
    if (event.slug, event.duty) not in {(one.slug, one.duty) for one in known}:
        raise DubanError("请选择事件的类别。")
    if not event.note:
        raise DubanError("请写明发生了什么。")
    slots = here.counter.slots(desk.now, urgent=True)
    by = desk.caller.by
    done = events.raise_event(desk.session, event, here.counter.workdays, desk.now, by, slots)
    round_ = owed.find_round(desk.session, event.slug, event.duty, done.period)
    told = alerts.of_round(desk.session, round_.id)
    if told is None:
        raise DubanError("同一事件此前已登记，当时没有紧急告知；请打电话告知有关单位。")
    return told.id, done.fresh
