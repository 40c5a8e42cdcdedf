from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.calendar.dates import ZONE, Moment, Roll, Scope, bounds, local_day, resolve
from duban.calendar.phrases import Offset, Rule, RuleError, parse
from duban.calendar.workdays import Workdays

WORKDAYS = Workdays.load()


def scope(period: str, day: str, year: int | None = None, **marks: Moment) -> Scope:
    first, last = bounds(period, date.fromisoformat(day))
    return Scope(year or first.year, period, first, last, marks)


def meant(phrase: str, within: Scope, roll: Roll = "as_written") -> Moment:
    return resolve(parse(phrase), within, WORKDAYS, roll)


def day(phrase: str, within: Scope, roll: Roll = "as_written") -> str:
    return str(meant(phrase, within, roll).day)


def at(text: str) -> Moment:
    read = datetime.fromisoformat(text)
    return Moment(read.date(), read.time() if "T" in text else None)


# ── each kind of phrase ──


@pytest.mark.parametrize(
    ("phrase", "year", "expected"),
    [
        ("03-22", 2022, "2022-03-22"),
        ("02-29", 2024, "2024-02-29"),
        ("2023-03-22", 2023, "2023-03-22"),
        ("除夕", 2023, "2023-01-21"),
        ("除夕", 2025, "2025-01-28"),
        ("除夕 - 8 days", 2023, "2023-01-13"),
        ("除夕 - 8 days", 2024, "2024-02-01"),
        ("除夕-2 days", 2026, "2026-02-14"),
        ("春节", 2027, "2027-02-06"),
        ("正月初八", 2023, "2023-01-29"),
        ("农历正月十五", 2026, "2026-03-03"),
        ("腊月廿三", 2023, "2023-01-14"),
        ("闰六月十五", 2025, "2025-08-08"),
        ("闰二月初一", 2023, "2023-03-22"),
        ("清明", 2023, "2023-04-05"),
        ("清明 - 1 day", 2024, "2024-04-03"),
        ("冬至", 2026, "2026-12-22"),
        ("中秋", 2023, "2023-09-29"),
        ("国庆", 2023, "2023-10-01"),
        ("month 2 day 15", 2023, "2023-02-15"),
        ("last day", 2023, "2023-12-31"),
        ("start of year", 2023, "2023-01-01"),
        ("end of year", 2023, "2023-12-31"),
        ("first workday", 2023, "2023-01-03"),
        ("last workday", 2023, "2023-12-29"),
        ("03-22 + 2 weeks", 2023, "2023-04-05"),
        ("03-22 + 3 workdays", 2023, "2023-03-27"),
        ("09-28 + 1 workday", 2023, "2023-10-07"),
        ("10-07 - 1 workday", 2023, "2023-09-28"),
    ],
)
def test_a_phrase_of_the_year_names_its_day(phrase: str, year: int, expected: str) -> None:
    assert day(phrase, scope("year", f"{year}-01-01")) == expected


@pytest.mark.parametrize(
    ("phrase", "month", "expected"),
    [
        ("day 25", "2023-02-01", "2023-02-25"),
        ("day 31", "2023-01-01", "2023-01-31"),
        ("last day", "2024-02-01", "2024-02-29"),
        ("end of month", "2023-04-01", "2023-04-30"),
        ("end of quarter", "2023-04-01", "2023-06-30"),
        ("first workday", "2023-05-01", "2023-05-04"),
        ("workday 3", "2023-05-01", "2023-05-06"),
        ("last workday", "2023-04-01", "2023-04-28"),
        ("last workday", "2023-09-01", "2023-09-28"),
        ("last workday", "2023-12-01", "2023-12-29"),
        ("last workday - 2 days", "2023-12-01", "2023-12-27"),
    ],
)
def test_a_phrase_of_a_month_names_its_day(phrase: str, month: str, expected: str) -> None:
    assert day(phrase, scope("month", month)) == expected


@pytest.mark.parametrize(
    ("quarter", "expected"),
    [
        ("2023-01-01", "2023-03-24"),
        ("2023-04-01", "2023-06-25"),  # a Sunday that is worked for 端午节
        ("2023-07-01", "2023-09-22"),
        ("2023-10-01", "2023-12-25"),
        ("2024-07-01", "2024-09-24"),
        ("2026-01-01", "2026-03-24"),
        ("2026-04-01", "2026-06-23"),
        ("2026-07-01", "2026-09-22"),
        ("2026-10-01", "2026-12-24"),
    ],
)
def test_five_workdays_before_the_end_of_a_quarter(quarter: str, expected: str) -> None:
    assert day("end of quarter - 5 workdays", scope("quarter", quarter)) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("month 1 day 31", "2023-10-31"),
        ("month 2 day 20", "2023-11-20"),
        ("month 3 day 5", "2023-12-05"),
        ("start of quarter", "2023-10-01"),
        ("end of half", "2023-12-31"),
    ],
)
def test_a_phrase_of_a_quarter_names_its_day(phrase: str, expected: str) -> None:
    assert day(phrase, scope("quarter", "2023-10-01")) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("周一", "2023-01-16"),
        ("周五 12:00", "2023-01-20"),
        ("星期日", "2023-01-22"),
        ("周天", "2023-01-22"),
        ("end of week", "2023-01-22"),
        ("last workday", "2023-01-20"),
    ],
)
def test_a_phrase_of_a_week_names_its_day(phrase: str, expected: str) -> None:
    assert day(phrase, scope("week", "2023-01-18")) == expected


def test_a_stretch_within_one_week_or_month_may_name_its_edges() -> None:
    window = Scope(2023, "window", date(2023, 1, 17), date(2023, 1, 19))
    assert day("end of week", window) == "2023-01-22"
    assert day("start of month", window) == "2023-01-01"
    assert day("end of quarter", window) == "2023-03-31"


def test_the_edges_of_a_phase_are_its_own() -> None:
    phase = scope("year", "2022-01-01")
    phase = Scope(2022, "phase", phase.start, phase.end, {"from": at("2022-03-01"), "to": at("2022-04-30")})
    assert day("start of phase + 7 days", phase) == "2022-03-08"
    assert day("end of phase - 1 week", phase) == "2022-04-23"


# ── rest days ──


@pytest.mark.parametrize(
    ("phrase", "roll", "expected"),
    [
        # 2023-01-29 is a Sunday and worked: nothing moves it
        ("01-29", "as_written", "2023-01-29"),
        ("01-29", "previous_workday", "2023-01-29"),
        ("01-29", "next_workday", "2023-01-29"),
        # 除夕 is a day off; the 28th is a Saturday and worked
        ("除夕", "as_written", "2023-01-21"),
        ("除夕", "previous_workday", "2023-01-20"),
        ("除夕", "next_workday", "2023-01-28"),
        # an ordinary Saturday
        ("03-25", "as_written", "2023-03-25"),
        ("03-25", "previous_workday", "2023-03-24"),
        ("03-25", "next_workday", "2023-03-27"),
        # the week of 国庆: from the 29th to the 6th, and the 7th is a Saturday that is worked
        ("10-01", "previous_workday", "2023-09-28"),
        ("10-01", "next_workday", "2023-10-07"),
        # over the end of the year
        ("12-31", "next_workday", "2024-01-02"),
    ],
)
def test_when_a_deadline_falls_on_a_rest_day(phrase: str, roll: Roll, expected: str) -> None:
    assert day(phrase, scope("year", "2023-01-01"), roll) == expected


def test_a_roll_keeps_the_hour() -> None:
    rolled = meant("03-25 17:30", scope("year", "2023-01-01"), "next_workday")
    assert rolled.last().isoformat() == "2023-03-27T17:30:00+08:00"


# ── hours ──


def test_a_day_without_an_hour_runs_from_its_first_second_to_its_last() -> None:
    found = meant("01-29", scope("year", "2023-01-01"))
    assert found.first().isoformat() == "2023-01-29T00:00:00+08:00"
    assert found.last().isoformat() == "2023-01-29T23:59:59+08:00"


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("01-29 12:00", "2023-01-29T12:00:00+08:00"),
        ("01-29 9:05", "2023-01-29T09:05:00+08:00"),
        ("01-29 24:00", "2023-01-29T23:59:59+08:00"),
        ("01-29 00:00", "2023-01-29T00:00:00+08:00"),
        ("除夕 - 1 day 17:00", "2023-01-20T17:00:00+08:00"),
    ],
)
def test_an_hour_is_the_last_second_on_time(phrase: str, expected: str) -> None:
    assert meant(phrase, scope("year", "2023-01-01")).last().isoformat() == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("due", "2023-03-24T18:00:00+08:00"),
        ("due 09:00", "2023-03-24T09:00:00+08:00"),
        ("due - 3 workdays", "2023-03-21T18:00:00+08:00"),
        ("due + 1 workday", "2023-03-27T18:00:00+08:00"),
        ("due + 15 days 24:00", "2023-04-08T23:59:59+08:00"),
        ("due - 2 hours", "2023-03-24T16:00:00+08:00"),
        ("due + 7 hours", "2023-03-25T01:00:00+08:00"),
    ],
)
def test_a_phrase_may_start_from_a_date_of_the_same_round(phrase: str, expected: str) -> None:
    found = meant(phrase, scope("month", "2023-03-01", due=at("2023-03-24T18:00")))
    assert found.last().isoformat() == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("event", "2023-01-21T23:30:00+08:00"),
        ("event + 2 hours", "2023-01-22T01:30:00+08:00"),
        ("event + 1 day", "2023-01-22T23:59:59+08:00"),
        ("event + 1 day 12:00", "2023-01-22T12:00:00+08:00"),
        ("event + 5 workdays", "2023-02-01T23:59:59+08:00"),
    ],
)
def test_hours_run_from_the_minute_of_an_event_and_days_to_their_end(phrase: str, expected: str) -> None:
    found = meant(phrase, scope("year", "2023-01-01", event=at("2023-01-21T23:30")))
    assert found.last().isoformat() == expected


# ── provisional ──


@pytest.mark.parametrize(
    ("phrase", "roll", "provisional"),
    [
        ("03-22", "as_written", False),
        ("除夕 - 8 days", "as_written", False),
        ("正月初八", "as_written", False),
        ("end of year", "as_written", False),
        ("03-22", "next_workday", True),
        ("03-22 - 3 workdays", "as_written", True),
        ("last workday", "as_written", True),
        ("first workday", "as_written", True),
    ],
)
def test_only_what_needs_the_workdays_of_a_year_without_a_notice_is_provisional(
    phrase: str, roll: Roll, *, provisional: bool
) -> None:
    assert meant(phrase, scope("year", "2027-01-01"), roll).provisional is provisional
    assert meant(phrase, scope("year", "2023-01-01"), roll).provisional is False


def test_what_is_reckoned_from_a_provisional_date_is_provisional() -> None:
    unsure = Moment(date(2027, 3, 12), None, provisional=True)
    assert meant("starts - 3 days", scope("year", "2027-01-01", starts=unsure)).provisional


def test_counting_into_a_year_without_a_notice_is_provisional() -> None:
    whole = scope("year", "2026-01-01")
    assert meant("12-31 + 1 workday", whole).provisional
    assert not meant("12-31 - 1 workday", whole).provisional


# ── what no year, or not that year, has ──


@pytest.mark.parametrize(
    ("phrase", "message", "hint"),
    [
        ("04-31", "没有4月31日", None),
        ("02-30", "没有2月30日", None),
        ("13-01", "没有13月1日", None),
        ("2023-02-29", "没有2023年2月29日", None),
        ("day 32", "没有“day 32”", None),
        ("day 0", "没有“day 0”", None),
        ("03-22 25:00", "没有“25:00”这个时刻", None),
        ("03-22 24:01", "没有“24:01”这个时刻", None),
        ("一月初八", "看不懂农历日子“一月初八”，应写成“正月初八”“闰六月十五”这样", "正月初八"),
        ("冬致", "没有“冬致”这个节日", "冬至"),
        ("除夕 - 8 天", "不认识的单位“天”", "8 days"),
        ("除夕 - 8 dyas", "不认识的单位“dyas”", "8 days"),
        ("除夕 17：00", "看不懂这个日期", "除夕 17:00"),
        ("除夕 － 8 days", "看不懂这个日期", "除夕 - 8 days"),
        ("3月22日", "看不懂这个日期", "03-22"),
        ("3-22 12:00", "看不懂这个日期", "03-22 12:00"),
        ("每月25日", "看不懂这个日期", "day 25"),
        ("last workdy", "看不懂这个日期", "last workday"),
        ("end of quater - 5 workdays", "看不懂这个日期", "end of quarter - 5 workdays"),
        ("dui - 3 days", "看不懂这个日期", "due - 3 days"),
        ("12:00", "看不懂这个日期", None),
        ("", "看不懂这个日期", None),
        ("due + 2 hours 12:00", "既按小时推算又写了时刻", None),
    ],
)
def test_what_is_no_phrase_is_refused_with_what_was_meant(
    phrase: str, message: str, hint: str | None
) -> None:
    with pytest.raises(RuleError) as wrong:
        parse(phrase)
    assert (str(wrong.value), wrong.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("phrase", "within", "message"),
    [
        ("02-29", scope("year", "2023-01-01"), "没有2023年2月29日"),
        ("闰六月初一", scope("year", "2026-01-01"), "2026年没有闰六月"),
        ("腊月三十", scope("year", "2026-01-01"), "2026年腊月没有三十"),
        ("2023-03-22", scope("year", "2024-01-01"), "写死了年份，不能用于2024年"),
        ("day 31", scope("month", "2023-04-01"), "没有2023年4月31日"),
        ("day 5", scope("quarter", "2023-04-01"), "“day 5”只用于每月任务"),
        ("month 2 day 30", scope("quarter", "2023-01-01"), "没有2023年2月30日"),
        ("month 4 day 1", scope("quarter", "2023-01-01"), "本期只有3个月"),
        ("workday 25", scope("month", "2023-01-01"), "2023-01-01至2023-01-31只有18个工作日"),
        (
            "last workday",
            Scope(2023, "window", date(2023, 1, 22), date(2023, 1, 22)),
            "2023-01-22至2023-01-22只有0个工作日",
        ),
        ("周五", scope("month", "2023-01-01"), "“周五”只用于每周任务"),
        ("end of phase", scope("year", "2023-01-01"), "这个任务不属于阶段"),
        (
            "end of quarter - 5 workdays",
            scope("year", "2023-01-01"),
            "本期不在同一个季度内，不知“end of quarter - 5 workdays”是哪一个",
        ),
        (
            "start of quarter",
            scope("half", "2023-07-01"),
            "本期不在同一个季度内，不知“start of quarter”是哪一个",
        ),
        (
            "end of month",
            Scope(2022, "phase", date(2022, 3, 1), date(2022, 4, 30)),
            "本期不在同一个月内，不知“end of month”是哪一个",
        ),
        (
            "end of week",
            Scope(2023, "window", date(2023, 1, 13), date(2023, 1, 19)),
            "本期不在同一周内，不知“end of week”是哪一个",
        ),
        (
            "end of month",
            scope("week", "2023-01-30"),
            "本期不在同一个月内，不知“end of month”是哪一个",
        ),
        ("due - 1 day", scope("year", "2023-01-01"), "要从截止时间推算，而这里没有 due"),
        (
            "ends + 2 hours",
            scope("year", "2023-01-01", ends=at("2023-01-22")),
            "按小时推算，而前面的时间没有时刻",
        ),
        ("12-31 + 999 weeks", scope("year", "2099-01-01"), "工作日只能推算1900年至2100年，不能推算2119年"),
    ],
)
def test_a_day_that_is_not_there_is_refused(phrase: str, within: Scope, message: str) -> None:
    with pytest.raises(RuleError) as wrong:
        meant(phrase, within, "next_workday")
    assert str(wrong.value) == message
    assert wrong.value.expected


# ── reading back ──

ANCHORS = [
    "03-22",
    "day 25",
    "last workday",
    "正月初八",
    "闰六月十五",
    "除夕",
    "清明",
    "end of quarter",
    "due",
    "周五",
]


@given(
    anchor=st.sampled_from(ANCHORS),
    offset=st.none() | st.builds(Offset, st.integers(-999, 999), st.sampled_from(["day", "workday", "week"])),
    clock=st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
def test_a_phrase_reads_back_as_it_was_written(
    anchor: str, offset: Offset | None, clock: time | None
) -> None:
    sign = "-" if offset and offset.count < 0 else "+"
    text = anchor + (f" {sign} {abs(offset.count)} {offset.unit}s" if offset else "")
    text += f" {clock:%H:%M}" if clock else ""
    bare = parse(anchor)
    assert parse(text) == Rule(text, bare.anchor, bare.args, offset, clock)
    assert parse(f"  {text.replace(' ', '  ')} ").args == bare.args


@given(st.text(max_size=30))
def test_any_text_is_a_phrase_or_refused(text: str) -> None:
    with suppress(RuleError):
        assert parse(text).text == text


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["week", "month", "quarter", "half", "year"]),
)
def test_a_period_holds_its_day_and_is_the_period_of_each_of_its_edges(day: date, period: str) -> None:
    first, last = bounds(period, day)
    assert first <= day <= last
    assert bounds(period, first) == bounds(period, last) == (first, last)
    assert bounds(period, last + timedelta(days=1))[0] == last + timedelta(days=1)


def test_the_day_of_a_moment_is_that_of_shanghai() -> None:
    assert local_day(datetime(2023, 1, 21, 16, 0, tzinfo=UTC)) == date(2023, 1, 22)
    assert local_day(datetime(2023, 1, 21, 15, 59, tzinfo=UTC)) == date(2023, 1, 21)
    assert Moment(date(2023, 1, 21)).first().tzinfo == ZONE
