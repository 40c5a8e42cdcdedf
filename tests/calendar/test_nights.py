from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from duban.calendar.nights import first_morning, summary_at
from duban.calendar.rules_duty import Night
from duban.obligations.errors import DubanError
from support.small_plans import WORKDAYS, duty, plan

SHANGHAI = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("2023-01-21 23:59:59", "2023-01-22 08:00:00"),  # the whole of 除夕
        ("2023-01-22 01:00:00", "2023-01-22 08:00:00"),  # 除夕 17:00 to 初一 01:00
        ("2023-01-22 08:00:00", "2023-01-23 08:00:00"),
        ("2023-12-31 23:59:59", "2024-01-01 08:00:00"),
    ],
)
def test_the_first_morning_after_a_night_is_the_same_for_one_that_crosses_midnight(
    ends: str, expected: str
) -> None:
    assert first_morning(at(ends)) == at(expected)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (None, "2023-01-22 08:00:00"),
        ("ends + 1 day 08:00", "2023-01-22 08:00:00"),
        ("ends + 1 workday 09:30", "2023-01-28 09:30:00"),  # a make-up working day
        ("due + 1 hours", "2023-01-22 08:00:00"),
        ("02-29 08:00", "2023-01-22 08:00:00"),  # no such day that year
    ],
)
def test_the_summary_is_made_when_the_plan_says_or_on_the_first_morning(
    phrase: str | None, expected: str
) -> None:
    night = Night(summary=phrase, to="cun")
    others = {"opens": at("2023-01-16 00:00:00"), "due": at("2023-01-22 07:00:00")}
    found = summary_at(night, at("2023-01-21 00:00:00"), at("2023-01-21 23:59:59"), others, WORKDAYS)
    assert found == at(expected)


def test_a_summary_is_not_reckoned_from_an_event() -> None:
    windows = "windows:\n  - {key: ye, name: 夜, starts: 除夕, ends: 除夕, clause: 一, source: local}\n"
    with pytest.raises(DubanError, match="汇总的时刻不能按事件推算"):
        plan(duty("kind: window, night: {summary: event + 2 hours, to: cun}"), above=windows)
