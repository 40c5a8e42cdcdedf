"""Which times a person may write, and which moment each means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duban.app import clock
from duban.obligations.errors import DubanError


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-05", "2026-12-04 16:00:00"),
        ("2026-12-5", "2026-12-04 16:00:00"),
        (" 2026-12-05 ", "2026-12-04 16:00:00"),
        ("2026年12月5日", "2026-12-04 16:00:00"),
        ("2026年03月05日 17:30", "2026-03-05 09:30:00"),
        ("2026-12-05 17:30", "2026-12-05 09:30:00"),
        ("2026-12-05T17:30:15", "2026-12-05 09:30:15"),
        ("2026-12-05T17:30:15+08:00", "2026-12-05 09:30:15"),
        ("2026-12-05T17:30Z", "2026-12-05 17:30:00"),
        ("2026-12-05 17:30-05:00", "2026-12-05 22:30:00"),
        ("2026-12-31 00:00", "2026-12-30 16:00:00"),
        ("2026-12-31 24:00", "2026-12-31 15:59:59"),
        ("2026年12月31日 24:00:00", "2026-12-31 15:59:59"),
        ("2028-02-29", "2028-02-28 16:00:00"),
    ],
)
def test_a_day_or_a_day_and_an_hour_is_a_moment_in_shanghai(text: str, utc: str) -> None:
    assert f"{clock.moment(text):%Y-%m-%d %H:%M:%S}" == utc
    assert clock.moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026", "2026-12", "2026年12月", "2026-339", "20261205", "2026-W50", "2026-W50-1", "P1D"),
        *("17:30", "24:00", "明天", "12-05", "2026/12/05", "2026-12-05 17", "2026-12-05 5:30"),
        *("2026-12-05 25:00", "2026-12-05 24:01", "2026-12-05 24:00:01", "2026-12-05 17:60"),
        *("2026-02-29", "2026-13-01", "2026-00-10", "2026-12-32", "0026-12-05", "2026-12-05Z"),
        *("2026-12-05 17:30 +08:00", "2026-12-05 17:30+99:00", "2026-12-05 17:30:00.5"),
        *("２０２６-12-05", "2026-12月5日", "2026-12-05\n17:30", "2026-12-0517:30", "2026-12-05 17:30:60"),
    ],
)
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    said = f"看不懂时间“{text}”，可写成 2026-03-22、2026年3月22日 或 2026-03-22 17:30。"
    for read in (clock.moment, clock.end_of_day):
        with pytest.raises(DubanError) as refused:
            read(text)
        assert str(refused.value) == said


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-05", "2026-12-05 15:59:59"),
        ("2026-12-5", "2026-12-05 15:59:59"),
        ("2026年12月5日", "2026-12-05 15:59:59"),
        (" 2026年12月05日 ", "2026-12-05 15:59:59"),
        ("2026-12-5 00:00", "2026-12-04 16:00:00"),
        ("2026-12-05 17:30", "2026-12-05 09:30:00"),
        ("2026-12-05 24:00", "2026-12-05 15:59:59"),
    ],
)
def test_a_deadline_without_an_hour_is_the_last_second_of_its_day(text: str, utc: str) -> None:
    assert f"{clock.end_of_day(text):%Y-%m-%d %H:%M:%S}" == utc


def test_no_text_is_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    here = datetime(2026, 3, 22, 9, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: here)
    assert clock.moment(None) == here
    assert clock.end_of_day(None) == here
