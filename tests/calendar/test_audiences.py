from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from duban.calendar.audiences import select
from duban.calendar.expansion import attempt, expand
from duban.calendar.plan import Audience
from duban.calendar.rosters import count, empty_audiences
from duban.obligations.roster import Roster, UnitFact
from support.small_plans import WORKDAYS, duty, plan

DAY = date(2023, 3, 1)
TOWN = Roster(
    units=(
        UnitFact("zhen", "示例镇", "镇"),
        UnitFact("cun1", "一村", "村", frozenset({"沿江"}), "zhen"),
        UnitFact("cun2", "二村", "村", frozenset({"沿江", "集市"}), "zhen"),
        UnitFact("cun3", "三村", "村", frozenset(), "zhen", opened_on=date(2023, 3, 1)),
        UnitFact("cun4", "四村", "村", frozenset(), "zhen", closed_on=date(2023, 3, 1)),
        UnitFact("zu1", "一村一组", "组", frozenset({"沿江"}), "cun1"),
        UnitFact("paichusuo", "派出所", "部门", frozenset({"牵头"}), "zhen"),
        UnitFact("xian", "县局", "部门", frozenset()),
    )
)


def chosen(day: date = DAY, **said: Any) -> list[str]:
    audience = Audience.model_validate({"name": "受众", **said})
    return [unit.name for unit in select(audience, TOWN, day)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"kinds": ["村"]}, ["一村", "二村", "三村"]),
        ({"kinds": ["村", "部门"]}, ["一村", "二村", "三村", "派出所", "县局"]),
        ({"tags": ["沿江"]}, ["一村", "二村", "一村一组"]),
        ({"tags": ["集市", "牵头"]}, ["二村", "派出所"]),
        ({"kinds": ["村"], "tags": ["沿江"]}, ["一村", "二村"]),
        ({"units": ["县局", "cun1"]}, ["一村", "县局"]),
        ({"kinds": ["村"], "units": ["县局"]}, ["一村", "二村", "三村", "县局"]),
        ({"kinds": ["村"], "except": ["二村", "cun3"]}, ["一村"]),
        ({"units": ["一村"], "except": ["cun1"]}, []),
        ({"kinds": ["村", "组"], "under": "一村"}, ["一村一组"]),
        ({"tags": ["沿江"], "under": "zhen"}, ["一村", "二村", "一村一组"]),
        ({"kinds": ["部门"], "under": "示例镇"}, ["派出所"]),
        ({"kinds": ["镇"], "under": "示例镇"}, []),
        ({"under": "示例镇"}, []),
        ({"kinds": ["社区"]}, []),
    ],
)
def test_an_audience_selects_by_kind_tag_and_name_below_a_unit_less_some(
    said: dict[str, Any], expected: list[str]
) -> None:
    assert chosen(**said) == expected


def test_units_count_from_the_day_they_open_up_to_the_day_they_close() -> None:
    assert chosen(date(2023, 2, 28), kinds=["村"]) == ["一村", "二村", "四村"]
    assert chosen(date(2023, 3, 1), kinds=["村"]) == ["一村", "二村", "三村"]


def test_units_that_are_each_others_parent_do_not_make_it_endless() -> None:
    ring = Roster(units=(UnitFact("a", "甲", "村", parent="b"), UnitFact("b", "乙", "村", parent="a")))
    assert select(Audience(name="受众", kinds=["村"], under="镇"), ring, DAY) == []
    assert len(select(Audience(name="受众", kinds=["村"], under="甲"), ring, DAY)) == 2


def test_a_round_counts_its_units_on_the_day_it_opens() -> None:
    opened = expand(plan(duty("kind: monthly, due: last day")), 2023, WORKDAYS)
    assert [count(opened, spec, TOWN) for spec in opened.rounds[:3]] == [3, 3, 3]
    assert [unit.name for unit in select(opened.plan.audiences["cun"], TOWN, date(2023, 2, 1))][-1] == "四村"


def test_an_audience_that_selects_nobody_of_a_roster_is_a_fault_that_names_its_first_round() -> None:
    opened = expand(plan(duty("kind: monthly, due: last day, audience: bumen")), 2023, WORKDAYS)
    villages = Roster(units=tuple(unit for unit in TOWN.units if unit.kind == "村"))
    (fault,) = empty_audiences(opened, villages)
    assert (fault.field, fault.message, fault.expected, fault.found) == (
        "audiences.bumen", "“各部门”在名册中一个单位也没有（2023年1月 · 检查）", "至少一个单位", "0 个",
    )  # fmt: skip
    assert empty_audiences(opened, TOWN) == []


def test_an_audience_that_no_duty_names_may_be_empty() -> None:
    opened, _ = attempt(plan(duty("kind: once, due: 03-22")), 2023, WORKDAYS)
    villages = Roster(units=tuple(unit for unit in TOWN.units if unit.kind == "村"))
    assert empty_audiences(opened, villages) == []


def test_a_misspelt_unit_has_its_nearest_name() -> None:
    named = plan(duty("kind: once, due: 03-22"), above="  suo: {name: 所, units: [派出处]}\n")
    assert named.audiences["suo"].units == ["派出处"]
    opened = expand(
        plan(duty("kind: once, due: 03-22, audience: suo"), above="  suo: {name: 所, units: [派出处]}\n"),
        2023,
        WORKDAYS,
    )
    assert [fault.hint for fault in empty_audiences(opened, TOWN)] == ["派出所"]
