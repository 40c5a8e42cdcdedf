from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from icalendar import Calendar

from duban.documents.meeting_event import MeetingEvent, meeting_calendar

SHANGHAI = timezone(timedelta(hours=8))
MEETING = MeetingEvent(
    uid="meeting-1@duban.example",
    title="2023年第一季度“打非”联席会",
    starts_at=datetime(2023, 3, 13, 9, 30, tzinfo=SHANGHAI),
    ends_at=datetime(2023, 3, 13, 11, 30, tzinfo=SHANGHAI),
    place="镇政府会议室",
    chair="打非办",
    agenda=("通报本季“打非”形势", "出租房私存\n烟花爆竹"),
    url="https://duban.example/lost",
    sequence=2,
    changed_at=datetime(2023, 3, 8, 18, 0, tzinfo=SHANGHAI),
)


def event_of(data: bytes) -> Any:
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    return event


def test_a_meeting_is_an_event_with_its_hours_in_shanghai_and_two_alarms() -> None:
    data = meeting_calendar(MEETING)
    text = data.decode().replace("\r\n ", "")
    assert "DTSTART;TZID=Asia/Shanghai:20230313T093000\r\n" in text
    assert "DTEND;TZID=Asia/Shanghai:20230313T113000\r\n" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.count("TZOFFSETTO:+0800") == 1
    assert "SEQUENCE:2\r\n" in text
    assert "STATUS:CONFIRMED\r\n" in text
    assert "LOCATION:镇政府会议室\r\n" in text
    event = event_of(data)
    assert [str(one.get("trigger").to_ical(), "ascii") for one in event.walk("VALARM")] == ["-P1D", "-PT1H"]
    assert event["description"] == (
        "时间：2023年3月13日（星期一）09:30\n地点：镇政府会议室\n召集：打非办\n"
        "议程：\n1．通报本季“打非”形势\n2．出租房私存 烟花爆竹"
    )


def test_the_same_meeting_is_the_same_bytes() -> None:
    assert meeting_calendar(MEETING) == meeting_calendar(MEETING)


def test_a_meeting_that_is_off_is_crossed_out_and_reminds_no_more() -> None:
    event = event_of(meeting_calendar(replace(MEETING, cancelled=True, sequence=3)))
    assert (event["status"], event["summary"]) == ("CANCELLED", "已取消：2023年第一季度“打非”联席会")
    assert event.walk("VALARM") == []


def test_a_meeting_that_nobody_was_told_of_yet_is_tentative() -> None:
    assert event_of(meeting_calendar(replace(MEETING, called=False)))["status"] == "TENTATIVE"
