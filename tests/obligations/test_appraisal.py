from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from duban.obligations.appraisal import LineKind, Result, appraise
from duban.obligations.appraisal_facts import EntryFact, FindingFact, OwedFact, SheetFact, UnitFacts
from duban.obligations.appraisal_periods import Period
from duban.obligations.appraisal_rules import (
    Band,
    Bonus,
    Fate,
    Item,
    RuleSet,
    Slip,
    Spur,
    Veto,
    frame,
    in_force,
    points_text,
    signed_text,
)
from duban.obligations.words import Rung

D = Decimal
YEAR = Period("year", 2023)
MARCH, AUGUST = date(2023, 3, 1), date(2023, 8, 1)
BANDS = {Band.EXCELLENT: D(90), Band.GOOD: D(80), Band.QUALIFIED: D(60)}
REPORTS = Item(
    "baosong",
    "报送",
    "三（一）",
    D(60),
    D(60),
    missing=D(2),
    late=D("0.5"),
    returned=D(1),
    duties=frozenset({"yuecha"}),
)
FINDINGS = Item(
    *("zhenggai", "整改", "三（二）", D(40), D(40)),
    findings={Slip.LATE: D(1), Slip.OPEN: D(3), Slip.REOPENED: D(2)},
    sheets={Rung.DUBAN: D(5)},
)
RULES = RuleSet(
    *(date(2023, 1, 1), "old", (REPORTS, FINDINGS), BANDS),
    bonuses=(Bonus("chahuo", "查获", "四", D(3)), Bonus("wuyuqi", "无逾期", "四", D(2), Spur.NO_OVERDUE)),
    bonus_most=D(4),
    vetoes=(Veto("shigu", "发生事故", "五"),),
)


def owed(
    number: int, fate: Fate, *, opened: date = MARCH, returns: int = 0, duty: str = "yuecha"
) -> OwedFact:
    return OwedFact(number, duty, f"第{number}期", opened, fate, returns)


def result(facts: UnitFacts, *sets: RuleSet, period: Period = YEAR) -> Result:
    found = appraise(sets or (RULES,), period, facts)
    assert found is not None
    return found


def told(found: Result) -> list[tuple[str, str, str]]:
    """Give each line's kind, points and what it is about."""
    return [(line.kind.zh, signed_text(line.points), line.about) for line in found.lines]


# What is counted


def test_with_nothing_to_count_there_are_full_marks_but_no_bonus() -> None:
    found = result(UnitFacts())
    assert told(found) == [("起评分", "+60", ""), ("起评分", "+40", "")]
    assert (found.total, found.grade, found.rules) == (D(100), Band.EXCELLENT, "old")


def test_each_miss_is_a_line_with_its_obligation_its_reason_and_its_clause() -> None:
    found = result(UnitFacts(owed=(owed(7, Fate.MISSING), owed(3, Fate.LATE, returns=2))))
    assert told(found) == [
        ("起评分", "+60", ""),
        ("迟报", "-0.5", "obligation/3"),
        ("漏报", "-2", "obligation/7"),
        ("退回", "-2", "obligation/3"),
        ("起评分", "+40", ""),
    ]
    assert [(line.why, line.clause) for line in found.lines[1:4]] == [
        ("第3期，迟报", "三（一）"),
        ("第7期，漏报", "三（一）"),
        ("第3期，因实质性问题退回2次", "三（一）"),
    ]
    assert found.total == D("95.5")


def test_what_an_item_does_not_name_costs_nothing_in_it() -> None:
    assert result(UnitFacts(owed=(owed(1, Fate.MISSING, duty="qingkuang"),))).total == D(100)


def test_findings_and_sheets_cost_what_the_rules_say() -> None:
    finding = FindingFact(4, "4号隐患", MARCH, (Slip.LATE, Slip.REOPENED, Slip.REOPENED))
    sheets = (
        SheetFact(9, "督办单〔2023〕1号", MARCH, Rung.DUBAN),
        SheetFact(8, "催办单", MARCH, Rung.CUIBAN),
    )
    found = result(UnitFacts(findings=(finding, FindingFact(5, "5号隐患", MARCH)), sheets=sheets))
    assert told(found)[2:] == [
        ("隐患", "-1", "finding/4"),
        ("隐患", "-2", "finding/4"),
        ("隐患", "-2", "finding/4"),
        ("督办", "-5", "sheet/9"),
    ]
    assert found.total == D(90)


def test_deductions_end_at_the_floor_and_a_line_says_so() -> None:
    floored = replace(RULES, items=(replace(REPORTS, floor=D(50)),))
    found = result(UnitFacts(owed=tuple(owed(n, Fate.MISSING) for n in range(1, 8))), floored)
    assert told(found)[-1] == ("扣完为止", "+4", "")
    assert found.lines[-1].why == "最低50分，扣完为止，多扣的不计"
    assert found.total == D(50)


def test_punctual_reports_add_up_to_full_marks_and_a_line_says_so() -> None:
    earning = replace(RULES, items=(replace(REPORTS, base=D(59), on_time=D("0.4")),), bonuses=())
    found = result(UnitFacts(owed=tuple(owed(n, Fate.ON_TIME) for n in range(1, 5))), earning)
    assert told(found)[-1] == ("计满为止", "-0.6", "")
    assert found.total == D(60)


def test_a_weight_applies_to_every_line_of_its_item() -> None:
    weighed = replace(RULES, items=(replace(REPORTS, weight=D("0.3")),))
    found = result(UnitFacts(owed=(owed(1, Fate.LATE),)), weighed)
    assert told(found) == [("起评分", "+18", ""), ("迟报", "-0.15", "obligation/1")]
    assert found.lines[0].why == "满分60分，权重0.3"


# Bonuses and vetoes


def test_a_bonus_for_the_record_is_earned_where_all_was_in_time() -> None:
    assert told(result(UnitFacts(owed=(owed(1, Fate.ON_TIME),))))[-1] == ("加分", "+2", "")
    late = UnitFacts(owed=(owed(1, Fate.ON_TIME), owed(2, Fate.LATE)))
    assert "加分" not in [kind for kind, *_ in told(result(late))]


def test_a_bonus_for_findings_is_earned_where_there_were_some_and_all_went_well() -> None:
    rules = replace(RULES, bonuses=(Bonus("zg", "整改", "四", D(2), Spur.ALL_RECTIFIED),))
    well, ill = FindingFact(1, "1号", MARCH), FindingFact(2, "2号", MARCH, (Slip.LATE,))
    assert result(UnitFacts(findings=(well,)), rules).total == D(102)
    assert result(UnitFacts(findings=(well, ill)), rules).total == D(99)
    assert result(UnitFacts(), rules).total == D(100)


def test_bonuses_end_at_their_own_cap_and_at_that_of_all() -> None:
    awards = (EntryFact(2, "chahuo", "查获二", D(2)), EntryFact(1, "chahuo", "查获一", D(2)))
    found = result(UnitFacts(owed=(owed(1, Fate.ON_TIME),), awards=awards))
    assert told(found)[2:] == [
        ("加分", "+2", "entry/1"),
        ("加分", "+2", "entry/2"),
        ("加满为止", "-1", ""),
        ("加分", "+2", ""),
        ("加满为止", "-1", ""),
    ]
    assert (found.total, found.lines[-1].why) == (D(104), "加分合计不超过4分")


def test_a_veto_fails_a_unit_and_takes_no_points() -> None:
    found = result(UnitFacts(vetoes=(EntryFact(5, "shigu", "3月2日爆炸"), EntryFact(6, "other", "无关"))))
    assert told(found)[-1] == ("一票否决", "0", "entry/5")
    assert (found.total, found.grade) == (D(100), Band.FAILED)


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("90", "优秀"),
        ("89.99", "良好"),
        ("80", "良好"),
        ("79.99", "合格"),
        ("60", "合格"),
        ("59.99", "不合格"),
    ],
)
def test_grades_begin_at_their_points(points: str, grade: str) -> None:
    assert RULES.grade(D(points), vetoed=False).zh == grade


# Which rules


def test_a_thing_costs_what_the_rules_said_when_it_opened() -> None:
    dearer = replace(RULES, since=date(2023, 7, 1), digest="new", items=(replace(REPORTS, missing=D(9)),))
    facts = UnitFacts(owed=(owed(1, Fate.MISSING), owed(2, Fate.MISSING, opened=AUGUST)))
    found = result(facts, dearer, RULES)
    assert [(line.about, line.points, line.rules) for line in found.lines if line.about] == [
        ("obligation/1", D(-2), "old"),
        ("obligation/2", D(-9), "new"),
    ]
    assert found.rules == "old"


def test_the_full_marks_of_a_period_are_those_with_which_it_began() -> None:
    more = replace(RULES, since=date(2023, 7, 1), items=(REPORTS, replace(FINDINGS, key="new", points=D(90))))
    assert result(UnitFacts(), RULES, more).total == D(100)
    assert frame((RULES, more), date(2023, 1, 1), date(2023, 12, 31)) is RULES
    assert frame((more,), date(2023, 1, 1), date(2023, 12, 31)) is more
    assert frame((more,), date(2022, 1, 1), date(2022, 12, 31)) is None


def test_what_opened_before_there_were_rules_does_not_count() -> None:
    late = replace(RULES, since=date(2023, 4, 1))
    assert result(UnitFacts(owed=(owed(1, Fate.MISSING),)), late).total == D(100)
    spoilt = (owed(1, Fate.MISSING), owed(2, Fate.ON_TIME, opened=AUGUST))
    assert told(result(UnitFacts(owed=spoilt), late))[-1] == ("加分", "+2", "")
    assert in_force((late,), date(2023, 3, 31)) is None
    assert appraise((late,), Period("year", 2022), UnitFacts()) is None


def test_an_item_that_could_end_below_its_floor_is_no_item() -> None:
    with pytest.raises(ValueError, match="floor <= base"):
        replace(REPORTS, floor=D(61))


# Properties

PRICE = st.decimals(0, 20, places=2, allow_nan=False)
DAY = st.dates(date(2023, 1, 1), date(2023, 12, 31))
OWED = st.builds(
    owed,
    st.integers(1, 999),
    st.sampled_from(Fate),
    opened=DAY,
    returns=st.integers(0, 3),
    duty=st.sampled_from(["yuecha", "qingkuang"]),
)
FACTS = st.builds(
    UnitFacts,
    owed=st.lists(OWED, max_size=12, unique_by=lambda one: one.id).map(tuple),
    findings=st.lists(
        st.builds(
            FindingFact,
            st.integers(1, 99),
            st.just("隐患"),
            DAY,
            st.lists(st.sampled_from(Slip), max_size=3).map(tuple),
        ),
        max_size=4,
        unique_by=lambda one: one.id,
    ).map(tuple),
    sheets=st.lists(
        st.builds(SheetFact, st.integers(1, 99), st.just("单"), DAY, st.sampled_from(Rung)),
        max_size=4,
        unique_by=lambda one: one.id,
    ).map(tuple),
    awards=st.lists(
        st.builds(EntryFact, st.integers(1, 99), st.sampled_from(["b0", "b1"]), st.just("有功"), PRICE),
        max_size=4,
        unique_by=lambda one: one.id,
    ).map(tuple),
)


@st.composite
def items(draw: st.DrawFn, key: str) -> Item:
    floor, base, points = sorted(draw(st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=3)))
    prices = {name: draw(PRICE) for name in ("on_time", "late", "missing", "returned")}
    return Item(
        *(key, key, "三", points, base, floor),
        weight=draw(st.sampled_from([D(1), D("0.35"), D("2.5")])),
        duties=draw(st.sampled_from([frozenset[str](), frozenset({"yuecha"})])),
        findings={slip: draw(PRICE) for slip in Slip},
        sheets={rung: draw(PRICE) for rung in Rung},
        **prices,
    )


@st.composite
def rule_sets(draw: st.DrawFn, since: date = date(2023, 1, 1)) -> RuleSet:
    spurs = draw(st.lists(st.sampled_from(Spur), min_size=2, max_size=2))
    bonuses = tuple(Bonus(f"b{n}", f"b{n}", "四", draw(PRICE), spur) for n, spur in enumerate(spurs))
    named = tuple(draw(items(key)) for key in draw(st.permutations(["甲", "乙", "丙"]))[:2])
    return RuleSet(since, str(since), named, BANDS, bonuses, draw(PRICE))


@given(rule_sets(), rule_sets(date(2023, 7, 1)), FACTS)
def test_the_lines_add_up_and_never_go_below_the_floors_or_above_full_marks_and_bonuses(
    first: RuleSet, second: RuleSet, facts: UnitFacts
) -> None:
    found = result(facts, first, second)
    assert Fraction(found.total) == sum(Fraction(line.points) for line in found.lines)
    for item in first.items:
        here = sum(Fraction(line.points) for line in found.lines if line.item == item.key)
        assert Fraction(item.floor) * Fraction(item.weight) <= here
        assert here <= Fraction(item.points) * Fraction(item.weight)
    top = sum(Fraction(item.points) * Fraction(item.weight) for item in first.items)
    assert found.total >= 0
    assert Fraction(found.total) <= top + Fraction(first.bonus_most)


@given(rule_sets(), FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_makes_no_difference(rules: RuleSet, facts: UnitFacts, chance: Random) -> None:
    def mixed(some: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(some, len(some)))

    names = ("owed", "findings", "sheets", "awards")
    turned = replace(facts, **{name: mixed(getattr(facts, name)) for name in names})
    assert result(turned, rules) == result(facts, rules)


@given(rule_sets(), rule_sets(date(2023, 7, 1)), FACTS)
def test_rules_that_come_later_never_regrade_what_opened_before_them(
    first: RuleSet, later: RuleSet, facts: UnitFacts
) -> None:
    before = later.since - timedelta(days=1)

    def earlier(some: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(replace(one, opened=min(one.opened, before)) for one in some)

    names = ("owed", "findings", "sheets")
    past = replace(facts, **{name: earlier(getattr(facts, name)) for name in names})
    assert result(past, first, later) == result(past, first)


@given(rule_sets(), rule_sets(date(2023, 7, 1)), FACTS)
def test_beside_later_things_the_earlier_ones_keep_their_lines(
    first: RuleSet, later: RuleSet, facts: UnitFacts
) -> None:
    clamps = (LineKind.FLOOR, LineKind.FULL, LineKind.BONUS, LineKind.BONUS_FULL)

    def lines(*sets: RuleSet) -> list[object]:
        opened = {f"obligation/{one.id}": one.opened for one in facts.owed}
        kept = (line for line in result(facts, *sets).lines if line.kind not in clamps)
        return [line for line in kept if line.about in opened and opened[line.about] < later.since]

    assert lines(first, later) == lines(first)


# Points in print


@pytest.mark.parametrize(
    ("points", "said"), [("2.50", "2.5"), ("100", "100"), ("-0.00", "0"), ("0.07", "0.07"), ("1E+2", "100")]
)
def test_points_are_written_exactly(points: str, said: str) -> None:
    assert points_text(D(points)) == said


def test_what_is_added_carries_its_sign() -> None:
    assert [signed_text(D(one)) for one in ("2.0", "0", "-1.50")] == ["+2", "0", "-1.5"]
