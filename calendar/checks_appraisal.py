"""What a plan's rules of appraisal must satisfy: names that exist, points that can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from .faults import Fault, Place, nearest, one_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .plan import Plan
    from .rules_appraisal import AppraisalRules, Grades, Item

Faults = Iterator[Fault]


def faults_of_appraisal(plan: Plan) -> Faults:
    """Give what is wrong with the sets of rules of a plan's appraisal."""
    duties = [duty.key for duty in plan.duties]
    for n, rules in enumerate(plan.appraisal):
        place: Place = ("appraisal", n)
        for number, key in enumerate(rules.of):
            yield from _known((*place, "of", number), key, plan.audiences, "受众")
        for section in ("items", "bonus", "veto"):
            yield from _twice([one.key for one in getattr(rules, section)], (*place, section))
        for number, item in enumerate(rules.items):
            yield from _item(item, (*place, "items", number), duties)
        yield from _bonus(rules, place)
        if rules.grades:
            yield from _grades(rules, rules.grades, (*place, "grades"))
    yield from _periods(plan.appraisal)


def _item(item: Item, place: Place, duties: Collection[str]) -> Faults:
    for number, key in enumerate(item.duties):
        yield from _known((*place, "duties", number), key, duties, "任务")
    base = item.points if item.base is None else item.base
    if base > item.points:
        expected = f"不大于满分{item.points:f}"
        yield Fault((*place, "base"), f"“{item.name}”的起评分大于满分", expected, f"{base:f}")
    if item.floor > base:
        expected = f"不大于起评分{base:f}"
        yield Fault((*place, "floor"), f"“{item.name}”扣到几分为止，大于起评分", expected, f"{item.floor:f}")


def _bonus(rules: AppraisalRules, place: Place) -> Faults:
    if rules.bonus and not rules.bonus_most:
        yield Fault((*place, "bonus_most"), "有加分项，没有写加分合计的上限", "bonus_most: 几分")
    if rules.bonus_most and not rules.bonus:
        found = f"{rules.bonus_most:f}"
        yield Fault((*place, "bonus_most"), "没有加分项，不写加分上限", "不写 bonus_most", found, on_key=True)


def _grades(rules: AppraisalRules, grades: Grades, place: Place) -> Faults:
    full = sum(item.points * item.weight for item in rules.items)
    if grades.excellent > full:
        found = f"{grades.excellent:f}"
        yield Fault((*place, "excellent"), "优秀的分数线高于满分", f"不大于各项满分之和{full:f}", found)
    if not grades.excellent > grades.good > grades.qualified:
        found = f"{grades.excellent:f}、{grades.good:f}、{grades.qualified:f}"
        yield Fault(place, "优秀、良好、合格的分数线须从高到低", "依次降低", found, on_key=True)


def _periods(sets: Sequence[AppraisalRules]) -> Faults:
    for n in range(1, len(sets)):
        if sets[n].period != sets[n - 1].period and not begins_a_year(sets[n].since):
            expected = f"与上一组相同的{sets[n - 1].period}，或从某年1月1日起用"
            yield Fault(("appraisal", n, "period"), "考核周期只能从年初起改", expected, sets[n].period)


def begins_a_year(day: date) -> bool:
    """Tell whether a day is a first of January, from which alone appraisals may be of another period."""
    return (day.month, day.day) == (1, 1)


def _twice(keys: Sequence[str], place: Place) -> Faults:
    for n, key in enumerate(keys):
        if key in keys[:n]:
            yield Fault((*place, n, "key"), "两项用了同一个键", "不同的键", f"“{key}”")


def _known(place: Place, name: str, known: Collection[str], what: str) -> Faults:
    if name not in known:
        yield Fault(place, f"没有这个{what}", one_of(known), f"“{name}”", nearest(name, known))
