"""A meeting as a calendar's event (RFC 5545), for phones and desks to take over."""

# icalendar does not say of which type the values are.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Event

from ..obligations.moments import SHANGHAI, in_words
from .calendar_feed import new_calendar
from .plain_text import plain_line, plain_text

_BEFORE = (timedelta(days=1), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class MeetingEvent:
    """A meeting in a calendar; times are aware.

    ``uid`` stays the same for the meeting's whole life, ``sequence`` grows with each change of it, and
    ``changed_at`` is when that was. A meeting that is off stays, crossed out.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    chair: str
    agenda: tuple[str, ...]
    url: str
    sequence: int
    changed_at: datetime
    called: bool = True
    cancelled: bool = False


def meeting_calendar(one: MeetingEvent) -> bytes:
    """Give a calendar with the meeting alone, in UTF-8; the same facts are the same bytes.

    It reminds a day and an hour before.
    """
    calendar = new_calendar(one.title)
    event = Event()
    event.add("uid", plain_line(one.uid))
    event.add("dtstamp", one.changed_at)
    event.add("last-modified", one.changed_at)
    event.add("sequence", one.sequence)
    event.add("dtstart", one.starts_at.astimezone(SHANGHAI))
    event.add("dtend", one.ends_at.astimezone(SHANGHAI))
    event.add("summary", f"{'已取消：' if one.cancelled else ''}{plain_line(one.title)}")
    event.add("location", plain_line(one.place))
    event.add("description", _description(one))
    if one.url:
        event.add("url", one.url)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED" if one.called else "TENTATIVE")
    event.add("transp", "TRANSPARENT" if one.cancelled else "OPAQUE")
    for before in () if one.cancelled else _BEFORE:
        event.add_component(_alarm(one, before))
    calendar.add_component(event)
    return calendar.to_ical()


def _description(one: MeetingEvent) -> str:
    agenda = [f"{number}．{plain_line(text)}" for number, text in enumerate(one.agenda, 1)]
    lines = [f"时间：{in_words(one.starts_at)}", f"地点：{plain_text(one.place)}"]
    lines += [f"召集：{plain_text(one.chair)}"] if one.chair else []
    return "\n".join([*lines, *(["议程：", *agenda] if agenda else [])])


def _alarm(one: MeetingEvent, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{plain_line(one.title)}，{in_words(one.starts_at)}开始")
    alarm.add("trigger", -before)
    return alarm
