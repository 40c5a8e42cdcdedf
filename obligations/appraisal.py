"""The appraisal of one unit in one period: every point is a line that says why, and the lines add up.

Pure and exact. A thing costs what the set in force when it opened says; what a period is out of, its frame
says (``appraisal_rules.frame``). The order of the facts makes no difference.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from .appraisal_rules import (
    NOUGHT,
    Band,
    Bonus,
    Fate,
    Item,
    RuleSet,
    Spur,
    frame,
    in_force,
    points_text,
)
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from .appraisal_facts import FindingFact, OwedFact, UnitFacts
    from .appraisal_periods import Period


class LineKind(Word):
    """What a line of the result is; lines of an item stand in this order."""

    BASE = "base", "起评分"
    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "漏报"
    RETURNED = "returned", "退回"
    FINDING = "finding", "隐患"
    SHEET = "sheet", "督办"
    FLOOR = "floor", "扣完为止"
    FULL = "full", "计满为止"
    BONUS = "bonus", "加分"
    BONUS_FULL = "bonus_full", "加满为止"
    VETO = "veto", "一票否决"


@dataclass(frozen=True, slots=True)
class Line:
    """Some points, plus or minus, and where they come from.

    ``about`` is ``obligation/12``, ``finding/3``, ``sheet/9``, ``entry/4`` or empty; ``rules`` the digest of
    the set that says so.
    """

    item: str
    name: str
    kind: LineKind
    points: Decimal
    why: str
    clause: str
    about: str
    rules: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a unit's appraisal comes to; ``total`` is the sum of the lines."""

    lines: tuple[Line, ...]
    total: Decimal
    grade: Band
    rules: str


@dataclass(frozen=True, slots=True)
class _Charge:
    """What one thing adds to an item before its weight; ``sort`` keeps the lines in one order."""

    kind: LineKind
    points: Decimal
    why: str
    about: str
    rules: RuleSet
    sort: tuple[int, int]
    clause: str


def appraise(sets: Sequence[RuleSet], period: Period, facts: UnitFacts) -> Result | None:
    """Give the result of a unit in a period; None when there were no rules in it.

    ``sets`` are all that were adopted, in any order. What opened before the first of them does not count.
    """
    whole = frame(sets, period.first, period.last)
    if whole is None:
        return None
    facts = _under_rules(sets, facts)
    charges = _charges(sets, facts)
    lines = [line for item in whole.items for line in _of_item(whole, item, charges[item.key])]
    lines += _bonuses(whole, facts)
    vetoes = _vetoes(whole, facts)
    total = sum((line.points for line in lines), NOUGHT)
    return Result((*lines, *vetoes), total, whole.grade(total, vetoed=bool(vetoes)), whole.digest)


def _under_rules(sets: Sequence[RuleSet], facts: UnitFacts) -> UnitFacts:
    """Leave out what opened before there were rules: it earns nothing and spoils nothing."""
    return replace(
        facts,
        owed=tuple(one for one in facts.owed if in_force(sets, one.opened)),
        findings=tuple(one for one in facts.findings if in_force(sets, one.opened)),
    )


def _charges(sets: Sequence[RuleSet], facts: UnitFacts) -> dict[str, list[_Charge]]:
    """Give what everything costs, by item, under the rules that it opened under."""
    found: dict[str, list[_Charge]] = defaultdict(list)
    for one in facts.owed:
        for rules, item in _priced(sets, one.opened):
            if item.counts(one.duty):
                found[item.key] += _of_owed(rules, item, one)
    for one in facts.findings:
        for rules, item in _priced(sets, one.opened):
            found[item.key] += _of_finding(rules, item, one)
    for one in facts.sheets:
        for rules, item in _priced(sets, one.opened):
            price = item.sheets.get(one.rung, NOUGHT)
            found[item.key] += _charge(
                rules, item, LineKind.SHEET, (-price, one.title, f"sheet/{one.id}", (one.id, 0))
            )
    return found


def _priced(sets: Sequence[RuleSet], opened: date) -> Iterable[tuple[RuleSet, Item]]:
    rules = in_force(sets, opened)
    return [(rules, item) for item in rules.items] if rules else []


def _charge(
    rules: RuleSet, item: Item, kind: LineKind, said: tuple[Decimal, str, str, tuple[int, int]]
) -> list[_Charge]:
    points, why, about, sort = said
    return [_Charge(kind, points, why, about, rules, sort, item.clause)] if points else []


def _of_owed(rules: RuleSet, item: Item, one: OwedFact) -> list[_Charge]:
    about = f"obligation/{one.id}"
    points = {Fate.ON_TIME: item.on_time, Fate.LATE: -item.late, Fate.MISSING: -item.missing}[one.fate]
    said = (points, f"{one.title}，{one.fate.zh}", about, (one.id, 0))
    again = f"，因实质性问题退回{one.returns}次" if one.returns > 1 else "，因实质性问题退回"
    back = (-item.returned * one.returns, f"{one.title}{again}", about, (one.id, 0))
    return [
        *_charge(rules, item, LineKind(one.fate.value), said),
        *_charge(rules, item, LineKind.RETURNED, back),
    ]


def _of_finding(rules: RuleSet, item: Item, one: FindingFact) -> list[_Charge]:
    return [
        charge
        for n, slip in enumerate(one.slips)
        for charge in _charge(
            *(rules, item, LineKind.FINDING),
            (-item.findings.get(slip, NOUGHT), f"{one.title}，{slip.zh}", f"finding/{one.id}", (one.id, n)),
        )
    ]


def _of_item(whole: RuleSet, item: Item, charges: Sequence[_Charge]) -> list[Line]:
    """Give the lines of an item, the last of which brings it back to its floor or its full marks."""
    order = list(LineKind)
    ordered = sorted(charges, key=lambda one: (order.index(one.kind), *one.sort))
    reached = item.base + sum((one.points for one in ordered), NOUGHT)
    full = points_text(item.points)
    weighed = "" if item.weight == 1 else f"，权重{points_text(item.weight)}"
    lines = [_line(whole, item, LineKind.BASE, item.base, f"满分{full}分{weighed}")]
    lines += [
        Line(
            *(item.key, item.name, one.kind, one.points * item.weight, one.why, one.clause, one.about),
            rules=one.rules.digest,
        )
        for one in ordered
    ]
    if reached < item.floor:
        said = f"最低{points_text(item.floor)}分，扣完为止，多扣的不计"
        lines.append(_line(whole, item, LineKind.FLOOR, item.floor - reached, said))
    if reached > item.points:
        said = f"满分{full}分，计满为止，多得的不计"
        lines.append(_line(whole, item, LineKind.FULL, item.points - reached, said))
    return lines


def _line(whole: RuleSet, item: Item, kind: LineKind, points: Decimal, why: str) -> Line:
    return Line(item.key, item.name, kind, points * item.weight, why, item.clause, "", whole.digest)


def _bonuses(whole: RuleSet, facts: UnitFacts) -> list[Line]:
    lines = [line for bonus in whole.bonuses for line in _of_bonus(whole, bonus, facts)]
    if (given := sum((line.points for line in lines), NOUGHT)) > whole.bonus_most:
        said = f"加分合计不超过{points_text(whole.bonus_most)}分"
        over = whole.bonus_most - given
        lines.append(Line("bonus", "加分", LineKind.BONUS_FULL, over, said, "", "", whole.digest))
    return lines


def _of_bonus(whole: RuleSet, bonus: Bonus, facts: UnitFacts) -> list[Line]:
    def line(kind: LineKind, points: Decimal, why: str, about: str = "") -> Line:
        return Line(bonus.key, bonus.name, kind, points, why, bonus.clause, about, whole.digest)

    if bonus.spur is not Spur.ENTERED:
        return [line(LineKind.BONUS, bonus.points, bonus.spur.zh)] if _earned(bonus.spur, facts) else []
    awards = sorted((one for one in facts.awards if one.key == bonus.key), key=lambda one: one.id)
    lines = [line(LineKind.BONUS, one.points, one.why, f"entry/{one.id}") for one in awards]
    if (given := sum((one.points for one in awards), NOUGHT)) > bonus.points:
        said = f"本项加分不超过{points_text(bonus.points)}分"
        lines.append(line(LineKind.BONUS_FULL, bonus.points - given, said))
    return lines


def _earned(spur: Spur, facts: UnitFacts) -> bool:
    """Tell whether the record shows it; where there was nothing to be good at, nothing is earned."""
    if spur is Spur.NO_OVERDUE:
        return bool(facts.owed) and all(one.fate is Fate.ON_TIME for one in facts.owed)
    return bool(facts.findings) and not any(one.slips for one in facts.findings)


def _vetoes(whole: RuleSet, facts: UnitFacts) -> list[Line]:
    return [
        Line(
            veto.key, veto.name, LineKind.VETO, NOUGHT, one.why, veto.clause, f"entry/{one.id}", whole.digest
        )
        for veto in whole.vetoes
        for one in sorted(facts.vetoes, key=lambda one: one.id)
        if one.key == veto.key
    ]
