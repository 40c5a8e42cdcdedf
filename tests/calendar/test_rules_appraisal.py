from __future__ import annotations

from decimal import Decimal

import pytest

from duban.calendar import loader
from duban.calendar.rules_appraisal import AppraisalRules
from duban.obligations.errors import InputError
from support.small_plans import duty, plan_text

PLAN = plan_text(duty("kind: monthly, due: day 24"))
WHOLE = """
appraisal:
  - since: 2023-01-01
    period: quarter
    of: [cun]
    items:
      - {key: baosong, name: 报送, clause: 三, points: 60, base: 50, on_time: 0.1, missing: 2.50, late: 0.07}
      - {key: zhenggai, name: 整改, clause: 三,
         points: 40, floor: 10, findings: {late: 1}, sheets: {duban: 2}}
    bonus:
      - {key: chahuo, name: 查获窝点, clause: 四, points: 3}
      - {key: wuyuqi, name: 全年无逾期, clause: 四, points: 2, by: no_overdue}
    bonus_most: 4
    veto: [{key: shigu, name: 发生事故, clause: 五}]
    grades: {excellent: 90, good: 80, qualified: 60}
    note: 分值由督办室自定。
"""


def rules(text: str = WHOLE) -> AppraisalRules:
    return loader.read(PLAN + text, "shifan.yaml").plan.appraisal[0]


def problems(*changes: tuple[str, str], more: str = "") -> list[str]:
    text = WHOLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(InputError) as refused:
        loader.read(PLAN + text + more, "shifan.yaml")
    return str(refused.value).splitlines()


def test_points_are_read_by_their_digits() -> None:
    item = rules().items[0]
    assert (item.on_time, item.missing, item.late) == (Decimal("0.1"), Decimal("2.5"), Decimal("0.07"))
    assert item.on_time * 3 == Decimal("0.3")


def test_what_is_not_written_costs_nothing_and_begins_at_full_marks() -> None:
    item = rules().items[1]
    assert (item.base, item.missing, item.weight, item.findings.open) == (None, 0, 1, 0)
    assert (item.findings.late, item.sheets.duban, item.sheets.cuiban) == (1, 2, 0)


def test_points_finer_than_a_hundredth_are_refused() -> None:
    [said] = problems(("on_time: 0.1", "on_time: 0.125"))
    assert "最多写两位小数；实际为“0.125”" in said


def test_what_is_no_number_is_refused() -> None:
    [said] = problems(("missing: 2.50", "missing: 两分"))
    assert "应是数字；实际为“两分”" in said


def test_a_price_of_another_name_is_refused_with_the_nearest() -> None:
    [said] = problems(("sheets: {duban: 2}", "sheets: {dubna: 2}"))
    assert "不认识的键；应为cuiban、duban、yuetan、tongbao之一；实际为“dubna”；是否想写“duban”？" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: [cun]", "of: [cunn]", "没有这个受众"),
        ("base: 50", "base: 61", "“报送”的起评分大于满分；应为不大于满分60；实际为61"),
        ("floor: 10", "floor: 41", "“整改”扣到几分为止，大于起评分；应为不大于起评分40；实际为41"),
        ("bonus_most: 4", "bonus_most: 0", "有加分项，没有写加分合计的上限"),
        ("excellent: 90", "excellent: 101", "优秀的分数线高于满分；应为不大于各项满分之和100；实际为101"),
        ("good: 80", "good: 90", "优秀、良好、合格的分数线须从高到低"),
        ("key: wuyuqi", "key: chahuo", "两项用了同一个键"),
        ("since: 2023-01-01", "since: 年初", "应是日期，如 2023-01-01"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(old: str, new: str, said: str) -> None:
    [found] = problems((old, new))
    assert said in found


def test_a_cap_on_bonuses_that_are_none_is_refused() -> None:
    bonus = WHOLE[WHOLE.index("    bonus:") : WHOLE.index("    bonus_most")]
    [said] = problems((bonus, ""))
    assert "没有加分项，不写加分上限" in said


def test_the_period_changes_at_new_year_alone() -> None:
    more = "  - since: {}\n    period: year\n    items: [{{key: a, name: 报送, clause: 三, points: 100}}]\n"
    [said] = problems(more=more.format("2023-07-01"))
    assert "考核周期只能从年初起改；应为与上一组相同的quarter，或从某年1月1日起用；实际为year" in said
    read = loader.read(PLAN + WHOLE + more.format("2024-01-01"), "shifan.yaml").plan.appraisal
    assert [one.period for one in read] == ["quarter", "year"]


def test_the_plan_of_erong_says_that_its_points_are_the_offices_own() -> None:
    [found] = loader.load(loader.find("erong-dafei")).plan.appraisal
    assert {item.clause for item in found.items} == {"三（二）七"}
    assert found.public is False
    assert "原文没有写分值" in found.note
    assert sum(item.points for item in found.items) == 100
