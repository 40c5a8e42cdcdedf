from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duban.obligations import nights
from duban.obligations.errors import DubanError
from duban.obligations.nights import Happened, NightFacts, OnDuty, Sum

FORM = [
    {"key": "renshu", "label": "出动力量", "type": "number", "unit": "人次"},
    {"key": "qingkuang", "label": "情况", "type": "text", "unit": ""},
    {"key": "gongli", "label": "巡查里程", "type": "number", "unit": "公里"},
]
ENDS = datetime(2023, 1, 21, 17, 0, tzinfo=UTC)
BEFORE, AFTER = datetime(2023, 1, 21, 9, 0, tzinfo=UTC), datetime(2023, 1, 21, 17, 1, tzinfo=UTC)
SOMEBODY = OnDuty("张三", "13900000001", "带班")


def test_only_the_numbers_of_a_form_are_summed() -> None:
    answers = [{"renshu": 12, "qingkuang": "平稳", "gongli": 3.5}, {"renshu": 8}]
    assert nights.sums(FORM, answers) == (Sum("出动力量", 20, "人次"), Sum("巡查里程", 3.5, "公里"))
    assert nights.sums(FORM, []) == (Sum("出动力量", 0, "人次"), Sum("巡查里程", 0, "公里"))


def test_the_summary_says_who_reported_the_sums_and_what_happened() -> None:
    facts = NightFacts(
        title="除夕夜 · 值守",
        as_of=datetime(2023, 1, 22, 0, 0, tzinfo=UTC),
        reported=("一村", "二村"),
        nil=("二村",),
        missing=("三村",),
        sums=(Sum("出动力量", 12, "人次"), Sum("巡查里程", 3.5, "公里")),
        events=(Happened(datetime(2023, 1, 21, 14, 10, tzinfo=UTC), "一村", "桥头聚集燃放"),),
        rosterless=("三村",),
    )
    assert nights.summary(facts) == (
        "除夕夜 · 值守情况汇总（截至2023年1月22日（星期日）08:00）\n"
        "一、报告情况：应报3个单位，已报2个（零报告1个），未报1个：三村。\n"
        "二、数据合计：出动力量12人次，巡查里程3.5公里。\n"
        "三、重大事件：1起：\n"
        "1．2023年1月21日（星期六）22:10，一村：桥头聚集燃放\n"
        "四、没有报值班表的1个单位：三村。"
    )


def test_a_quiet_night_is_said_in_three_lines() -> None:
    at = datetime(2023, 1, 22, 0, 0, tzinfo=UTC)
    facts = NightFacts("值守", at, ("一村",), (), (), (), ())
    assert nights.summary(facts).splitlines()[1:] == [
        "一、报告情况：应报1个单位，已报1个，全部报齐。",
        "二、数据合计：本表没有数字项目。",
        "三、重大事件：0起。",
    ]


@pytest.mark.parametrize(
    ("people", "now", "words"),
    [
        ([], BEFORE, "请填写值班人员，至少一人。"),
        ([SOMEBODY], AFTER, "本时段已于2023年1月22日（星期日）01:00结束"),
        ([OnDuty("", "13900000001", "")], BEFORE, "电话13900000001没有写是谁。"),
        ([OnDuty("张三", "", "")], BEFORE, "“张三”的电话应是数字"),
        ([OnDuty("张三", "找李四", "")], BEFORE, "实际为“找李四”"),
        ([SOMEBODY, SOMEBODY], BEFORE, "“张三”填了两次。"),
        ([OnDuty("张" * 31, "13900000001", "")], BEFORE, "最多各写30字"),
        ([OnDuty(f"张{n}", "13900000001", "") for n in range(31)], BEFORE, "最多填30人，现有31人"),
    ],
)
def test_a_roster_that_cannot_be_taken_is_said_why(people: list[OnDuty], now: datetime, words: str) -> None:
    with pytest.raises(DubanError, match=words):
        nights.check_roster(people, ENDS, now)


def test_a_roster_may_be_given_until_the_window_ends() -> None:
    nights.check_roster([SOMEBODY, OnDuty("李四", "0550-1234567", "")], ENDS, ENDS)
