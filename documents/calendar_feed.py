"""What a unit owes as a calendar that phones subscribe to (RFC 5545, RFC 7986)."""

# icalendar does not say of which type the values are.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from icalendar import Alarm, Calendar, Event, Timezone

from ..obligations.moments import END_OF_DAY, SHANGHAI, in_words
from .plain_text import plain_line, plain_text

REFRESH = timedelta(hours=6)
_LENGTH = timedelta(minutes=30)
_DAY = timedelta(days=1)
_MORNING = time(9)
# China has kept one offset since 1991; phones read a zone of one line best.
_VTIMEZONE = """BEGIN:VTIMEZONE\r
TZID:Asia/Shanghai\r
BEGIN:STANDARD\r
DTSTART:19910915T000000\r
TZOFFSETFROM:+0800\r
TZOFFSETTO:+0800\r
TZNAME:CST\r
END:STANDARD\r
END:VTIMEZONE\r
"""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One obligation in a calendar; times are aware.

    ``uid`` stays the same for the obligation's whole life, ``sequence`` grows with each change of its dates,
    and ``state_text`` says how it stands, such as 待上报. ``alarms`` are stretches before the deadline; None
    gives nine in the morning of the day before and of the day itself, () none, as for what has been reported.
    """

    uid: str
    title: str
    due_at: datetime
    opens_at: datetime
    clause: str
    plan_title: str
    url: str
    state_text: str
    last_modified: datetime
    sequence: int = 0
    provisional: bool = False
    alarms: tuple[timedelta, ...] | None = None


def feed(name: str, items: Sequence[FeedItem], now: datetime) -> bytes:
    """Give a calendar called ``name``, in UTF-8 as it is served; ``now`` (aware) is when it was made.

    A deadline at an hour is half an hour that ends with it; one at 24:00 is the whole day.
    """
    calendar = new_calendar(name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for item in items:
        calendar.add_component(_event(item, now))
    return calendar.to_ical()


def new_calendar(name: str) -> Calendar:
    """Give an empty calendar called ``name``, with the zone in which all of its hours are."""
    calendar = Calendar()
    for key, value in (("prodid", "-//duban//duban//ZH"), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(key, value)
    calendar.add("method", "PUBLISH")
    calendar.add("name", plain_line(name))
    calendar.add("x-wr-calname", plain_line(name))
    calendar.add("x-wr-timezone", SHANGHAI.key)
    calendar.add_component(Timezone.from_ical(_VTIMEZONE))
    return calendar


def _event(item: FeedItem, now: datetime) -> Event:
    start, end = _span(item.due_at.astimezone(SHANGHAI))
    event = Event()
    event.add("uid", plain_line(item.uid))
    event.add("dtstamp", now)
    event.add("last-modified", item.last_modified)
    event.add("sequence", item.sequence)
    whole_day = start.time() == time() and end - start == _DAY
    event.add("dtstart", start.date() if whole_day else start)
    event.add("dtend", end.date() if whole_day else end)
    event.add("summary", f"{plain_line(item.title)}{'（暂定）' if item.provisional else ''}")
    event.add("description", _description(item))
    if item.url:
        event.add("url", item.url)
    event.add("status", "TENTATIVE" if item.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    for trigger in _triggers(item.alarms, start, end):
        event.add_component(_alarm(item, trigger))
    return event


def _span(due: datetime) -> tuple[datetime, datetime]:
    """Give from when to when a deadline (in its zone) is shown; its last second belongs to the whole day."""
    if due.time().replace(microsecond=0) == END_OF_DAY:
        start = datetime.combine(due.date(), time(), SHANGHAI)
        return start, start + _DAY
    return due - _LENGTH, due


def _description(item: FeedItem) -> str:
    lines = (
        f"方案：{plain_line(item.plan_title)}",
        f"依据：{plain_line(item.clause)}" if item.clause else "",
        f"开始：{in_words(item.opens_at)}",
        f"截止：{in_words(item.due_at)}{'（暂定，以正式通知为准）' if item.provisional else ''}",
        f"状态：{plain_text(item.state_text)}",
        f"办理：{item.url}" if item.url else "",
    )
    return "\n".join(line for line in lines if line)


def _triggers(alarms: tuple[timedelta, ...] | None, start: datetime, end: datetime) -> list[timedelta]:
    """Give the alarms as stretches from the start, as every phone understands them."""
    if alarms is not None:
        return [end - start - before for before in sorted(alarms, reverse=True)]
    today = datetime.combine(start.date(), _MORNING, SHANGHAI)
    return [moment - start for moment in (today - _DAY, today) if moment < end]


def _alarm(item: FeedItem, trigger: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{plain_line(item.title)}，{in_words(item.due_at)}截止")
    alarm.add("trigger", trigger)
    return alarm
