from __future__ import annotations

from datetime import date

import pytest

from duban.obligations.roster import ContactFact, Lines, Roster, UnitFact, problems

TOWN = UnitFact("town", "示例镇", "镇街")
VILLAGE = UnitFact("v01", "示例一村", "村", parent="town")


def said(*units: UnitFact, contacts: tuple[ContactFact, ...] = ()) -> list[str]:
    return [
        problem.text()
        for problem in problems(Roster(units, contacts), "名册", Lines(range(2, 9), range(2, 9)))
    ]


@pytest.mark.parametrize(
    ("day", "active"),
    [
        (date(2022, 12, 31), False),
        (date(2023, 1, 1), True),
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), False),
    ],
)
def test_a_unit_is_active_from_its_first_day_and_no_longer_on_the_day_it_closes(
    day: date, *, active: bool
) -> None:
    unit = UnitFact("v", "村", "村", opened_on=date(2023, 1, 1), closed_on=date(2023, 7, 1))
    assert unit.active_on(day) is active


def test_a_unit_without_dates_is_always_active() -> None:
    assert TOWN.active_on(date(1949, 10, 1))


def test_a_sound_roster_has_no_problems() -> None:
    assert said(TOWN, VILLAGE, contacts=(ContactFact("v01", "示例联系人1"),)) == []


def test_a_code_used_for_two_units_is_named_with_both() -> None:
    assert said(TOWN, VILLAGE, UnitFact("v01", "示例二村", "村")) == [
        "名册:4 [单位代码] 代码重复；应为不重复的代码（v01 已用于“示例一村”）；实际为v01（示例二村）"
    ]


def test_a_parent_that_is_not_there_is_named_with_the_nearest_code() -> None:
    assert said(TOWN, UnitFact("v01", "示例一村", "村", parent="towm")) == [
        "名册:3 [上级单位代码] 上级单位不在名册中；应为名册中已有的单位代码；实际为towm；是否想写“town”？"
    ]


def test_a_parent_given_by_its_name_is_answered_with_its_code() -> None:
    problem = problems(Roster((TOWN, UnitFact("v01", "示例一村", "村", parent="示例镇"))), "名册")[0]
    assert (problem.line, problem.hint) == (None, "town")


def test_units_that_are_each_others_parent_are_named_once() -> None:
    ring = [
        UnitFact("b", "乙", "村", parent="c"),
        UnitFact("a", "甲", "村", parent="b"),
        UnitFact("c", "丙", "村", parent="a"),
        UnitFact("d", "丁", "村", parent="a"),
    ]
    assert said(*ring) == ["名册:3 [上级单位代码] 上级单位循环；应为本单位及其下级以外的单位；实际为a→b→c→a"]


def test_a_unit_that_is_its_own_parent_is_a_ring() -> None:
    assert said(UnitFact("a", "甲", "村", parent="a"))[0].endswith("实际为a→a")


def test_a_unit_closed_before_it_opens_is_named() -> None:
    unit = UnitFact("v", "村", "村", opened_on=date(2023, 7, 1), closed_on=date(2023, 7, 1))
    assert said(unit) == [
        "名册:2 [停用日期] 停用日期早于或等于启用日期；应为晚于启用日期 2023-07-01；实际为2023-07-01"
    ]


def test_a_contact_of_an_unknown_unit_and_one_named_twice_are_named() -> None:
    contacts = (ContactFact("v02", "甲"), ContactFact("v01", "乙"), ContactFact("v01", "乙"))
    assert said(TOWN, VILLAGE, contacts=contacts) == [
        "名册:2 [单位代码] 联系人所在的单位不在名册中；应为名册中已有的单位代码；实际为v02；是否想写“v01”？",
        "名册:4 [联系人] 单位 v01 的联系人重复；应为不重复的联系人；实际为乙",
    ]
