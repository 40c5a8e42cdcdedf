"""A plan taken to another year: 除夕 is 21 January 2023 and 5 February 2027 by the almanac."""

from __future__ import annotations

from datetime import date

import pytest

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.rolling import Decide, moved, rolled
from duban.calendar.workdays import Workdays
from duban.obligations.errors import InputError

WORKDAYS = Workdays.load()


def shipped(slug: str) -> str:
    return loader.find(slug).read_text(encoding="utf-8")


def test_what_only_the_old_document_says_is_left_for_the_office_to_decide() -> None:
    text, open_ = rolled(shipped("changzhou-ranfang"), 2023, 2027)
    assert open_ == (Decide(16, "title", "2023年烟花爆竹燃放管控工作实施方案", "标题写明是2023年的"),)
    assert "\ntitle: 待定\n" in text
    assert "\nyear: 2027\nrevision: 2\n" in text
    with pytest.raises(InputError, match="还没有定"):
        loader.read(text, "changzhou-ranfang-2027.yaml")


def test_once_decided_it_is_a_plan_of_that_year() -> None:
    text, _ = rolled(shipped("changzhou-ranfang"), 2023, 2027)
    plan = loader.read(text.replace("title: 待定", "title: 2027年燃放管控方案"), "x.yaml").plan
    assert (plan.year, plan.revision, plan.slug) == (2027, 2, "changzhou-ranfang")
    assert len(plan.duties) == len(loader.load(loader.find("changzhou-ranfang")).plan.duties)


def test_every_date_by_the_moon_is_listed_with_both_days_and_why() -> None:
    plan = loader.load(loader.find("changzhou-ranfang")).plan
    found = moved(expand(plan, 2023, WORKDAYS), expand(plan, 2027, WORKDAYS))
    days = {
        (one.title, one.what): (one.was.date(), one.then.date(), one.why)
        for one in found
        if one.title in ("除夕", "2027年 · 管控力量部署")
    }
    assert days[("除夕", "开始")][:2] == (date(2023, 1, 21), date(2027, 2, 5))
    assert days[("2027年 · 管控力量部署", "截止")] == (
        date(2023, 1, 18),
        date(2027, 2, 2),
        "按农历或节气（除夕 - 3 days）",
    )


def test_a_date_of_the_civil_calendar_is_listed_only_where_a_rest_day_moves_it() -> None:
    plan = loader.load(loader.find("erong-dafei")).plan
    found = moved(expand(plan, 2023, WORKDAYS), expand(plan, 2026, WORKDAYS))
    checks = {
        one.title: (one.was.date(), one.then.date(), one.why) for one in found if "每月检查" in one.title
    }
    # 25 April was a Tuesday in 2023 and is a Saturday in 2026.
    assert checks["2026年4月 · 每月检查"] == (
        date(2023, 4, 25),
        date(2026, 4, 27),
        "遇休息日顺延（day 25）",
    )
    assert "2026年5月 · 每月检查" not in checks  # a Thursday in 2023, a Monday in 2026


def test_a_date_written_with_its_year_and_an_old_number_become_questions() -> None:
    text = (
        "slug: fangan\ntitle: 安全方案\nissuer: 示例镇\nnumber: 示政〔2023〕3号  # 文号\nyear: 2023\n"
        "duties:\n  - key: zongjie\n    due: 2023-06-30\n    clause: 2023-06-30 条\n"
    )
    rolled_text, open_ = rolled(text, 2023, 2024)
    assert [(one.line, one.field, one.said) for one in open_] == [
        (4, "number", "示政〔2023〕3号"),
        (9, "due", "2023-06-30"),
    ]
    assert rolled_text == (
        "slug: fangan\ntitle: 安全方案\nissuer: 示例镇\nnumber: 待定  # 文号\nyear: 2024\nrevision: 2\n"
        "duties:\n  - key: zongjie\n    due: 待定\n    clause: 2023-06-30 条\n"
    )


def test_the_last_of_february_is_the_same_day_in_a_leap_year() -> None:
    text = shipped("erong-dafei")
    plan = loader.read(text, "x.yaml").plan
    found = moved(expand(plan, 2023, WORKDAYS), expand(plan, 2024, WORKDAYS))
    assert not [one for one in found if one.was.strftime("%m-%d") == "02-28" and one.then.day == 29]
