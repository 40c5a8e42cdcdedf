from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from duban.obligations.finding_entry import COLUMNS, Read, closers_of, read_entry, when_of
from duban.obligations.words import Grade

NOW = datetime(2023, 3, 10, 1, 0, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
UNITS = {"cun1": "一村", "cun2": "二村", "suo": "派出所", "suo2": "派出所"}
LINE = {
    "number": "1",
    "found_at": "2023-03-06",
    "checked_by": "镇应急办",
    "inspectors": "王芳、李强",
    "item": "烟花爆竹零售点",
    "place": "一村小卖部",
    "description": "违规存放烟花12箱",
    "kind": "违规储存",
    "grade": "重大",
    "measures": "立即清退",
    "due_at": "2023-03-20",
    "unit": "一村",
    "responsible": "张三",
}


def read(**changed: str) -> Read:
    return read_entry({**LINE, **changed}, UNITS, NOW)


def local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def test_a_whole_line_is_read() -> None:
    entry, faults = read()
    assert faults == {}
    assert entry is not None
    assert (entry.unit, entry.grade, entry.fixed_on) == ("cun1", Grade.GRAVE, None)
    assert (local(entry.found_at), local(entry.due_at)) == ("2023-03-06 00:00:00", "2023-03-20 23:59:59")
    assert entry.texts["description"] == "违规存放烟花12箱"


def test_the_columns_stand_as_on_paper() -> None:
    assert "、".join(column.heading for column in COLUMNS) == (
        "序号、检查时间、检查单位、检查人、检查项目、检查地点、隐患问题描述、隐患类型、隐患等级、"
        "整改要求（措施）、整改期限、整改责任单位、整改责任人、整改完成日期、销号情况"
    )


@pytest.mark.parametrize(
    ("text", "end", "at"),
    [
        ("2023-03-06", False, "2023-03-06 00:00:00"),
        ("2023-3-6", True, "2023-03-06 23:59:59"),
        ("2023年3月6日", False, "2023-03-06 00:00:00"),
        ("2023.3.6", False, "2023-03-06 00:00:00"),
        ("2023/03/06", False, "2023-03-06 00:00:00"),
        ("2023-03-06 09:30", True, "2023-03-06 09:30:00"),
        ("2023年3月6日9时", False, "2023-03-06 09:00:00"),
        ("2023年3月6日9时30分", False, "2023-03-06 09:30:00"),
        ("2023-03-06 09:30:15", False, "2023-03-06 09:30:00"),
        ("2023-03-06 24:00", True, "2023-03-06 23:59:59"),
    ],
)
def test_days_are_read_as_offices_write_them(text: str, end: bool, at: str) -> None:  # noqa: FBT001 - a case
    found = when_of(text, end=end)
    assert found is not None
    assert local(found) == at


@pytest.mark.parametrize(
    "text", ["", "三月六日", "2023-02-30", "2023-03-06 25:00", "3月6日", "45000", "2023"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert when_of(text, end=False) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("立即整改", "2023-03-06 23:59:59"),
        ("15日内", "2023-03-21 23:59:59"),
        ("7天", "2023-03-13 23:59:59"),
        ("限3日内完成", "2023-03-09 23:59:59"),
    ],
)
def test_a_limit_may_be_counted_from_the_check(text: str, at: str) -> None:
    entry, faults = read(due_at=text)
    assert faults == {}
    assert entry is not None
    assert local(entry.due_at) == at


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"found_at": ""}, {"found_at": "必填，没有填写"}),
        ({"found_at": "上周"}, {"found_at": "应是日期，如 2026-03-22，实际为“上周”"}),
        ({"found_at": "2023-03-11"}, {"found_at": "不能晚于现在，实际为“2023-03-11”"}),
        (
            {"due_at": "尽快"},
            {"due_at": "应是日期，如 2026-03-22（也可写“立即整改”“15日内”），实际为“尽快”"},
        ),
        ({"due_at": "2023-03-05"}, {"due_at": "须晚于检查时间，实际为“2023-03-05”"}),
        ({"due_at": "2203-03-20"}, {"due_at": "不能超过三年，实际为“2203-03-20”，请核对年份"}),
        ({"description": " "}, {"description": "必填，没有填写"}),
        ({"description": "长" * 1001}, {"description": "不能超过1000字，实际为1001字"}),
        ({"place": "长" * 201}, {"place": "不能超过200字，实际为201字"}),
        ({"grade": "较大"}, {"grade": "应是“一般”或“重大”，实际为“较大”"}),
        ({"unit": ""}, {"unit": "必填，没有填写"}),
        ({"unit": "一村村委会"}, {"unit": "名册中没有“一村村委会”，是否指“一村”？"}),
        ({"unit": "三村"}, {"unit": "名册中没有“三村”"}),
        ({"unit": "派出所"}, {"unit": "有2个单位都叫“派出所”，请填单位代码"}),
        ({"fixed_on": "已完成"}, {"fixed_on": "应是日期，如 2026-03-22，实际为“已完成”"}),
        ({"fixed_on": "2023-03-05"}, {"fixed_on": "不能早于检查时间，实际为“2023-03-05”"}),
        ({"fixed_on": "2023-03-11"}, {"fixed_on": "不能晚于今天，实际为“2023-03-11”"}),
        (
            {"unit": "", "grade": "较大", "due_at": ""},
            {
                "unit": "必填，没有填写",
                "grade": "应是“一般”或“重大”，实际为“较大”",
                "due_at": "必填，没有填写",
            },
        ),
    ],
)
def test_every_wrong_cell_is_named(changed: dict[str, str], faults: dict[str, str]) -> None:
    assert read(**changed) == (None, faults)


def test_a_unit_is_known_by_its_code_too() -> None:
    entry, _ = read(unit="suo2")
    assert entry is not None
    assert entry.unit == "suo2"


def test_a_line_may_tell_of_its_rectification_and_its_closing() -> None:
    entry, faults = read(fixed_on="2023-03-09", closing="已销号（2023-03-10，李强）")
    assert faults == {}
    assert entry is not None
    assert (entry.fixed_on, entry.closers) == (date(2023, 3, 9), "李强")


@pytest.mark.parametrize("closing", ["已销号", "已销号（2023-03-10，李强）", "已经整改到位", "销号（李强）"])
def test_what_is_said_to_be_closed_says_when_it_was_done(closing: str) -> None:
    assert read(closing=closing).faults == {"fixed_on": "必填，因为“销号情况”写的是已销号"}


@pytest.mark.parametrize(
    ("text", "closers"),
    [
        ("已销号（2023-03-10，李强）", "李强"),
        ("已销号(2023年3月10日,王芳、李强)", "王芳、李强"),
        ("已销号（李强，2023.3.10），复发1次", "李强"),
        ("已销号（2023-03-10）", ""),
        ("已销号", ""),
        ("未销号", ""),
        ("", ""),
    ],
)
def test_who_closed_it_is_read_from_the_last_column(text: str, closers: str) -> None:
    assert closers_of(text) == closers


@given(st.dictionaries(st.sampled_from([column.key for column in COLUMNS]), st.text(max_size=30)))
def test_whatever_stands_in_a_line_is_taken_or_named(given: dict[str, str]) -> None:
    entry, faults = read_entry(given, UNITS, NOW)
    assert (entry is None) == bool(faults)
