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
        (14, False, AlertState.WAITING),
        (15, False, AlertState.UNHEARD),
        (600, False, AlertState.UNHEARD),
        (600, True, AlertState.HEARD),
    ],
)
def test_an_event_that_nobody_hears_is_red_after_its_minutes(
    minutes: int,
    heard: bool,  # noqa: FBT001 - as the table says
    expected: AlertState,
) -> None:
    assert alerts.standing(AT, 15, AT + timedelta(minutes=minutes), heard=heard) is expected


@given(st.integers(5, 1440), st.integers(1, 2))
def test_it_turns_red_at_the_very_moment_at_which_it_is_first_told_again(minutes: int, sent: int) -> None:
    again = alerts.again_at(AT, minutes, sent)
    assert again is not None
    assert alerts.standing(AT, minutes, again, heard=False) is AlertState.UNHEARD
    assert alerts.standing(AT, minutes, again - timedelta(seconds=1), heard=False) is AlertState.WAITING
