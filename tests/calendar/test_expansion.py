from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from duban.calendar.expansion import attempt, expand
from duban.calendar.faults import PlanFault
from duban.calendar.listing import rows
from duban.obligations.errors import DubanError
from support.small_plans import WORKDAYS, due, duty, only, plan, rounds, year_of

PHASES = """\
phases:
  - {key: dongyuan, name: 动员部署阶段, starts: 03-01, ends: 04-30, clause: 四（一）, source: document}
  - {key: jizhong, name: 集中打击阶段, starts: 05-01, ends: 09-30, clause: 四（二）, source: document}
  - {key: zongjie, name: 巩固提升阶段, starts: 10-01, ends: 10-31, clause: 四（三）, source: document}
"""
NIGHTS = """\
windows:
  - {key: chuxi, name: 除夕夜, starts: 除夕 17:00, ends: 正月初一 01:00, clause: 二, source: document}
  - {key: shiwu, name: 元宵夜, starts: 正月十五 18:00, ends: starts + 7 hours, clause: 二, source: local}
"""
SMALL = plan(
    duty("kind: once, opens: 除夕 - 15 days, due: 除夕 - 9 days", "yici"),
    duty("kind: weekly, due: 周五 12:00", "meizhou"),
    duty("kind: monthly, due: {on: day 25, roll: next_workday}", "meiyue"),
    duty("kind: quarterly, due: end of quarter - 5 workdays", "jidu"),
    duty("kind: half_yearly, due: {on: month 6 day 20, roll: previous_workday}", "bannian"),
    duty("kind: yearly, due: last workday", "niandu"),
    duty("kind: phase, due: ends + 3 workdays", "jieduan"),
    duty("kind: window, opens: starts - 2 days, due: ends + 11 hours", "shiduan"),
    duty("kind: event, due: event + 2 hours", "jishi"),
    above=PHASES + NIGHTS + "defaults: {locks: due + 15 days, reminders: [opens, due - 3 workdays, due]}\n",
)


def cues_of(text: str, year: int = 2023, above: str = "") -> list[tuple[str, str, bool]]:
    return [(f"{cue.at:%Y-%m-%d %H:%M}", str(cue.kind), cue.urgent) for cue in only(text, year, above).cues]


def refusal(text: str, year: int = 2023, above: str = "") -> list[tuple[str, str]]:
    with pytest.raises(PlanFault) as wrong:
        year_of(text, year, above)
    return [(fault.field, fault.message) for fault in wrong.value.faults]


# ── periods ──


def test_a_monthly_duty_has_twelve_rounds_each_open_from_its_first_day_to_its_deadline() -> None:
    found = rounds("kind: monthly, due: last workday")
    assert [spec.period for spec in found] == [f"2023-{month:02d}" for month in range(1, 13)]
    assert [due(spec)[5:10] for spec in found] == [
        "01-31", "02-28", "03-31", "04-28", "05-31", "06-30",
        "07-31", "08-31", "09-28", "10-31", "11-30", "12-29",
    ]  # fmt: skip
    assert found[2].opens_at.isoformat() == "2023-03-01T00:00:00+08:00"
    assert found[2].title == "2023年3月 · 检查"


def test_quarters_and_halves_are_named_as_they_are_printed() -> None:
    assert [spec.title for spec in rounds("kind: quarterly, due: last day")] == [
        "2023年第一季度 · 检查", "2023年第二季度 · 检查", "2023年第三季度 · 检查", "2023年第四季度 · 检查",
    ]  # fmt: skip
    assert [(spec.period, spec.title) for spec in rounds("kind: half_yearly, due: last day")] == [
        ("2023-H1", "2023年上半年 · 检查"),
        ("2023-H2", "2023年下半年 · 检查"),
    ]
    assert [(spec.period, spec.title) for spec in rounds("kind: yearly, due: 12-25")] == [
        ("2023", "2023年 · 检查")
    ]


@pytest.mark.parametrize(
    ("year", "count", "first", "last"),
    [
        (2020, 53, ("2020-W01", "2020-01-03 12:00"), ("2020-W53", "2021-01-01 12:00")),
        (2021, 52, ("2021-W01", "2021-01-08 12:00"), ("2021-W52", "2021-12-31 12:00")),
        (2023, 52, ("2023-W01", "2023-01-06 12:00"), ("2023-W52", "2023-12-29 12:00")),
        (2025, 52, ("2025-W01", "2025-01-03 12:00"), ("2025-W52", "2025-12-26 12:00")),
        (2026, 53, ("2026-W01", "2026-01-02 12:00"), ("2026-W53", "2027-01-01 12:00")),
    ],
)
def test_a_week_belongs_to_the_year_of_its_thursday(
    year: int, count: int, first: tuple[str, str], last: tuple[str, str]
) -> None:
    found = rounds("kind: weekly, due: 周五 12:00", year)
    assert len(found) == count
    assert (found[0].period, due(found[0])) == first
    assert (found[-1].period, due(found[-1])) == last


def test_the_last_week_of_2026_counts_workdays_of_2027_and_says_so() -> None:
    found = rounds("kind: weekly, due: last workday, months: [12]", 2026)
    assert [(spec.period, due(spec)[:10]) for spec in found if spec.provisional] == [
        ("2026-W53", "2026-12-31")
    ]


def test_months_keep_the_periods_that_hold_them() -> None:
    assert [spec.period for spec in rounds("kind: monthly, due: day 5, months: [3, 9]")] == [
        "2023-03",
        "2023-09",
    ]
    assert [spec.period for spec in rounds("kind: quarterly, due: last day, months: [10]")] == ["2023-Q4"]
    assert [spec.period for spec in rounds("kind: half_yearly, due: last day, months: [9]")] == ["2023-H2"]
    assert [spec.period for spec in rounds("kind: weekly, due: 周五, months: [2]")] == [
        "2023-W05", "2023-W06", "2023-W07", "2023-W08", "2023-W09",
    ]  # fmt: skip


def test_within_keeps_the_periods_that_touch_the_phase() -> None:
    found = rounds("kind: monthly, due: day 25, within: jizhong", above=PHASES)
    assert [spec.period for spec in found] == ["2023-05", "2023-06", "2023-07", "2023-08", "2023-09"]
    weekly = rounds("kind: weekly, due: 周五, within: zongjie", above=PHASES)
    assert [spec.period for spec in weekly] == [
        "2023-W39",
        "2023-W40",
        "2023-W41",
        "2023-W42",
        "2023-W43",
        "2023-W44",
    ]


def test_a_duty_that_its_own_conditions_leave_without_a_round_is_refused() -> None:
    assert refusal("kind: monthly, due: day 5, months: [12], within: dongyuan", above=PHASES) == [
        ("duties[1]", "“检查”在2023年一期也没有")
    ]


# ── phases, windows, events ──


def test_the_three_phases_run_from_first_second_to_last() -> None:
    found = year_of("kind: once, due: 03-22", 2022, PHASES).stretches
    assert [(spec.key, spec.starts_at.isoformat(), spec.ends_at.isoformat()) for spec in found] == [
        ("dongyuan", "2022-03-01T00:00:00+08:00", "2022-04-30T23:59:59+08:00"),
        ("jizhong", "2022-05-01T00:00:00+08:00", "2022-09-30T23:59:59+08:00"),
        ("zongjie", "2022-10-01T00:00:00+08:00", "2022-10-31T23:59:59+08:00"),
    ]


@pytest.mark.parametrize(
    ("year", "chuxi", "shiwu"),
    [
        (2023, ("2023-01-21T17:00", "2023-01-22T01:00"), ("2023-02-05T18:00", "2023-02-06T01:00")),
        (2024, ("2024-02-09T17:00", "2024-02-10T01:00"), ("2024-02-24T18:00", "2024-02-25T01:00")),
        (2027, ("2027-02-05T17:00", "2027-02-06T01:00"), ("2027-02-20T18:00", "2027-02-21T01:00")),
    ],
)
def test_a_window_may_cross_midnight(year: int, chuxi: tuple[str, str], shiwu: tuple[str, str]) -> None:
    found = year_of("kind: once, due: 03-22", year, NIGHTS).stretches
    assert [(f"{s.starts_at:%Y-%m-%dT%H:%M}", f"{s.ends_at:%Y-%m-%dT%H:%M}") for s in found] == [chuxi, shiwu]
    assert not any(spec.provisional for spec in found)


def test_a_duty_of_each_window_opens_and_ends_with_it_unless_it_says_otherwise() -> None:
    plain, _ = rounds("kind: window", above=NIGHTS)
    assert (plain.period, plain.title, plain.flow) == ("2023/chuxi", "2023年除夕夜 · 检查", "window")
    assert plain.opens_at.isoformat() == "2023-01-21T17:00:00+08:00"
    assert plain.due_at == plain.ends_at
    assert due(plain) == "2023-01-22 01:00"
    told = only(
        "kind: window, of: [chuxi], opens: opens - 2 days 09:00, due: ends + 1 day 12:00", above=NIGHTS
    )
    assert told.opens_at.isoformat() == "2023-01-19T09:00:00+08:00"
    assert due(told) == "2023-01-23 12:00"


def test_a_duty_may_have_its_own_hours_within_its_window() -> None:
    spec = only("kind: window, of: [chuxi], starts: starts + 2 hours, ends: starts + 4 hours", above=NIGHTS)
    assert spec.starts_at is not None
    assert spec.ends_at is not None
    assert spec.starts_at.isoformat() == "2023-01-21T19:00:00+08:00"
    assert spec.ends_at.isoformat() == "2023-01-21T23:00:00+08:00"


def test_a_duty_of_each_phase_has_a_round_in_each_or_in_those_it_names() -> None:
    found = rounds("kind: phase, due: ends - 5 days", 2022, PHASES)
    assert [(spec.period, due(spec)[:10]) for spec in found] == [
        ("2022/dongyuan", "2022-04-25"), ("2022/jizhong", "2022-09-25"), ("2022/zongjie", "2022-10-26"),
    ]  # fmt: skip
    named = rounds("kind: phase, of: [zongjie], due: last workday", 2022, PHASES)
    assert [due(spec)[:10] for spec in named] == ["2022-10-31"]
    assert [spec.flow for spec in named] == ["phase"]


def test_an_event_has_no_deadline_and_no_reminder_until_it_happens() -> None:
    spec = only("kind: event, due: event + 2 hours, locks: due + 1 day, urgent: true, reminders: [opens]")
    assert (spec.kind, spec.due_at, spec.locks_at, spec.urgent, spec.cues) == ("event", None, None, True, ())


def test_an_event_needs_no_deadline_at_all() -> None:
    assert only("kind: event").due_at is None


# ── the dates of a round ──


def test_a_round_reckons_each_date_from_the_others_in_any_order() -> None:
    spec = only(
        "kind: quarterly, months: [3], locks: due + 10 days, due: starts - 3 workdays 18:00, "
        "ends: starts + 2 hours, starts: {on: month 3 day 12 09:30, roll: next_workday}"
    )
    times = (spec.opens_at, spec.starts_at, spec.ends_at, spec.due_at, spec.locks_at)
    assert [f"{at:%m-%d %H:%M}" for at in times if at] == [
        "01-01 00:00", "03-13 09:30", "03-13 11:30", "03-08 18:00", "03-18 18:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: once, starts: 03-22 09:00, ends: starts + 3 hours", "2023-03-22 12:00"),
        ("kind: once, starts: 03-22 09:00", "2023-03-22 09:00"),
        ("kind: once, due: opens + 10 days, opens: 03-22", "2023-04-01 23:59"),
        ("kind: monthly, due: opens + 9 days, months: [2]", "2023-02-10 23:59"),
    ],
)
def test_a_deadline_may_follow_from_the_other_dates(text: str, expected: str) -> None:
    assert due(only(text)) == expected


def test_the_duty_says_its_own_lock_before_the_plans() -> None:
    above = "defaults: {locks: due + 15 days}\n"
    assert [
        str(only(f"kind: once, due: 03-22{own}", above=above).locks_at)[:10] for own in ("", ", locks: 03-25")
    ] == [
        "2023-04-06",
        "2023-03-25",
    ]


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("kind: once, opens: 03-22, due: 03-20", "duties[1].due", "“检查”2023年截止早于下达"),
        ("kind: once, due: 03-22, locks: 03-20", "duties[1].locks", "“检查”2023年补报截止早于截止时间"),
        ("kind: once, due: 03-22, starts: 03-10, ends: 03-09", "duties[1].ends", "“检查”2023年结束早于开始"),
        ("kind: monthly, opens: day 20, due: day 10", "duties[1].due", "“检查”2023年1月截止早于下达"),
        ("kind: once, due: 2022-03-22", "duties[1].due", "写死了年份，不能用于2023年"),
        ("kind: monthly, due: day 30", "duties[1].due", "没有2023年2月30日"),
        ("kind: once, due: 闰六月初一", "duties[1].due", "2023年没有闰六月"),
        ("kind: once", "duties[1]", "任务“检查”没有截止时间"),
        ("kind: once, due: 03-22, reminders: [due, starts - 1 day]", "duties[1].reminders[2]",
         "要从开始时间推算，而这里没有 starts"),
        ("kind: quarterly, due: last day, vary: {Q2: {due: 03-20}}", "duties[1].vary.Q2.due",
         "“检查”2023年第二季度截止早于下达"),
        ("kind: once, opens: due - 3 days, due: opens + 5 days", "duties[1].opens",
         "日期互相推算，算不出来：下达时间 opens→截止时间 due→下达时间 opens"),
        ("kind: once, due: due + 1 day, locks: due + 3 days", "duties[1].due",
         "日期互相推算，算不出来：截止时间 due→截止时间 due"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused_at_their_place(text: str, field: str, message: str) -> None:
    assert refusal(text) == [(field, message)]


def test_a_week_without_a_workday_is_named() -> None:
    assert refusal("kind: weekly, due: last workday", 2026) == [
        ("duties[1].due", "2026-02-16至2026-02-22只有0个工作日")
    ]
    rolled = rounds("kind: weekly, due: {on: 周五, roll: next_workday}", 2026)
    assert [due(spec)[:10] for spec in rolled if spec.period == "2026-W08"] == ["2026-02-24"]


def test_a_default_that_cannot_be_is_blamed_on_the_defaults() -> None:
    assert refusal("kind: monthly, due: day 5", above="defaults: {locks: day 4}\n") == [
        ("defaults.locks", "“检查”2023年1月补报截止早于截止时间")
    ]


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    above = (
        "windows: [{key: ye, name: 夜, starts: 除夕 17:00, ends: 除夕 01:00, clause: 一, source: local}]\n"
    )
    assert refusal("kind: window", above=above) == [("windows[1].ends", "2023年“夜”结束早于开始")]


def test_a_deadline_on_the_very_second_of_the_opening_is_lawful() -> None:
    assert due(only("kind: once, opens: 03-22 12:00, due: 03-22 12:00")) == "2023-03-22 12:00"


# ── vary ──


def test_a_quarter_may_have_its_own_emphasis_name_clause_date_and_form() -> None:
    first, second, third, _ = rounds(
        "kind: quarterly, due: last day, emphasis: 通常, ask: 请报, vary: {"
        "Q1: {name: 春季, emphasis: 打击非法经营, clause: 三, due: {on: month 3 day 10, source: document}}, "
        "Q2: {audience: bumen, lead: cun, form: [{key: shu, label: 数, type: number}]}}"
    )
    assert (first.name, first.emphasis, first.clause, due(first)[:10]) == (
        "春季",
        "打击非法经营",
        "三",
        "2023-03-10",
    )
    assert (first.title, first.source, first.ask) == ("2023年第一季度 · 春季", "document", "请报")
    assert (second.audience, second.lead, [field.key for field in second.form]) == ("bumen", "cun", ["shu"])
    assert (third.emphasis, third.audience, third.source, third.form) == ("通常", "cun", "local", ())


def test_a_rota_gives_each_month_its_theme_and_its_units() -> None:
    themes = "、".join("一二三四五六七八九十冬腊").split("、")
    vary = ", ".join(
        f"'{n:02d}': {{name: {theme}月主题, audience: {'bumen' if n % 2 else 'cun'}}}"
        for n, theme in enumerate(themes, 1)
    )
    found = rounds(f"kind: monthly, due: last workday, vary: {{{vary}}}")
    assert [spec.name for spec in found] == [f"{theme}月主题" for theme in themes]
    assert [spec.audience for spec in found] == ["bumen", "cun"] * 6
    assert found[10].title == "2023年11月 · 冬月主题"


def test_a_window_may_vary_by_its_key() -> None:
    chuxi, shiwu = rounds("kind: window, vary: {shiwu: {due: ends + 12 hours, ask: 一句话}}", above=NIGHTS)
    assert (due(chuxi), chuxi.ask) == ("2023-01-22 01:00", "")
    assert (due(shiwu), shiwu.ask) == ("2023-02-06 13:00", "一句话")


# ── who chose a date, and how certain it is ──


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("kind: once, due: 03-22", "local"),
        ("kind: once, due: {on: 03-22, source: document}", "document"),
        ("kind: once, source: document, due: 03-22", "document"),
        ("kind: once, source: document, opens: {on: 03-01, source: local}, due: 03-22", "document"),
        ("kind: once, source: document, due: {on: 03-22, source: local}", "local"),
    ],
)
def test_the_source_of_a_round_is_that_of_its_deadline(text: str, source: str) -> None:
    assert only(text).source == source


@pytest.mark.parametrize(
    ("text", "provisional"),
    [
        ("kind: once, due: 03-22", False),
        ("kind: once, due: 正月初八", False),
        ("kind: window, of: [chuxi], due: ends + 1 day 12:00", False),
        ("kind: once, due: 03-22, reminders: [due - 3 workdays]", False),
        ("kind: once, due: {on: 03-22, roll: next_workday}", True),
        ("kind: once, due: 03-22, locks: due + 5 workdays", True),
        ("kind: once, starts: {on: 03-22, roll: next_workday}, due: starts - 2 days", True),
        ("kind: quarterly, months: [3], due: end of quarter - 5 workdays", True),
    ],
)
def test_in_a_year_without_a_notice_only_what_rests_on_workdays_is_provisional(
    text: str, *, provisional: bool
) -> None:
    assert only(text, 2027, NIGHTS).provisional is provisional
    assert only(text, 2023, NIGHTS).provisional is False


def test_a_window_that_rests_on_workdays_makes_its_duties_provisional() -> None:
    above = (
        "windows: [{key: xuanchuan, name: 宣传周, starts: first workday, ends: starts + 6 days, clause: 一, "
        "source: local}]\n"
    )
    opened = year_of("kind: window, due: ends + 2 days", 2027, above)
    assert opened.stretches[0].provisional
    assert opened.rounds[0].provisional


# ── reminders ──


def test_reminders_without_an_hour_are_at_nine_and_say_why_they_come() -> None:
    reminders = "[opens, due - 3 workdays, due, due + 1 workday]"
    assert cues_of(f"kind: once, opens: 03-01, due: 03-24 18:00, reminders: {reminders}") == [
        ("2023-03-01 09:00", "opening", False),
        ("2023-03-21 09:00", "upcoming", False),
        ("2023-03-24 09:00", "due", False),
        ("2023-03-27 09:00", "overdue", False),
    ]


@pytest.mark.parametrize(
    ("reminder", "at", "kind"),
    [
        ("due 15:00", "2023-03-24 15:00", "due"),
        ("due - 2 hours", "2023-03-24 16:00", "due"),
        ("due + 30 days 08:30", "2023-04-23 08:30", "overdue"),
        ("due 20:00", "2023-03-24 20:00", "overdue"),
        ("03-15", "2023-03-15 09:00", "upcoming"),
        # before the opening nothing is owed yet
        ("due - 60 days", "2023-03-01 09:00", "upcoming"),
        ("opens 07:00", "2023-03-01 07:00", "opening"),
    ],
)
def test_a_reminder_is_at_its_moment(reminder: str, at: str, kind: str) -> None:
    assert cues_of(f"kind: once, opens: 03-01, due: 03-24 18:00, reminders: [{reminder}]") == [
        (at, kind, False)
    ]


@pytest.mark.parametrize(
    ("dates", "reminder", "at", "kind"),
    [
        ("opens: 03-01 17:00, due: 03-24", "opens", "2023-03-01 17:00", "opening"),
        ("opens: 03-01 17:00, due: 03-24", "due - 60 days", "2023-03-01 17:00", "upcoming"),
        ("opens: 03-24, due: 03-24 08:00", "due - 3 days", "2023-03-24 00:00", "due"),
        ("opens: 03-20, due: 03-24 08:00", "due", "2023-03-24 08:00", "due"),
    ],
)
def test_a_reminder_is_never_before_the_opening_nor_pushed_past_the_deadline(
    dates: str, reminder: str, at: str, kind: str
) -> None:
    assert cues_of(f"kind: once, {dates}, reminders: [{reminder}]") == [(at, kind, False)]


@pytest.mark.parametrize("order", ["opens, due - 3 workdays, due", "due, due - 3 workdays, opens"])
def test_reminders_that_meet_are_one_and_the_opening_speaks(order: str) -> None:
    assert cues_of(f"kind: once, opens: 03-24, due: 03-24, reminders: [{order}]") == [
        ("2023-03-24 09:00", "opening", False)
    ]


def test_reminders_that_meet_are_urgent_if_either_is() -> None:
    text = "kind: once, opens: 03-24, due: 03-24, reminders: [opens, {at: due, urgent: true}]"
    assert cues_of(text) == [("2023-03-24 09:00", "opening", True)]


def test_an_urgent_duty_makes_all_its_reminders_urgent() -> None:
    text = "kind: window, of: [chuxi], urgent: true, reminders: [starts 15:00, ends]"
    assert cues_of(text, above=NIGHTS) == [
        ("2023-01-21 17:00", "upcoming", True),  # the round opens with its window
        ("2023-01-22 01:00", "due", True),
    ]


def test_a_duty_without_reminders_takes_the_plans_and_an_empty_list_takes_none() -> None:
    above = "defaults: {reminders: [due]}\n"
    assert [cue[1] for cue in cues_of("kind: once, due: 03-22", above=above)] == ["due"]
    assert cues_of("kind: once, due: 03-22, reminders: []", above=above) == []


# ── the whole year ──


@settings(max_examples=40, deadline=None)
@given(st.integers(2000, 2099))
def test_in_no_year_is_anything_due_before_it_opens_or_locked_before_it_is_due(year: int) -> None:
    for spec in expand(SMALL, year, WORKDAYS).rounds:
        if spec.due_at is not None:
            assert spec.locks_at is not None
            assert spec.opens_at <= spec.due_at <= spec.locks_at
        assert all(cue.at >= spec.opens_at for cue in spec.cues)
        assert list(spec.cues) == sorted(spec.cues, key=lambda cue: cue.at)


@settings(max_examples=15, deadline=None)
@given(st.integers(2000, 2099))
def test_expanding_twice_gives_the_same_year_and_each_round_once(year: int) -> None:
    opened = expand(SMALL, year, WORKDAYS)
    assert opened == expand(SMALL, year, WORKDAYS)
    keys = [(spec.duty, spec.period) for spec in opened.rounds]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("year", [1900, 2100, 0])
def test_a_year_beyond_the_moon_is_refused(year: int) -> None:
    with pytest.raises(DubanError, match="只能排出1901年至2099年"):
        expand(SMALL, year, WORKDAYS)


def test_one_wrong_duty_does_not_hide_the_others() -> None:
    two = plan(duty("kind: once, due: 闰六月初一", "cuo"), duty("kind: once, due: 03-22", "dui"))
    opened, faults = attempt(two, 2026, WORKDAYS)
    assert [spec.duty for spec in opened.rounds] == ["dui"]
    assert [fault.field for fault in faults] == ["duties[1].due"]


def test_rounds_and_stretches_come_in_order_of_time() -> None:
    opened = expand(SMALL, 2023, WORKDAYS)
    assert [spec.key for spec in opened.stretches] == ["chuxi", "shiwu", "dongyuan", "jizhong", "zongjie"]
    dues = [spec.due_at for spec in opened.rounds if spec.due_at]
    assert dues == sorted(dues)


def test_a_year_as_rows_has_phases_windows_and_rounds_in_order_of_time() -> None:
    opened = year_of("kind: window, of: [chuxi], due: ends + 1 day 12:00", above=NIGHTS)
    assert rows(opened)[:2] == [
        {
            "plan": "shifan", "duty": "chuxi", "name": "除夕夜", "kind": "window", "period": "2023",
            "opens_at": None, "due_at": None, "locks_at": None,
            "starts_at": "2023-01-21T17:00:00+08:00", "ends_at": "2023-01-22T01:00:00+08:00",
            "provisional": False, "source": "document", "clause": "二", "audience": None,
        },
        {
            "plan": "shifan", "duty": "jiancha", "name": "检查", "kind": "per_window", "period": "2023/chuxi",
            "opens_at": "2023-01-21T17:00:00+08:00", "due_at": "2023-01-23T12:00:00+08:00", "locks_at": None,
            "starts_at": "2023-01-21T17:00:00+08:00", "ends_at": "2023-01-22T01:00:00+08:00",
            "provisional": False, "source": "local", "clause": "一", "audience": "cun",
        },
    ]  # fmt: skip
