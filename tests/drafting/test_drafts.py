"""A whole draft: what is found in a document, what it is written as, and what the loader says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from duban.calendar import loader
from duban.calendar.drafting.duties import draft
from duban.calendar.drafting.found import Found, FoundDuty
from duban.calendar.drafting.writing import write
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays
from duban.obligations.errors import InputError

SEEDS = Path(__file__).parent / "seeds"
NOTICE = """\
清溪镇人民政府办公室文件
清政办发〔2022〕45号

关于做好元旦春节期间安全生产工作的通知

各村（居）民委员会，镇属各部门：
为做好岁末年初安全生产工作，现将有关事项通知如下：
一、排查隐患
（一）各村（居）要于2022年12月31日前完成辖区“九小场所”排查，建立台账，并于1月5日前将隐患清单报镇应急办。
（二）镇应急办、派出所、市场监管所在1月10日至1月20日期间开展联合检查。
二、信息报送
请各村（居）每周五12：00前报送工作动态，半年和年度总结分别于6月20日、12月20日前报镇应急办。
各参会单位在会后3日内将贯彻落实情况报镇政府办公室。
每季度召开一次联席会。

清溪镇人民政府办公室
2022年12月20日
"""


def seed(name: str) -> Found:
    return draft((SEEDS / f"{name}.txt").read_text(encoding="utf-8"))


def of(found: Found, words: str) -> FoundDuty:
    (one,) = [duty for duty in found.duties if words in duty.name]
    return one


def test_a_notice_says_who_sent_it_when_and_to_whom() -> None:
    structure = draft(NOTICE).structure
    assert structure.title == "关于做好元旦春节期间安全生产工作的通知"
    assert structure.issuer == "清溪镇人民政府办公室"
    assert structure.number == "清政办发〔2022〕45号"
    assert str(structure.dated) == "2022-12-20"
    assert structure.addressed == "各村（居）民委员会，镇属各部门"


@pytest.mark.parametrize(
    ("words", "clause", "who", "day", "receiver"),
    [
        ("隐患清单", "一（一）", ("各村（居）",), "2023-01-05", "镇应急办"),
        ("九小场所", "一（一）", ("各村（居）",), "2022-12-31", ""),
        ("联合检查", "一（二）", ("镇应急办", "派出所", "市场监管所"), "2023-01-20", ""),
    ],
)
def test_a_duty_has_its_clause_its_units_its_day_and_its_receiver(
    words: str, clause: str, who: tuple[str, ...], day: str, receiver: str
) -> None:
    duty = of(draft(NOTICE), words)
    assert (duty.clause, duty.who, str(duty.when.day), duty.receiver) == (clause, who, day, receiver)


def test_two_days_of_one_sentence_are_two_duties() -> None:
    days = [str(duty.when.day) for duty in draft(NOTICE).duties if "年度总结" in duty.name]
    assert days == ["2023-06-20", "2023-12-20"]


def test_a_duty_says_by_which_rules_it_was_found() -> None:
    assert of(draft(NOTICE), "隐患清单").rules == (
        "时间：日期“1月5日前”",
        "单位：同句“各村（居）”",
        "报送：报隐患清单，报给镇应急办",
    )


def test_the_surest_duties_come_first() -> None:
    sure = [duty.sure for duty in draft(NOTICE).duties]
    assert sure == sorted(sure, reverse=True)


def test_what_the_document_leaves_open_is_asked_and_never_filled_in() -> None:
    written = write(draft(NOTICE), "qingxi")
    assert "原文写“每季度”，没有写每期的哪一天" in [question.text for question in written.questions]
    meeting = written.text[written.text.index("召开一次联席会\n") :]
    assert "kind: quarterly\n    audience: 待定\n    clause: 二\n    source: local\n    due: 待定" in meeting


def test_an_undecided_draft_is_refused_at_every_place_that_is_open() -> None:
    with pytest.raises(InputError) as refused:
        loader.read(write(draft(NOTICE), "qingxi").text, "qingxi.yaml")
    said = refused.value.problems
    assert {problem.found for problem in said} == {"“待定”"}
    assert said[0].message == "草稿里这一处还没有定，方案不能采用"


def test_a_draft_whose_questions_are_decided_is_a_plan() -> None:
    text = write(draft(NOTICE), "qingxi").text
    decided = {"audience": "danwei-1", "due": "month 3 day 20", "reason": "引言"}
    for key, value in decided.items():
        text = text.replace(f"{key}: 待定", f"{key}: {value}")
    text = text.replace("units: [待定]", "units: [镇应急办]")
    plan = loader.read(text, "qingxi.yaml").plan
    opened = expand(plan, plan.year, Workdays.load())
    due = {str(one.due_at.date()) for one in opened.rounds if one.due_at and "清单" in one.name}
    assert due == {"2023-01-05"}


def test_the_same_document_is_always_drafted_the_same() -> None:
    assert write(draft(NOTICE), "qingxi") == write(draft(NOTICE), "qingxi")


def test_the_summary_of_a_seed_goes_to_the_office_that_the_seed_names() -> None:
    duty = of(seed("changzhou-ranfang"), "工作总结")
    assert (str(duty.when.day), duty.receiver, duty.thing) == ("2023-01-29", "镇综治岗", "工作总结")
    assert duty.who == ("各社区", "各派出所", "应急管理岗", "综合行政执法局", "物业管理岗")


def test_the_five_peak_days_of_a_seed_keep_their_lunar_names() -> None:
    text = write(seed("changzhou-ranfang"), "changzhou").text
    for name in ("除夕", "正月初一", "正月初五", "正月初八", "正月十五"):
        assert f"starts: {name}, ends: {name}, clause: 二（二）, source: document" in text


def test_the_phases_of_a_seed_are_found_with_their_days() -> None:
    found = seed("gongan-dafeizhiwei").stretches
    assert [(one.name, str(one.first), str(one.last)) for one in found] == [
        ("专项整治时间", "2022-03-01", "2022-10-31"),
        ("动员部署、自查自纠阶段", "2022-03-01", "2022-04-30"),
        ("全面检查、集中打击阶段", "2022-05-01", "2022-09-30"),
        ("总结经验、巩固提升阶段", "2022-10-01", "2022-10-31"),
    ]


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "各村（社）",
                "镇级各单位",
                "交警大队",
                "要",
                "请",
                "于",
                "3月22日前",
                "2月30日前",
                "每月26日前",
                "除夕",
                "初五",
            ),
            *(
                "报送",
                "工作总结",
                "至镇综治岗",
                "。",
                "，",
                "；",
                "、",
                "：",
                "\n",
                "一、",
                "（一）",
                "1.",
                "一是",
                "《",
                "》",
            ),
            *(
                "（",
                "）",
                "2023年",
                "13月40日",
                "第三季度：",
                "至",
                "－－",
                "每季度",
                "5个工作日内",
                "会后",
                "及时",
                "\x00",
                '"',
            ),
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=120, deadline=None)
@given(st.one_of(PIECES, st.text(max_size=200)))
def test_any_text_is_read_and_every_quote_is_in_it(raw: str) -> None:
    found = draft(raw)
    quotes = [one.quote for part in (found.duties, found.stretches, found.unplaced) for one in part]
    assert [quote for quote in quotes if quote not in found.structure.text] == []
    with pytest.raises(InputError):
        loader.read(write(found, "any").text, "any.yaml")


PHASED = """\
茶庵铺镇2023年森林防灭火专项整治方案
三、实施步骤
（一）动员部署阶段（2月1日—2月15日）。各村召开动员会，并于2月15日前将实施方案报镇森防办。
（二）集中整治阶段（2月16日—4月30日）。各村建立隐患台账，每周五下午5点前报镇森防办。
（三）信息报送。自7月1日起至12月31日止，各企业每月10日前将用工情况报镇社保所。
（四）队伍建设。组建扑火队，每年3月、9月各演练一次。（责任单位：各村（社区）、镇应急办）
茶庵铺镇人民政府
2023年1月28日
"""


def test_what_recurs_in_a_phase_recurs_in_it_alone() -> None:
    text = write(draft(PHASED), "phased").text
    weekly = text[text.index("kind: weekly\n") :]
    assert weekly.splitlines()[1:5] == [
        "    audience: danwei-1",
        "    clause: 三（二）",
        "    source: document",
        "    within: jieduan-2",
    ]


def test_what_recurs_between_two_days_has_a_window_of_its_own() -> None:
    text = write(draft(PHASED), "phased").text
    assert 'name: "7月1日至12月31日", starts: 07-01, ends: 12-31, clause: 三（三）, source: document' in text
    assert "within: rizi-1\n    due: day 10\n    receiver: 镇社保所" in text


def test_two_days_of_every_year_are_two_yearly_duties_of_the_units_in_brackets() -> None:
    found = [
        (one.who, one.when.kind, one.when.due) for one in draft(PHASED).duties if one.clause == "三（四）"
    ]
    units = ("各村（社区）", "镇应急办")
    assert found == [(units, "yearly", "03-31"), (units, "yearly", "09-30")]


@pytest.mark.parametrize(
    "text",
    [
        "2022年12月28日，县教育局召开了专题会议。",
        "6月16日为全国安全宣传咨询日。",
        "本办法自2023年3月1日起施行。",
        "2020年1月以来，全镇没有发生事故。",
        "（二）及时报送信息。",
    ],
)
def test_what_tells_and_does_not_ask_is_no_duty(text: str) -> None:
    assert draft(f"一、要求\n{text}\n").duties == ()


BROKEN = """\
安全生产月活动方案                                  平江乡
一、应急演练
（一）各村、各学校要在6月20日前至少组织一次应急演练，演练方案要提
前3天报乡安监站审核，演练结束后2日内上报演练总结和照片。各企业于6
月10日前完成自查，并且把自查发现的问题和整改的情况一项一项登记到台
                           - 1 -
安全生产月活动方案                                  平江乡
账里，6月15日前将自查报告报所在村。
                           - 2 -
平江乡人民政府
2024年5月20日
"""


def test_lines_broken_by_a_page_are_joined_and_its_furniture_is_gone() -> None:
    found = draft(BROKEN)
    assert str(of(found, "完成自查").when.day) == "2024-06-10"
    assert "一项一项登记到台账里，6月15日前将自查报告报所在村。" in found.structure.text
    assert "- 1 -" not in found.structure.text
