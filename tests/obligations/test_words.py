from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duban.obligations.moments import in_words, whole_second
from duban.obligations.words import CueKind, Outcome, RemarkKind, Role, State, Verdict, Via


def test_every_word_has_its_chinese() -> None:
    assert [one.zh for one in Outcome] == ["未到期", "按时", "迟报", "漏报", "零报告", "退回", "延期", "免报"]
    assert [one.zh for one in Via] == ["窗口", "电话", "纸质", "链接", "表格", "接口"]
    assert [one.zh for one in CueKind] == [
        "任务下达",
        "临期提醒",
        "到期提醒",
        "逾期提醒",
        "退回更正",
        "延期到期",
        "即时",
        "催办",
    ]
    assert [one.zh for one in State] == ["待报", "已报待审", "已退回", "已接收", "免报"]
    assert [one.zh for one in Verdict] == ["接收", "退回"]
    assert [one.zh for one in Role] == ["办公室", "督查", "领导", "管理员"]
    assert [one.zh for one in RemarkKind] == ["单位回复", "办公室说明", "电话记录"]


def test_a_word_is_its_stored_value() -> None:
    assert State("owed") is State.OWED
    assert f"{Outcome.ON_TIME}" == "on_time"


def test_a_moment_is_kept_in_utc_without_its_fraction() -> None:
    at = datetime.fromisoformat("2023-01-29T23:59:59.999+08:00")
    assert whole_second(at) == datetime(2023, 1, 29, 15, 59, 59, tzinfo=UTC)
    assert whole_second(at).tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        _ = whole_second(datetime(2023, 1, 29))  # noqa: DTZ001 -- refused


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2023-01-29T23:59:59+08:00", "2023年1月29日（星期日）24时"),
        ("2023-01-29T04:00:00+00:00", "2023年1月29日（星期日）12:00"),
        ("2023-01-30T08:00:05+08:00", "2023年1月30日（星期一）08:00:05"),
    ],
)
def test_a_moment_is_said_in_the_zone_of_the_plan_with_its_weekday(at: str, words: str) -> None:
    assert in_words(datetime.fromisoformat(at)) == words
