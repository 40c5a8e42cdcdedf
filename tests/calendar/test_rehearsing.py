"""A year rehearsed, against documents and almanac. Every expected value is literal, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from duban.calendar.expansion import expand
from duban.calendar.loader import PLANS, load
from duban.calendar.rehearsing.rehearsal import rehearse
from duban.calendar.slots import QuietHours
from duban.documents.roster import example_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import ContactFact, Roster, UnitFact
from support.small_plans import WORKDAYS, duty, plan

if TYPE_CHECKING:
    from duban.calendar.expansion import Year
    from duban.calendar.rehearsing.burden import Burden
    from duban.calendar.rehearsing.rehearsal import Rehearsal

ERONG, CHANGZHOU, GONGAN = "erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei"
QUIET = QuietHours(time(21), time(9, 5))
ROSTER = example_roster()
VILLAGE = Roster((UnitFact("v1", "一村", "村"),), (ContactFact("v1", "甲"),))


@cache
def year_of(slug: str, year: int) -> Year:
    return expand(load(PLANS / f"{slug}.yaml").plan, year, WORKDAYS)


@cache
def rehearsed(slug: str, year: int, budget: int = 3) -> Rehearsal:
    return rehearse([year_of(slug, year)], WORKDAYS, ROSTER, QUIET, budget)


def small(*duties: str, roster: Roster | None = VILLAGE, year: int = 2023, above: str = "") -> Rehearsal:
    return rehearse([expand(plan(*duties, above=above), year, WORKDAYS)], WORKDAYS, roster, QUIET)


def of(found: Rehearsal, unit: str) -> Burden:
    return next(one for one in found.burdens if unit in one.names)


def day(text: str) -> date:
    return date.fromisoformat(text)


# ── what a unit owes in a week ──


@pytest.mark.parametrize(
    ("slug", "year", "unit", "monday", "names"),
    [
        # The week of the eve of 2023 (21 January): the 17th, 18th and 19th are its days -4, -3 and -2, the
        # publicity week ends on the 19th, and the peak night is reported by 7 o'clock of the 22nd.
        (
            CHANGZHOU,
            2023,
            "示例一派出所",
            "2023-01-16",
            {
                "梳理排摸非法经营行为",
                "排查私贩私储窝点",
                "社会面宣传发动",
                "管控力量部署",
                "市场拉网式清理检查",
                "“烟花爆竹燃放管控宣传周”活动",
                "高峰节点加强等级巡控",
            },
        ),
        # The summary is due on 29 January 2023; nights of the 1st and the 5th day of the year.
        (CHANGZHOU, 2023, "示例一社区", "2023-01-23", {"重要节点巡查检查", "报送工作总结"}),
        # Five workdays before the end of June 2023 is the 25th, a Sunday that is worked; so the monthly one.
        (
            ERONG,
            2023,
            "示例一村",
            "2023-06-19",
            {
                "各村（社）烟花爆竹安全知识宣传",
                "重点复查、明查回访",
                "第二季度“四个大”：“两会”、清明、“五一”",
                "每月检查",
                "上报“打非”信息",
            },
        ),
        (ERONG, 2023, "示例一村", "2023-01-23", {"每月检查"}),
        # The first phase ends with April 2022, the second with September.
        (
            GONGAN,
            2022,
            "治安大队",
            "2022-04-25",
            {
                "建立协作机制",
                "专项行动信息报送",
                "民爆物品领域打击整治",
                "其他监管领域全面自查自纠",
                "督促企业自查自纠",
                "森林草原领域",
                "危险化学品和烟花爆竹领域打击整治",
            },
        ),
        (GONGAN, 2022, "治安大队", "2022-03-21", {"制定部门“打非治违”工作方案"}),
    ],
)
def test_a_unit_owes_in_a_week_what_the_document_asks_of_it(
    slug: str, year: int, unit: str, monday: str, names: set[str]
) -> None:
    weeks = of(rehearsed(slug, year), unit).weeks
    assert {one.spec.name for one in weeks[day(monday)]} == names


@pytest.mark.parametrize(
    ("slug", "year", "unit", "total", "most", "over"),
    [
        (ERONG, 2023, "示例一村", 38, 5, ["2023-06-19"]),
        (ERONG, 2023, "示例镇中心小学", 4, 1, []),
        (CHANGZHOU, 2023, "示例一派出所", 20, 7, ["2023-01-16", "2023-02-06"]),
        (CHANGZHOU, 2023, "物业管理岗", 10, 3, []),
        (GONGAN, 2022, "示例一派出所", 27, 8, ["2022-04-25", "2022-09-26"]),
    ],
)
def test_weeks_over_the_budget_are_named(
    slug: str, year: int, unit: str, total: int, most: int, over: list[str]
) -> None:
    found = of(rehearsed(slug, year), unit)
    assert (found.total, found.most) == (total, most)
    assert [week.isoformat() for week in found.over(3)] == over


def test_units_that_owe_the_same_are_told_of_once() -> None:
    found = rehearsed(ERONG, 2023)
    assert len(of(found, "示例一村").names) == 15
    assert of(found, "示例一派出所").names == ("综合行政执法局", "示例一派出所", "示例二派出所")


def test_without_a_roster_each_audience_counts_as_one() -> None:
    found = rehearse([year_of(CHANGZHOU, 2023)], WORKDAYS, None, QUIET)
    assert found.reports == 27
    assert of(found, "各派出所").total == 7
    assert not found.owing.by_name


def test_a_unit_that_is_closed_in_summer_owes_nothing_after() -> None:
    closing = Roster((replace(VILLAGE.units[0], closed_on=day("2023-07-01")),))
    assert of(small(duty("kind: monthly, due: day 20"), roster=closing), "一村").total == 6


def test_several_plans_are_a_burden_together() -> None:
    both = [year_of(ERONG, 2023), year_of(CHANGZHOU, 2023)]
    found = of(rehearse(both, WORKDAYS, ROSTER, QUIET), "示例一社区")
    assert found.total == 38 + 11


@pytest.mark.parametrize("budget", [0, -1, 100])
def test_a_budget_that_is_none_is_refused(budget: int) -> None:
    with pytest.raises(DubanError, match="每个单位每周的上限应为 1 至 99 件"):
        rehearse([year_of(ERONG, 2023)], WORKDAYS, ROSTER, QUIET, budget)


def test_an_audience_of_nobody_is_named() -> None:
    found = small(duty("kind: once, due: 03-22, audience: bumen"))
    assert found.nobody == ("“各部门”在名册中一个单位也没有（2023年 · 检查）",)
    assert found.reports == 0


# ── what the office receives ──


def test_the_office_is_told_how_many_reports_come_in_a_week() -> None:
    received = rehearsed(CHANGZHOU, 2023).received["镇综治岗"]
    # 13 units organise themselves by the 12th of January, in two reports each.
    assert received[day("2023-01-09")] == 26
    assert sum(received.values()) == 134


def test_each_who_receives_is_counted_alone() -> None:
    found = rehearsed(ERONG, 2023)
    assert {name: sum(weeks.values()) for name, weeks in found.received.items()} == {
        "打非办": 773,
        "镇人民政府": 19,
    }


# ── bad days ──


@pytest.mark.parametrize(
    ("slug", "year", "days"),
    [
        # 29 January 2023, the day of the summary, is a Sunday and worked; the nights before are holidays.
        (CHANGZHOU, 2023, [("2023-01-22", "春节"), ("2023-01-23", "春节"), ("2023-01-27", "春节")]),
        (
            CHANGZHOU,
            2024,
            [
                *(("2024-02-10", "春节"), ("2024-02-11", "春节"), ("2024-02-15", "春节")),
                *(("2024-02-17", "春节"), ("2024-02-25", "周末")),
            ],
        ),
        (GONGAN, 2022, [("2022-04-30", "劳动节")]),
        (ERONG, 2023, []),
    ],
)
def test_deadlines_on_rest_days_are_named(slug: str, year: int, days: list[tuple[str, str]]) -> None:
    assert [(one.day.isoformat(), one.said) for one in rehearsed(slug, year).rest_days] == days


@pytest.mark.parametrize(
    ("slug", "year", "days"),
    [
        (GONGAN, 2022, [("2022-04-29", "劳动节"), ("2022-09-30", "国庆节")]),
        (ERONG, 2023, [("2023-09-28", "中秋节、国庆节")]),
        (CHANGZHOU, 2023, []),
    ],
)
def test_deadlines_on_the_last_workday_before_a_holiday_are_named(
    slug: str, year: int, days: list[tuple[str, str]]
) -> None:
    assert [(one.day.isoformat(), one.said) for one in rehearsed(slug, year).before_holidays] == days


def test_a_friday_before_a_plain_weekend_is_not_before_a_holiday() -> None:
    assert small(duty("kind: once, due: 03-24")).before_holidays == ()


def test_deadlines_that_meet_on_a_day_are_named_with_the_units_that_they_hit() -> None:
    found = {one.day.isoformat(): one for one in rehearsed(CHANGZHOU, 2023).collisions}
    assert sorted(found) == ["2023-01-12", "2023-01-17", "2023-01-18", "2023-01-19", "2023-02-07"]
    # On the 17th: two 派出所 and 应急管理岗.
    assert (found["2023-01-17"].units, found["2023-01-17"].most) == (3, 2)


def test_deadlines_of_different_units_on_a_day_do_not_collide() -> None:
    town = Roster((UnitFact("v1", "一村", "村"), UnitFact("b1", "一部门", "部门")))
    twice = duty("kind: once, due: 03-22", "yi"), duty("kind: once, due: 03-22, audience: bumen", "er")
    assert small(*twice, roster=town).collisions == ()


SITS = "kind: once, starts: 03-13 09:30, ends: starts + 2 hours, due: 03-08"


def test_meetings_on_one_day_are_named_in_their_order() -> None:
    later = SITS.replace("09:30", "14:30")
    (found,) = small(
        duty(f"{later}, name: 乙会, meeting: {{}}", "yi"), duty(f"{SITS}, name: 甲会, meeting: {{}}", "er")
    ).meetings
    assert (found.day, [one.name for one in found.meetings]) == (day("2023-03-13"), ["甲会", "乙会"])


def test_a_meeting_that_each_unit_holds_for_itself_meets_no_other() -> None:
    own = duty(f"{SITS}, meeting: {{convened: units}}", "yi"), duty(f"{SITS}, meeting: {{}}", "er")
    assert small(*own).meetings == ()


# ── the same thing asked twice ──


@pytest.mark.parametrize(
    ("slug", "year", "pairs"),
    [
        (ERONG, 2023, [("jidu-paicha", "meiyue-jiancha", 84)]),
        (GONGAN, 2022, [("ranqi-yunshu", "daolu-jiaotong", 3)]),
        (CHANGZHOU, 2023, []),
    ],
)
def test_duties_that_ask_the_same_are_named(slug: str, year: int, pairs: list[tuple[str, str, int]]) -> None:
    found = rehearsed(slug, year).alike
    assert [(one.one.duty.key, one.other.duty.key, one.saved) for one in found] == pairs


def test_a_merge_says_into_which_rounds_and_why() -> None:
    (found,) = rehearsed(ERONG, 2023).alike
    assert found.proposal == (
        "建议“每季度排查”不另报，填报项并入“每月检查”（2月、5月、8月、11月），全年少报84件。"
    )
    assert found.fields == (("排查户（处）", "检查户（处）"), ("发现隐患", "发现问题"))


MATERIAL = "ask: 请报送烟花爆竹零售点巡查台账和处置情况。"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("kind: monthly, due: day 20", "kind: monthly, due: day 25", True),
        ("kind: monthly, due: day 20", "kind: once, due: 03-22", True),
        # A month between them: one report cannot serve both.
        ("kind: once, due: 03-22", "kind: once, due: 04-22", False),
        # Not of the same units.
        ("kind: monthly, due: day 20", "kind: monthly, due: day 20, audience: bumen", False),
    ],
)
def test_the_same_material_counts_when_the_same_units_owe_it_at_nearly_the_same_time(
    one: str,
    other: str,
    alike: bool,  # noqa: FBT001 - a table
) -> None:
    town = Roster((UnitFact("v1", "一村", "村"), UnitFact("b1", "一部门", "部门")))
    duties = (
        duty(f"{one}, name: 零售点巡查, {MATERIAL}", "yi"),
        duty(f"{other}, name: 巡查, {MATERIAL}", "er"),
    )
    assert bool(small(*duties, roster=town).alike) is alike


def test_different_matters_in_the_usual_words_are_not_alike() -> None:
    found = small(
        duty("kind: monthly, due: day 20, name: 宣传, ask: 请开展本月入户宣传，并报送情况。", "yi"),
        duty("kind: monthly, due: day 20, name: 培训, ask: 请开展本月安全员培训，并报送情况。", "er"),
    )
    assert found.alike == ()


# ── reminders ──

USUAL = "defaults: {reminders: [opens, due - 3 workdays, due, due + 1 workday]}\n"


def messages(found: Rehearsal) -> list[str]:
    return [one.isoformat() for one in found.reminded[0].days]


def test_a_person_gets_one_digest_for_all_that_is_to_be_said_on_a_day() -> None:
    twice = (
        duty("kind: once, opens: 03-01, due: 03-24", "yi"),
        duty("kind: once, opens: 03-01, due: 03-24", "er"),
    )
    found = small(*twice, above=USUAL)
    assert messages(found) == ["2023-03-01", "2023-03-21", "2023-03-24"]
    assert found.reminded[0].at_most == 4  # and on the 27th, a Monday, if nothing comes


def test_what_falls_on_a_rest_day_waits_for_the_next_workday_unless_it_is_due_before() -> None:
    # Saturday 25 March 2023: the reminder of that day would leave on Monday, when all has been reported.
    found = small(duty("kind: once, opens: 03-25, due: 03-28, reminders: [opens]", "yi"))
    assert messages(found) == ["2023-03-27"]
    found = small(duty("kind: once, opens: 03-01, due: 03-25, reminders: [due]", "yi"))
    assert (messages(found), found.reminded[0].at_most) == ([], 1)


def test_what_comes_after_the_digest_of_the_day_has_left_goes_with_the_next() -> None:
    found = small(
        duty("kind: once, opens: 03-01, due: 03-24, reminders: [03-01 09:00]", "yi"),
        duty("kind: once, opens: 03-01, due: 03-24, reminders: [03-01 15:00]", "er"),
    )
    assert messages(found) == ["2023-03-01", "2023-03-02"]


def test_what_is_urgent_leaves_at_once_and_alone() -> None:
    found = small(
        duty("kind: once, opens: 03-01, due: 03-24, reminders: [03-01 09:00]", "yi"),
        duty(
            "kind: once, opens: 03-01, due: 03-24, urgent: true, reminders: [03-01 09:00, 03-04 22:00]", "er"
        ),
    )
    assert messages(found) == ["2023-03-01", "2023-03-01", "2023-03-04"]
    assert found.reminded[0].busiest == (day("2023-02-27"), 3)


def test_a_meeting_is_called_by_a_letter_of_its_own() -> None:
    # Three workdays before Monday the 13th is Wednesday the 8th.
    found = small(duty(f"{SITS}, meeting: {{}}, reminders: []", "yi"))
    assert messages(found) == ["2023-03-08"]


def test_a_unit_without_a_contact_is_named() -> None:
    found = small(duty("kind: once, due: 03-22"), roster=Roster(VILLAGE.units))
    assert (found.reminded, found.untold) == ((), ("一村",))


# ── what is provisional ──


def test_nothing_is_provisional_once_the_notice_is_known() -> None:
    found = rehearsed(CHANGZHOU, 2023).unsure
    assert (found.provisional, found.moving, found.firm) == (False, (), ())


def test_without_the_notice_what_goes_by_workdays_may_move_and_the_moon_may_not() -> None:
    found = rehearsed(CHANGZHOU, 2027).unsure
    assert found.provisional
    assert {one.name for one in found.moving} == {
        "对各社区督导检查",
        "边界部位管控，防“回流”",
        "路面巡查巡防，快速处置",
        "网络平台巡查管控",
        "取缔街头流动占道经营",
        "依法治安管理处罚",
        "典型经验和媒体推广",
    }
    assert {"除夕", "正月十五", "报送工作总结", "高峰节点加强等级巡控"} <= set(found.firm)


# ── whatever the year ──

CASES = st.tuples(
    st.lists(st.sampled_from([ERONG, CHANGZHOU, GONGAN]), min_size=1, unique=True),
    st.integers(2021, 2028),
    st.integers(1, 9),
    st.one_of(st.none(), st.sets(st.sampled_from([unit.code for unit in ROSTER.units]), min_size=1)),
)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_weeks_add_up_to_the_year_for_units_and_for_those_who_receive(
    case: tuple[list[str], int, int, set[str] | None],
) -> None:
    slugs, year, budget, codes = case
    units = tuple(unit for unit in ROSTER.units if codes is None or unit.code in codes)
    roster = None if codes is None else Roster(units, ROSTER.contacts)
    found = rehearse([year_of(slug, year) for slug in slugs], WORKDAYS, roster, QUIET, budget)
    for one in found.burdens:
        assert sum(len(some) for some in one.weeks.values()) == one.total
        assert all(week.weekday() == 0 for week in one.weeks)
    assert sum(one.total * len(one.names) for one in found.burdens) == found.reports
    assert sum(sum(weeks.values()) for weeks in found.received.values()) == found.reports
    assert sum(len(some) for some in found.months.values()) == len(found.owing.rounds)
    for one in found.reminded:
        assert sum(one.weeks.values()) == len(one.days) <= one.at_most
    assert all(one.most > budget for one in found.over)
    more = rehearse(found.years, WORKDAYS, roster, QUIET, budget + 1)
    assert {one.names for one in more.over} <= {one.names for one in found.over}
