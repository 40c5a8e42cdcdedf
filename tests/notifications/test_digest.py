from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from duban.notifications.digest import DigestLine, OfficeFacts, digest
from duban.notifications.when import deadline, remaining
from duban.obligations.words import CueKind, State

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = OfficeFacts("示例镇打非办", "023-00000000")
MORNING = datetime(2023, 3, 31, 8, 30, tzinfo=ZONE)
CHECK = DigestLine(
    plan_title="示例镇打击非法烟花爆竹工作方案",
    title="2023年3月每月检查",
    clause="三、（二）",
    due_at=datetime(2023, 3, 31, 23, 59, 59, tzinfo=ZONE),
    ask="检查情况、隐患清单",
    receiver="镇打非办",
)
FEBRUARY = replace(CHECK, title="2023年2月每月检查", due_at=datetime(2023, 2, 28, 23, 59, 59, tzinfo=ZONE))
MEETING = replace(
    CHECK,
    title="2023年第二季度联席会",
    due_at=datetime(2023, 4, 12, 9, 30, tzinfo=ZONE),
    kind=CueKind.OPENING,
)
RETURNED = replace(
    CHECK,
    title="信息报送",
    due_at=datetime(2023, 3, 20, 12, 0, tzinfo=ZONE),
    state=State.RETURNED,
    return_reason="缺少负责人签字",
    correct_by=datetime(2023, 4, 2, 23, 59, 59, tzinfo=ZONE),
)
SOON = replace(CHECK, title="工作总结", due_at=datetime(2023, 4, 3, 17, 30, tzinfo=ZONE))


def write(*lines: DigestLine, now: datetime = MORNING, limit_bytes: int | None = None) -> tuple[str, str]:
    return digest("张三", "示例一村", lines, now, OFFICE, ZONE, limit_bytes)[:2]


def test_a_digest_reads_as_an_official_would_write_it() -> None:
    subject, body = write(CHECK, replace(FEBRUARY, source="local", emphasis="春节后复工复产。"))

    assert subject == "【督办提醒】示例一村：有2项工作需办理（已逾期1项、今日到期1项）"
    assert body == (
        "张三，您好！截至3月31日（星期五），示例一村有2项工作需办理：\n"
        "\n"
        "一、已逾期（1项）\n"
        "1．2023年2月每月检查\n"
        "　报送内容：检查情况、隐患清单\n"
        "　工作重点：春节后复工复产\n"
        "　截止时间：2月28日（星期二）24时前，已逾期31天\n"
        "　依据：《示例镇打击非法烟花爆竹工作方案》三、（二）（具体时间由示例镇打非办确定）\n"
        "　报送至：镇打非办\n"
        "\n"
        "二、今日到期（1项）\n"
        "2．2023年3月每月检查\n"
        "　报送内容：检查情况、隐患清单\n"
        "　截止时间：3月31日（星期五）24时前，今日截止\n"
        "　依据：《示例镇打击非法烟花爆竹工作方案》三、（二）\n"
        "　报送至：镇打非办\n"
        "\n"
        "请通过电话、表格或到窗口报送；无情况的，请报零报告。"
        "如有疑问，请联系示例镇打非办（电话：023-00000000）。如已报送，请忽略本提醒。"
    )


def test_what_presses_most_comes_first() -> None:
    _, body = write(MEETING, SOON, RETURNED, CHECK, FEBRUARY)

    parts = ["已逾期", "今日到期", "已退回需更正", "即将到期", "新下达"]
    assert [line for line in body.splitlines() if line[1:2] == "、"] == [
        f"{numeral}、{part}（1项）" for numeral, part in zip("一二三四五", parts, strict=True)
    ]
    assert "5．2023年第二季度联席会" in body


def test_the_words_follow_the_hour_of_sending_and_not_the_cue_that_was_planned() -> None:
    planned = replace(CHECK, kind=CueKind.UPCOMING)

    assert "、即将到期" in write(planned, now=MORNING - timedelta(days=2))[1]
    assert "、今日到期" in write(planned)[1]
    assert "、已逾期" in write(planned, now=MORNING + timedelta(days=1))[1]
    assert "、已逾期" in write(replace(MEETING, due_at=MORNING - timedelta(seconds=1)))[1]


def test_a_returned_report_says_why_and_until_when() -> None:
    _, body = write(RETURNED)

    assert (
        "　退回原因：缺少负责人签字；请于4月2日（星期日）24时前更正后重新报送（还剩2天）\n"
        "　报送内容：检查情况、隐患清单\n"
        "　截止时间：3月20日（星期一）12时前（原定）\n"
    ) in body
    assert "请尽快更正后重新报送" in write(replace(RETURNED, correct_by=None))[1]
    assert "已逾期1天" in write(RETURNED, now=MORNING + timedelta(days=3))[1]


def test_a_provisional_date_is_marked_where_it_is_shown() -> None:
    assert (
        "4月3日（星期一）17时30分前（暂定，以正式通知为准），还剩3天"
        in write(replace(SOON, provisional=True))[1]
    )


def test_an_urgent_matter_has_its_own_short_wording() -> None:
    watch = replace(
        CHECK,
        title="除夕夜值守",
        due_at=datetime(2023, 1, 22, 1, 0, tzinfo=ZONE),
        kind=CueKind.DUE,
        ask="在岗巡查，每两小时报告一次",
        urgent=True,
    )

    subject, body = write(watch, now=datetime(2023, 1, 21, 15, 0, tzinfo=ZONE))

    assert subject == "【紧急督办】示例一村：除夕夜值守"
    assert body == (
        "张三：\n"
        "除夕夜值守\n"
        "　要求：在岗巡查，每两小时报告一次\n"
        "　时限：1月22日（星期日）1时前，明日截止\n"
        "　依据：《示例镇打击非法烟花爆竹工作方案》三、（二）\n"
        "　报送至：镇打非办\n"
        "请立即办理；遇有情况，第一时间电话报告示例镇打非办（电话：023-00000000）；无情况的，请按时报零报告。"
    )


def test_an_event_without_a_deadline_is_reported_at_once() -> None:
    event = replace(CHECK, title="突发情况报告", due_at=None, kind=CueKind.EVENT, urgent=True)

    subject, body = write(event, event)

    assert subject == "【紧急督办】示例一村：突发情况报告等2项"
    assert "2．突发情况报告" in body
    assert "　时限：发现情况立即报告" in body


def test_among_others_an_urgent_matter_is_marked_and_comes_first_in_its_part() -> None:
    _, body = write(CHECK, replace(CHECK, title="信息速报", urgent=True))

    assert "1．【加急】信息速报\n" in body
    assert "2．2023年3月每月检查\n" in body


def test_a_contact_without_a_name_is_the_person_in_charge() -> None:
    assert digest("", "示例一村", [CHECK], MORNING, OfficeFacts("镇打非办"), ZONE)[1].startswith(
        "示例一村负责同志，您好！"
    )


def test_nobody_gets_a_digest_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        write()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="with a zone"):
        write(CHECK, now=datetime(2023, 3, 31, 8, 30))  # noqa: DTZ001 - the mistake under test


def test_what_a_person_typed_cannot_forge_lines_or_markup() -> None:
    _, body = write(replace(CHECK, ask="a\n二、已逾期（9项）", title="<b>{{ x }} & y</b>"))

    assert "1．<b>{{ x }} & y</b>\n　报送内容：a 二、已逾期（9项）\n" in body


def test_too_much_for_a_robot_keeps_the_most_pressing_whole_and_gives_the_others_a_line_each() -> None:
    lines = [replace(SOON, title=f"第{number}项工作") for number in range(1, 12)]

    said = digest("张三", "示例一村", [*lines, CHECK], MORNING, OFFICE, ZONE, 2048)

    assert len(f"{said.subject}\n{said.body}".encode()) <= 2048
    assert "1．2023年3月每月检查\n　报送内容：检查情况、隐患清单\n" in said.body
    assert (
        "11．第10项工作，4月3日（星期一）17时30分前\n12．第11项工作，4月3日（星期一）17时30分前\n"
        in said.body
    )
    assert "只列题目的事项，具体要求请联系示例镇打非办（电话：023-00000000）了解。\n" in said.body
    assert "另有" not in said.body
    assert sorted(said.shown) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_what_has_no_room_even_in_one_line_is_counted_and_not_shown() -> None:
    lines = [replace(SOON, title=f"第{number}项工作") for number in range(1, 50)]

    said = digest("张三", "示例一村", [*lines, CHECK], MORNING, OFFICE, ZONE, 2048)

    assert len(f"{said.subject}\n{said.body}".encode()) <= 2048
    assert "1．2023年3月每月检查，3月31日（星期五）24时前\n" in said.body
    assert said.shown[:3] == (49, 0, 1)
    assert len(said.shown) == 26
    assert "另有24项，随后另发；急需了解的，请联系示例镇打非办（电话：023-00000000）。" in said.body


def test_one_line_says_until_when_a_return_is_to_be_corrected_and_what_is_provisional() -> None:
    lines = [
        replace(CHECK, ask="隐患" * 300),
        RETURNED,
        replace(SOON, provisional=True),
        replace(RETURNED, correct_by=None),
    ]

    _, body = write(*lines, limit_bytes=1000)

    assert "信息报送，4月2日（星期日）24时前更正\n" in body
    assert "信息报送，请尽快更正\n" in body
    assert "工作总结，4月3日（星期一）17时30分前（暂定）\n" in body


def test_many_urgent_matters_get_a_line_each() -> None:
    watch = replace(CHECK, kind=CueKind.DUE, ask="在岗巡查" * 30, urgent=True)

    said = digest("张三", "示例一村", [watch] * 8, MORNING, OFFICE, ZONE, 2048)

    assert len(said.shown) == 8
    assert "8．2023年3月每月检查，3月31日（星期五）24时前\n只列题目的事项，" in said.body


def test_one_item_that_is_too_long_is_told_in_brief() -> None:
    _, body = write(replace(CHECK, ask="隐患" * 500, emphasis="重点" * 500), limit_bytes=1000)

    assert "隐患" * 20 + "…\n" in body
    assert "工作重点" not in body
    assert body.endswith("如已报送，请忽略本提醒。")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2500), st.integers(1, 12))
def test_a_limit_in_bytes_always_holds_and_never_splits_a_character(limit: int, count: int) -> None:
    subject, body = write(*[CHECK] * count, limit_bytes=limit)

    assert len(f"{subject}\n{body}".encode()) <= max(limit, len(f"{subject}\n".encode()))
    assert "�" not in body


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        (datetime(2023, 3, 31, 23, 59, 59, tzinfo=ZONE), "3月31日（星期五）24时前"),
        (datetime(2023, 3, 31, 12, 0, tzinfo=ZONE), "3月31日（星期五）12时前"),
        (datetime(2023, 3, 31, 17, 30, tzinfo=ZONE), "3月31日（星期五）17时30分前"),
        (datetime(2023, 3, 31, 17, 0, 5, tzinfo=ZONE), "3月31日（星期五）17时0分5秒前"),
        (datetime(2023, 4, 1, 0, 0, tzinfo=ZONE), "4月1日（星期六）0时前"),
        (datetime(2024, 1, 29, 15, 59, 59, tzinfo=ZoneInfo("UTC")), "2024年1月29日（星期一）24时前"),
    ],
)
def test_a_deadline_has_its_weekday_and_its_hour(due_at: datetime, words: str) -> None:
    assert deadline(due_at, MORNING, ZONE) == words


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        (datetime(2023, 4, 3, 23, 59, 59, tzinfo=ZONE), "还剩3天"),
        (datetime(2023, 4, 1, 0, 0, 1, tzinfo=ZONE), "明日截止"),
        (datetime(2023, 3, 31, 23, 59, 59, tzinfo=ZONE), "今日截止"),
        (datetime(2023, 3, 31, 8, 30, tzinfo=ZONE), "今日截止"),
        (datetime(2023, 3, 31, 8, 29, 59, tzinfo=ZONE), "今日已过时限"),
        (datetime(2023, 3, 30, 23, 59, 59, tzinfo=ZONE), "已逾期1天"),
        (datetime(2022, 3, 31, 23, 59, 59, tzinfo=ZONE), "已逾期365天"),
    ],
)
def test_days_are_counted_by_the_calendar_of_the_plan(due_at: datetime, words: str) -> None:
    assert remaining(due_at, MORNING, ZONE) == words
    assert remaining(due_at.astimezone(ZoneInfo("UTC")), MORNING.astimezone(ZoneInfo("UTC")), ZONE) == words
