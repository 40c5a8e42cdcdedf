from __future__ import annotations

import textwrap

import pytest

from duban.calendar import loader
from duban.calendar.rules_ladder import DEFAULT, Step
from duban.obligations.errors import InputError

PLAN = """
slug: jiancha
title: 示例检查方案
issuer: 示例镇人民政府
year: 2023
office: 镇综治岗
audiences:
  cun: {name: 各村, kinds: [村]}
phases:
  - {key: qianqi, name: 前期, starts: 03-01, ends: 04-30, clause: 二（一）, source: document}
windows:
  - {key: chuxi, name: 除夕夜, starts: 除夕 17:00, ends: 正月初一 01:00, clause: 二（二）, source: document}
duties:
  - {key: yuecha, name: 每月检查, kind: monthly, audience: cun, clause: 三, source: document, due: day 24}
"""


def problems(more: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        loader.read(PLAN + textwrap.dedent(more), "jiancha.yaml")
    return str(refused.value).splitlines()


def test_the_ladder_that_is_used_where_a_plan_has_none_is_the_sound_one() -> None:
    assert loader.read(PLAN, "jiancha.yaml").plan.ladder == []
    assert (DEFAULT.near, DEFAULT.red) == (3, ["lock", "duban"])
    assert DEFAULT.cuiban == Step(after=1, limit=3)
    assert [rung.limit for rung in (DEFAULT.duban, DEFAULT.yuetan, DEFAULT.tongbao) if rung] == [5, 5, 10]


def test_rules_are_read_with_the_day_from_which_they_are_in_force() -> None:
    plan = loader.read(
        PLAN + "ladder:\n  - {since: 2023-01-01, near: 5, tongbao: null}\n  - {since: 2023-07-01}\n",
        "jiancha.yaml",
    ).plan
    assert [(str(one.since), one.near, one.tongbao is None) for one in plan.ladder] == [
        ("2023-01-01", 5, True),
        ("2023-07-01", 3, False),
    ]


def test_sets_of_rules_out_of_order_are_refused() -> None:
    [said] = problems("ladder:\n  - {since: 2023-07-01}\n  - {since: 2023-01-01}\n")
    assert "各组规则须按起用日期先后排列；应为晚于上一组的2023-07-01；实际为2023-01-01" in said


def test_a_gate_must_name_a_duty_that_is_there() -> None:
    text = PLAN.replace(
        "source: document}\nwindows",
        "source: document,\n     leave: [{need: accepted, duty: yuecah}]}\nwindows",
    )
    with pytest.raises(InputError) as refused:
        loader.read(text, "jiancha.yaml")
    assert "没有这个任务；应为yuecha之一；实际为“yuecah”；是否想写“yuecha”？" in str(refused.value)


def test_an_item_of_the_appraisal_must_name_duties_that_are_there() -> None:
    [said] = problems(
        """
        appraisal:
          - since: 2023-01-01
            items: [{key: baosong, name: 按时报送, clause: 三, duties: [yuebao], points: 10}]
        """
    )
    assert "没有这个任务" in said


def test_whom_to_alert_is_said_of_event_driven_duties_alone() -> None:
    text = PLAN.replace("due: day 24}", "due: day 24, alert: [cun]}")
    with pytest.raises(InputError) as refused:
        loader.read(text, "jiancha.yaml")
    assert "只有即时任务才写 alert" in str(refused.value)
