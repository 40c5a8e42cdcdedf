from __future__ import annotations

from datetime import datetime

import pytest

from duban.calendar import sittings
from duban.calendar.dates import ZONE
from support.small_plans import WORKDAYS


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("starts", "days", "due", "leaves"),
    [
        ("2023-03-13 09:30", 3, None, "2023-03-08 09:00"),
        ("2023-03-13 09:30", 3, "2023-03-08 18:00", "2023-03-08 18:00"),
        ("2023-03-13 09:30", 3, "2023-03-07 18:00", "2023-03-08 09:00"),
        ("2023-03-13 09:30", 3, "2023-03-08 23:59", "2023-03-08 09:00"),
        ("2023-03-13 09:30", 3, "2023-03-10 18:00", "2023-03-08 09:00"),
        # Sunday the 29th was worked in 2023, after the days of the spring festival.
        ("2023-01-30 09:30", 2, None, "2023-01-28 09:00"),
        ("2023-03-13 09:30", 0, None, "2023-03-13 08:30"),
    ],
)
def test_a_notice_leaves_workdays_before_and_waits_for_what_is_due_that_day(
    starts: str, days: int, due: str | None, leaves: str
) -> None:
    limit = at(due) if due else None
    if limit and limit.minute:  # as the end of a day is kept
        limit = limit.replace(second=59)
    found = sittings.notice_at(at(starts), days, limit, WORKDAYS)
    assert found.strftime("%Y-%m-%d %H:%M") == leaves


def test_minutes_are_due_workdays_after_the_sitting_until_the_end_of_the_day() -> None:
    found = sittings.minutes_due(at("2023-06-20 11:30"), 3, WORKDAYS)
    assert found.strftime("%Y-%m-%d %H:%M:%S") == "2023-06-26 23:59:59"
