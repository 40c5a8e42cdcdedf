from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.obligations import alerts
from duban.obligations.alerts import AlertState

AT = datetime(2023, 1, 22, 14, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (1, datetime(2023, 1, 22, 14, 35, tzinfo=UTC)),
        (2, datetime(2023, 1, 22, 14, 35, tzinfo=UTC)),
        (3, None),
    ],
)
def test_an_event_is_told_three_times_and_no_more(sent: int, expected: datetime | None) -> None:
    assert alerts.again_at(AT, 15, sent) == expected


@pytest.mark.parametrize(
    ("minutes", "heard", "expected"),
    [
        (14, 0, AlertState.WAITING),
        (15, 0, AlertState.UNHEARD),
        (600, 0, AlertState.UNHEARD),
        (600, 1, AlertState.PARTLY),
        (600, 2, AlertState.HEARD),
    ],
)
def test_an_event_told_to_two_units_is_red_after_its_minutes_while_nobody_hears(
    minutes: int, heard: int, expected: AlertState
) -> None:
    at = AT + timedelta(minutes=minutes)
    assert alerts.standing(AT, 15, at, heard=heard, units=2) is expected


@given(st.integers(5, 1440), st.integers(1, 2))
def test_it_turns_red_at_the_very_moment_at_which_it_is_first_told_again(minutes: int, sent: int) -> None:
    again = alerts.again_at(AT, minutes, sent)
    assert again is not None
    assert alerts.standing(AT, minutes, again, heard=0, units=2) is AlertState.UNHEARD
    assert alerts.standing(AT, minutes, again - timedelta(seconds=1), heard=0, units=2) is AlertState.WAITING
