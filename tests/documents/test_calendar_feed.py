from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from duban.documents.calendar_feed import FeedItem, feed

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)  # 24:00 of the 25th in Shanghai
FIVE = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai


def item(**more: Any) -> FeedItem:
    plain = FeedItem(
        uid="o-1@duban.example.cn",
        title="每月检查（2026年3月）",
        due_at=MIDNIGHT,
        opens_at=datetime(2026, 3, 1, 1, 0, tzinfo=UTC),
        clause="二（一）3",
        plan_title="打击非法烟花爆竹",
        url="https://duban.example.cn/u/link",
        state_text="待上报",
        last_modified=datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC),
    )
    return replace(plain, **more)


def served(*items: FeedItem, name: str = "示例一村应报事项") -> bytes:
    return feed(name, items, NOW)


def lines(*items: FeedItem) -> list[str]:
    """The lines as they read when what was folded is joined again."""
    return served(*items).decode().replace("\r\n ", "").split("\r\n")


def event_lines(one: FeedItem) -> list[str]:
    found = lines(one)
    return found[found.index("BEGIN:VEVENT") : found.index("END:VEVENT") + 1]


def test_a_calendar_says_what_it_is_and_how_often_to_look() -> None:
    assert lines()[:20] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//duban//duban//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:示例一村应报事项",
        "X-WR-CALNAME:示例一村应报事项",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "BEGIN:STANDARD",
        "DTSTART:19910915T000000",
        "TZNAME:CST",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "END:STANDARD",
        "END:VTIMEZONE",
        "END:VCALENDAR",
    ]


def test_a_deadline_at_24_is_the_whole_day_with_an_alarm_at_nine_of_the_day_before_and_of_the_day() -> None:
    assert event_lines(item()) == [
        "BEGIN:VEVENT",
        "SUMMARY:每月检查（2026年3月）",
        "DTSTART;VALUE=DATE:20260325",
        "DTEND;VALUE=DATE:20260326",
        "DTSTAMP:20260302T010000Z",
        "UID:o-1@duban.example.cn",
        "SEQUENCE:0",
        (
            "DESCRIPTION:方案：打击非法烟花爆竹\\n依据：二（一）3\\n开始：2026年3月1日（星期日）09:00"
            "\\n截止：2026年3月25日（星期三）24时\\n状态：待上报\\n办理：https://duban.example.cn/u/link"
        ),
        "LAST-MODIFIED:20260301T010203Z",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://duban.example.cn/u/link",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:每月检查（2026年3月），2026年3月25日（星期三）24时截止",
        "TRIGGER:-PT15H",
        "END:VALARM",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:每月检查（2026年3月），2026年3月25日（星期三）24时截止",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
    ]


def test_a_deadline_at_an_hour_is_the_half_hour_before_it() -> None:
    found = event_lines(item(due_at=FIVE))
    assert found[2:4] == [
        "DTSTART;TZID=Asia/Shanghai:20260325T163000",
        "DTEND;TZID=Asia/Shanghai:20260325T170000",
    ]
    # From half past four: nine of the day before, nine of the day.
    assert [line for line in found if line.startswith("TRIGGER")] == [
        "TRIGGER:-P1DT7H30M",
        "TRIGGER:-PT7H30M",
    ]


def test_a_deadline_in_the_early_morning_has_only_the_alarm_of_the_day_before() -> None:
    found = event_lines(item(due_at=datetime(2026, 3, 25, 0, 0, tzinfo=UTC)))
    assert [line for line in found if line.startswith("TRIGGER")] == ["TRIGGER:-PT22H30M"]


def test_alarms_are_counted_from_the_deadline() -> None:
    two = (timedelta(minutes=10), timedelta(hours=2))
    timed, whole = event_lines(item(due_at=FIVE, alarms=two)), event_lines(item(alarms=two))
    assert [line for line in timed if line.startswith("TRIGGER")] == ["TRIGGER:-PT1H30M", "TRIGGER:PT20M"]
    assert [line for line in whole if line.startswith("TRIGGER")] == ["TRIGGER:PT22H", "TRIGGER:PT23H50M"]


def test_what_has_been_reported_need_not_ring() -> None:
    assert "BEGIN:VALARM" not in event_lines(item(alarms=(), state_text="按时上报"))


def test_a_provisional_date_says_so() -> None:
    found = event_lines(item(provisional=True, sequence=3))
    assert {"SUMMARY:每月检查（2026年3月）（暂定）", "STATUS:TENTATIVE", "SEQUENCE:3"} <= set(found)
    assert "（星期三）24时（暂定，以正式通知为准）" in found[7]


def test_lines_end_and_fold_as_the_standard_asks() -> None:
    data = served(item(title="𠮷" * 60 + "😀" * 60), item(uid="o-2", due_at=FIVE))
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert [line for line in data.split(b"\r\n") if line.decode() == ""] == [b""]


def test_what_is_served_reads_back() -> None:
    calendar = Calendar.from_ical(served(item(title="甲,乙;丙\\丁\n戊\u202e"), item(uid="o-2", due_at=FIVE)))
    first, second = calendar.events
    assert (str(first["SUMMARY"]), str(first["UID"])) == ("甲,乙;丙\\丁 戊", "o-1@duban.example.cn")
    assert (first.start, first.end) == (date(2026, 3, 25), date(2026, 3, 26))
    assert second.end == datetime(2026, 3, 25, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert calendar.get_missing_tzids() == set()
    assert [event.errors for event in calendar.walk()] == [[]] * 9


def test_nothing_given_can_begin_a_line_of_its_own() -> None:
    found = lines(item(state_text="待上报\r\nBEGIN:VEVENT", uid="o\r\n-1", clause="一\nEND:VCALENDAR"))
    assert (found.count("BEGIN:VEVENT"), found.count("END:VCALENDAR")) == (1, 1)


def test_an_item_without_a_link_has_none() -> None:
    assert [line for line in lines(item(url="")) if "URL" in line or "办理" in line] == []


def test_the_same_facts_give_the_same_bytes() -> None:
    assert served(item()) == served(item())
