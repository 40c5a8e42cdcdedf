from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.calendar import limits
from duban.calendar.dates import ZONE
from duban.calendar.rules_ladder import DEFAULT, LadderRules, in_force
from duban.obligations.ladder import LightRules, RungRule
from duban.obligations.words import Rung
from support.campaign import day, workdays

SECOND = timedelta(seconds=1)


def said(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(ZONE):%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("issued", "days", "expected"),
    [
        ("03-28 00:00", 3, "03-31 23:59:59"),
        ("03-24 16:00", 1, "03-27 23:59:59"),
        ("01-20 09:00", 2, "01-29 23:59:59"),  # the holiday, then 28 and 29 January were worked
        ("04-21 09:00", 1, "04-23 23:59:59"),  # Sunday 23 April was worked
        ("04-21 09:00", 3, "04-25 23:59:59"),
    ],
)
def test_a_limit_ends_with_its_workday(issued: str, days: int, expected: str) -> None:
    assert said(limits.limit_at(day(issued), days, workdays())) == expected


@pytest.mark.parametrize(
    ("limit", "after", "expected"),
    [
        ("03-24 23:59", 0, "03-24 23:59:01"),
        ("03-24 23:59", 1, "03-28 00:00:00"),
        ("03-24 12:00", 1, "03-28 00:00:00"),
        ("01-20 23:59", 1, "01-29 00:00:00"),
        ("01-20 23:59", 2, "01-30 00:00:00"),
        ("04-21 23:59", 1, "04-24 00:00:00"),
    ],
)
def test_the_next_rung_is_due_once_so_many_whole_workdays_have_passed(
    limit: str, after: int, expected: str
) -> None:
    assert said(limits.reached_at(day(limit), after, workdays())) == expected


@given(st.integers(0, 330 * 24 * 3600), st.integers(0, 12))
def test_what_has_passed_is_what_has_been_reached(seconds: int, after: int) -> None:
    limit = day("01-01 00:00") + seconds * SECOND
    then = limits.reached_at(limit, after, workdays())
    assert limits.passed_by(then, after, workdays()) >= limit
    assert limits.passed_by(then - SECOND, after, workdays()) < limit


def test_near_is_counted_in_workdays_before_the_due_day() -> None:
    assert said(limits.near_from(day("03-24 23:59"), 3, workdays())) == "03-21 00:00:00"
    assert said(limits.near_from(day("01-30 12:00"), 3, workdays())) == "01-20 00:00:00"
    assert said(limits.near_from(day("03-24 23:59"), 0, workdays())) == "03-24 00:00:00"


def test_when_a_sheet_takes_its_matter_further() -> None:
    rules = LadderRules.model_validate(
        {"since": "2023-01-01", "yuetan": {"after": 2, "limit": 5}, "tongbao": None}
    )
    limit = day("03-31 23:59")
    assert said(limits.next_at(limit, Rung.CUIBAN, rules, workdays())) == "03-31 23:59:01"
    assert said(limits.next_at(limit, Rung.DUBAN, rules, workdays())) == "04-05 00:00:00"
    assert limits.next_at(limit, Rung.YUETAN, rules, workdays()) is None
    assert limits.next_at(limit, Rung.TONGBAO, DEFAULT, workdays()) is None


@pytest.mark.parametrize(
    ("opened", "near"),
    [("2022-12-31", 3), ("2023-01-01", 5), ("2023-06-30", 5), ("2023-07-01", 1), ("2031-01-01", 1)],
)
def test_a_round_keeps_the_rules_of_the_day_on_which_it_opened(opened: str, near: int) -> None:
    sets = [
        LadderRules(since=date(2023, 1, 1), near=5),
        LadderRules(since=date(2023, 7, 1), near=1),
    ]
    assert in_force(sets, date.fromisoformat(opened)).near == near


def test_a_set_of_rules_says_which_rungs_it_has_and_what_lights_are_computed_by() -> None:
    rules = LadderRules.model_validate(
        {"since": "2023-01-01", "near": 2, "red": ["lock"], "cuiban": None, "yuetan": None}
    )
    assert rules.rungs == (RungRule(Rung.DUBAN, 0, 5), RungRule(Rung.TONGBAO, 0, 10))
    assert rules.lights == LightRules(2, by_lock=True, by_duban=False)
    assert [one.rung for one in DEFAULT.rungs] == ["cuiban", "duban", "yuetan", "tongbao"]
