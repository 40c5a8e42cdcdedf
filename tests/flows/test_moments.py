from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from duban.app import clock
from duban.flows.moments import at
from duban.obligations.errors import DubanError
from support.scratch import SHANGHAI

LATER = datetime(2999, 1, 1, 8, 0, tzinfo=SHANGHAI)


def test_without_a_moment_the_clock_is_read() -> None:
    assert clock.now() <= at(None) <= clock.now() + timedelta(seconds=1)


def test_a_rehearsal_may_act_as_of_any_moment() -> None:
    assert at(LATER) == datetime(2999, 1, 1, 0, 0, tzinfo=UTC)


def test_a_served_run_may_act_as_of_the_past_but_not_of_the_future(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "4f1b")
    past = datetime(2023, 3, 22, 9, 0, tzinfo=SHANGHAI)
    assert at(past) == datetime(2023, 3, 22, 1, 0, tzinfo=UTC)
    with pytest.raises(DubanError, match="晚于系统时钟"):
        at(LATER)
