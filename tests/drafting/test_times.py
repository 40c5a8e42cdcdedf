"""The time expressions of official documents, each with what it says: literal facts, one to a line."""

from __future__ import annotations

from datetime import date

import pytest

from duban.calendar.drafting.moments import when_of
from duban.calendar.drafting.said import Time
from duban.calendar.drafting.text import folded
from duban.calendar.drafting.times import times
from duban.calendar.drafting.years import Years

# A notice of 20 December 2022 whose title names no year.
DECEMBER = Years(2022, "落款日期2022年", date(2022, 12, 20))
TITLED = Years(2023, "标题写明2023年", None, titled=True)

DAYS = [
    ("于3月22日前制定方案", TITLED, "3月22日前", "2023-03-22"),
    ("请于1月13日前报送", DECEMBER, "1月13日前", "2023-01-13"),
    ("12月31日前完成排查", DECEMBER, "12月31日前", "2022-12-31"),
    ("２０２３年６月底前完成", TITLED, "2023年6月底前", "2023-06-30"),
    ("二〇二三年二月二十八日前报送", TITLED, "二〇二三年二月二十八日前", "2023-02-28"),
    ("4月上旬完成", TITLED, "4月上旬", "2023-04-10"),
    ("2023年底完成", TITLED, "2023年底", "2023-12-31"),
    ("今年年底前办结", TITLED, "今年年底前", "2023-12-31"),
    ("明年1月10日前报送", TITLED, "明年1月10日前", "2024-01-10"),
    ("清明节前完成", TITLED, "清明节前", "2023-04-04"),
    ("正月十五前报送", TITLED, "正月十五前", "2023-02-04"),
]
STRETCHES = [
    ("1月13日至1月19日，开展宣传周", TITLED, "2023-01-13", "2023-01-19"),
    ("1月13日至19日开展", TITLED, "2023-01-13", "2023-01-19"),
    ("（3—4月）", TITLED, "2023-03-01", "2023-04-30"),
    ("2022年3月－－10月", TITLED, "2022-03-01", "2022-10-31"),
    ("2022年12月20日至1月15日", DECEMBER, "2022-12-20", "2023-01-15"),
    ("除夕至正月十五", TITLED, "2023-01-21", "2023-02-05"),
]
PHRASES = [
    ("每月26日前上报信息", "monthly", "day 26"),
    ("每月底前报送", "monthly", "last day"),
    ("次月5日前报送", "monthly", "end of month + 5 days"),
    ("每周五12点前报送", "weekly", "周五 12:00"),
    ("每周五下午3点前报送", "weekly", "周五 15:00"),
    ("每季度末月20日前报送", "quarterly", "month 3 day 20"),
    ("每半年报送一次", "half_yearly", ""),
    ("每年11月30日前报送", "yearly", "11-30"),
    ("收到通知后5个工作日内报送", "event", "event + 5 workdays"),
    ("会后3日内报送", "event", "event + 3 days"),
    ("在2小时内报告", "event", "event + 2 hours"),
    ("每天报送", "", ""),
]


def only(text: str) -> Time:
    (found,) = times(folded(text))
    return found


@pytest.mark.parametrize(("text", "years", "said", "day"), DAYS)
def test_a_limit_is_the_day_that_the_document_means(text: str, years: Years, said: str, day: str) -> None:
    time = only(text)
    assert (time.text, str(when_of(time, years, None).day)) == (said, day)


@pytest.mark.parametrize(("text", "years", "first", "last"), STRETCHES)
def test_a_stretch_has_its_first_and_last_day(text: str, years: Years, first: str, last: str) -> None:
    when = when_of(only(text), years, None)
    assert (str(when.first), str(when.day)) == (first, last)


@pytest.mark.parametrize(("text", "kind", "due"), PHRASES)
def test_what_recurs_or_hangs_on_an_event_is_said_in_the_plan_language(
    text: str, kind: str, due: str
) -> None:
    when = when_of(only(text), TITLED, None)
    assert (when.kind, when.due) == (kind, due)


@pytest.mark.parametrize(
    "text", ["按照《2022年3月1日通知》执行", "根据〔2023〕3号文件", "第5项工作", "24小时值班"]
)
def test_titles_numbers_and_hours_on_duty_are_no_times(text: str) -> None:
    assert times(text) == []


def test_a_year_that_nothing_tells_is_left_open() -> None:
    when = when_of(only("3月22日前报送"), Years(None, "", None), None)
    assert (when.day, when.open_) == (None, "原文写“3月22日前”，推不出是哪一年哪一天")
