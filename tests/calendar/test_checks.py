"""What a plan must satisfy besides its types: each fault with its place, what was expected, and found."""

from __future__ import annotations

import pytest

from duban.calendar import loader
from duban.obligations.errors import InputError, Problem
from support.small_plans import HEAD, duty, plan, plan_text

NIGHT = "windows: [{key: ye, name: 除夕夜, starts: 除夕, ends: 正月初一, clause: 一, source: local}]\n"


def faults(text: str) -> list[Problem]:
    with pytest.raises(InputError) as wrong:
        loader.read(text, "方案.yaml")
    return list(wrong.value.problems)


def told(*duties: str, above: str = "") -> list[str]:
    return [problem.text().partition(" ")[2] for problem in faults(plan_text(*duties, above=above))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "kind: once, due: 03-22, audience: cunn",
            "没有这个受众；应为cun、bumen之一；实际为“cunn”；是否想写“cun”？",
        ),
        (
            "kind: once, due: 03-22, lead: bumn",
            "没有这个受众；应为cun、bumen之一；实际为“bumn”；是否想写“bumen”？",
        ),
        (
            "kind: monthly, due: day 5, within: ya",
            "没有这个阶段或时段；应为ye之一；实际为“ya”；是否想写“ye”？",
        ),
        ("kind: window, of: [yee]", "没有这个时段；应为ye之一；实际为“yee”；是否想写“ye”？"),
        ("kind: phase", "方案没有写 phases，任务无处可挂；应为先写 phases"),
        (
            "kind: once, due: 03-22, of: [ye]",
            "这种任务不能写 of；应为kind 为 phase 或 window；实际为kind: once",
        ),
        (
            "kind: once, due: 03-22, months: [3]",
            "这种任务不能写 months；应为kind 为 monthly、quarterly、half_yearly、weekly；实际为kind: once",
        ),
        (
            "kind: monthly, due: event + 2 hours",
            "只有即时任务（kind: event）才能从 event 起算；实际为“event + 2 hours”",
        ),
        (
            "kind: quarterly, due: last day, vary: {Q5: {name: 甲}}",
            "“检查”没有这一期；应为Q1、Q2、Q3、Q4之一；实际为“Q5”；是否想写“Q4”？",
        ),
        (
            "kind: monthly, due: day 5, months: [1, 2], vary: {2: {name: 甲}}",
            "“检查”没有这一期；应为01、02之一；实际为“2”；是否想写“02”？",
        ),
        (
            "kind: quarterly, due: last day, months: [1], vary: {Q2: {name: 甲}}",
            "“检查”没有这一期；应为Q1之一；实际为“Q2”；是否想写“Q1”？",
        ),
        ("kind: once, due: 03-22, vary: {Q1: {name: 甲}}", "“检查”没有这一期；应为不写 vary；实际为“Q1”"),
        (
            "kind: quarterly, due: last day, vary: {Q1: {audience: cum}}",
            "没有这个受众；应为cun、bumen之一；实际为“cum”；是否想写“cun”？",
        ),
        (
            "kind: event, form: [{key: a, label: 甲, type: text}, {key: a, label: 乙, type: date}]",
            "表单里两项用了同一个键；应为不同的键；实际为“a”",
        ),
        (
            "kind: once, due: 03-22, form: [{key: a, label: 甲, type: choice}]",
            "“甲”没有写 options；应为至少一个选项",
        ),
        (
            "kind: once, due: 03-22, form: [{key: a, label: 甲, type: text, options: [乙]}]",
            "“甲”不能写 options；应为type 为 choice 或 checklist",
        ),
        (
            "kind: once, due: 03-22, form: [{key: a, label: 甲, type: number, min: 5, max: 2}]",
            "“甲”的 min 大于 max；应为不大于2；实际为5",
        ),
    ],
)
def test_a_duty_that_does_not_hold_together_is_refused(text: str, said: str) -> None:
    (problem,) = told(duty(text), above=NIGHT)
    assert problem.partition("] ")[2] == said


def test_two_duties_with_one_key_are_refused_at_the_second() -> None:
    text = plan_text(duty("kind: once, due: 03-22", "yuebao"), duty("kind: once, due: 03-23", "yuebao"))
    (problem,) = faults(text)
    assert (problem.line, problem.column) == (11, 11)
    assert problem.text() == (
        "方案.yaml:11:11 [duties[2].key] 两个任务用了同一个键；应为另一个键，“检查”已用了它；实际为“yuebao”"
    )


def test_a_phase_and_a_window_with_one_key_are_refused() -> None:
    phase = "phases: [{key: ye, name: 动员, starts: 03-01, ends: 04-30, clause: 一, source: local}]\n"
    (problem,) = told(duty("kind: once, due: 03-22"), above=phase + NIGHT)
    assert problem == "[windows[1].key] 两个阶段或时段用了同一个键；应为另一个键，“动员”已用了它；实际为“ye”"


@pytest.mark.parametrize(
    "audience",
    [
        "{name: 空}",
        "{name: 空, under: 示例镇}",
        "{name: 空, except: [甲]}",
        "{name: 空, units: [甲], except: [甲]}",
    ],
)
def test_an_audience_that_can_select_nobody_is_refused(audience: str) -> None:
    text = plan_text(duty("kind: once, due: 03-22")).replace("{name: 各部门, kinds: [部门]}", audience)
    (problem,) = faults(text)
    assert (problem.line, problem.column, problem.field) == (8, 10, "audiences.bumen")
    assert problem.message == "“空”一个单位也选不出"


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = plan_text(
        duty("kind: once, due: 03-22, audience: cunn"),
        duty("kind: once, due: 03-22"),
        duty("kind: monthly, due: event + 2 hours", "shijian"),
    )
    assert [(problem.line, problem.field) for problem in faults(text)] == [
        (10, "duties[1].audience"),
        (11, "duties[2].key"),
        (12, "duties[3].due"),
    ]


def test_a_plan_that_holds_together_is_taken() -> None:
    one = plan(duty("kind: quarterly, due: last day, vary: {Q1: {lead: bumen}}"), above=NIGHT)
    assert one.duties[0].vary["Q1"].lead == "bumen"
    assert HEAD.startswith(f"slug: {one.slug}")
