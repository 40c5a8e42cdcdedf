from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given, strategies as st

from duban.calendar.dates import ZONE
from duban.calendar.slots import QuietHours, Slot, slot, slot_after
from duban.calendar.workdays import Workdays

WORKDAYS = Workdays.load()
NIGHT = QuietHours()  # 21:00 to 08:00
NOON = QuietHours(time(12), time(14))
NONE = QuietHours(time(0), time(0))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def said(found: Slot) -> tuple[str, str]:
    return str(found.day), f"{found.not_before:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "quiet", "day", "not_before"),
    [
        # a workday, by day: at once
        ("2023-03-22T09:00", NIGHT, "2023-03-22", "2023-03-22 09:00"),
        ("2023-03-22T08:00", NIGHT, "2023-03-22", "2023-03-22 08:00"),
        ("2023-03-22T20:59", NIGHT, "2023-03-22", "2023-03-22 20:59"),
        # at night: in the morning, which after midnight is of the same day
        ("2023-03-22T21:00", NIGHT, "2023-03-23", "2023-03-23 08:00"),
        ("2023-03-22T23:59", NIGHT, "2023-03-23", "2023-03-23 08:00"),
        ("2023-03-22T00:00", NIGHT, "2023-03-22", "2023-03-22 08:00"),
        ("2023-03-22T07:59", NIGHT, "2023-03-22", "2023-03-22 08:00"),
        # on a rest day, and on the night before one: the morning of the next workday
        ("2023-03-25T09:00", NIGHT, "2023-03-27", "2023-03-27 08:00"),
        ("2023-03-24T22:00", NIGHT, "2023-03-27", "2023-03-27 08:00"),
        ("2023-01-21T15:00", NIGHT, "2023-01-28", "2023-01-28 08:00"),
        # a Sunday that is worked is a workday
        ("2023-01-29T09:00", NIGHT, "2023-01-29", "2023-01-29 09:00"),
        ("2023-01-28T21:30", NIGHT, "2023-01-29", "2023-01-29 08:00"),
        # over the end of the year
        ("2023-12-29T22:00", NIGHT, "2024-01-02", "2024-01-02 08:00"),
        # quiet hours within one day
        ("2023-03-22T12:30", NOON, "2023-03-22", "2023-03-22 14:00"),
        ("2023-03-22T14:00", NOON, "2023-03-22", "2023-03-22 14:00"),
        ("2023-03-22T23:00", NOON, "2023-03-22", "2023-03-22 23:00"),
        ("2023-03-25T12:30", NOON, "2023-03-27", "2023-03-27 00:00"),
        # none
        ("2023-03-22T03:00", NONE, "2023-03-22", "2023-03-22 03:00"),
    ],
)
def test_quiet_hours_and_rest_days_defer(at: str, quiet: QuietHours, day: str, not_before: str) -> None:
    assert said(slot(moment(at), WORKDAYS, quiet, urgent=False)) == (day, not_before)


@pytest.mark.parametrize(
    "at", ["2023-01-21T23:30", "2023-01-22T03:00", "2023-03-25T09:00", "2023-03-22T22:00"]
)
def test_what_is_urgent_goes_at_once_by_night_and_on_rest_days(at: str) -> None:
    assert said(slot(moment(at), WORKDAYS, NIGHT, urgent=True)) == (at[:10], at.replace("T", " "))


def test_the_day_of_a_slot_is_that_of_shanghai() -> None:
    found = slot(datetime(2023, 3, 21, 23, 30, tzinfo=UTC), WORKDAYS, NIGHT, urgent=False)
    assert said(found) == ("2023-03-22", "2023-03-22 08:00")
    urgent = slot(datetime(2023, 1, 21, 16, 30, tzinfo=UTC), WORKDAYS, NIGHT, urgent=True)
    assert said(urgent) == ("2023-01-22", "2023-01-22 00:30")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2023-03-22T09:00", ("2023-03-23", "2023-03-23 08:00")),
        ("2023-03-24T09:00", ("2023-03-27", "2023-03-27 08:00")),
        ("2023-01-20T09:00", ("2023-01-28", "2023-01-28 08:00")),
    ],
)
def test_when_the_digest_of_a_day_has_gone_the_next_is_on_the_next_workday(
    at: str, expected: tuple[str, str]
) -> None:
    first = slot(moment(at), WORKDAYS, NIGHT, urgent=False)
    assert said(slot_after(first, WORKDAYS, NIGHT)) == expected


@given(st.datetimes(datetime(2021, 1, 1), datetime(2026, 12, 1), timezones=st.just(ZONE)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_nothing_is_dropped_sent_early_or_sent_twice_later(at: datetime) -> None:
    found = slot(at, WORKDAYS, NIGHT, urgent=False)
    assert found.not_before >= at
    assert found.day == found.not_before.date()
    assert WORKDAYS.is_workday(found.day)
    assert time(8) <= found.not_before.time() < time(21)
    assert slot(found.not_before, WORKDAYS, NIGHT, urgent=False) == found
