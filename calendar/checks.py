"""What a plan must satisfy besides its types: names that exist, unique keys, audiences that can select."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .checks_rules import faults_of_rules
from .faults import Fault, Place, nearest, one_of
from .phrases import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from .plan import Audience, Duty, FormField, Plan, Stretch

Faults = Iterator[Fault]
DATES = ("opens", "due", "locks", "starts", "ends")
_PERIODS: dict[str, dict[str, tuple[int, ...]]] = {
    "monthly": {f"{month:02d}": (month,) for month in range(1, 13)},
    "quarterly": {f"Q{n}": (3 * n - 2, 3 * n - 1, 3 * n) for n in (1, 2, 3, 4)},
    "half_yearly": {"H1": (1, 2, 3, 4, 5, 6), "H2": (7, 8, 9, 10, 11, 12)},
}
_WITH_MONTHS = (*_PERIODS, "weekly")
_WITH_OPTIONS = ("choice", "checklist")


def faults_of(plan: Plan) -> list[Fault]:
    """Give everything wrong with a plan that needs neither a year nor a roster to see."""
    found = [*_audiences(plan), *_keys(plan)]
    for n, duty in enumerate(plan.duties):
        found += _duty(plan, duty, ("duties", n))
    return [*found, *faults_of_rules(plan)]


def stretches_of(plan: Plan, kind: str) -> Sequence[Stretch]:
    """Give the phases or the windows of a plan; nothing for any other kind."""
    return {"phase": plan.phases, "window": plan.windows}.get(kind, [])


def _audiences(plan: Plan) -> Faults:
    for key, audience in plan.audiences.items():
        if not _selects(audience):
            expected = "kinds、tags、units 至少写一项，且不全在 except 中"
            yield Fault(("audiences", key), f"“{audience.name}”一个单位也选不出", expected)


def _selects(audience: Audience) -> bool:
    return bool(audience.kinds or audience.tags or set(audience.units) - set(audience.except_))


def _keys(plan: Plan) -> Faults:
    stretches = [
        ((section, n), stretch)
        for section, listed in (("phases", plan.phases), ("windows", plan.windows))
        for n, stretch in enumerate(listed)
    ]
    yield from _twice(stretches, "阶段或时段")
    yield from _twice(((("duties", n), duty) for n, duty in enumerate(plan.duties)), "任务")


def _twice(keyed: Iterable[tuple[Place, Stretch | Duty]], what: str) -> Faults:
    names: dict[str, str] = {}
    for place, one in keyed:
        if one.key in names:
            expected = f"另一个键，“{names[one.key]}”已用了它"
            yield Fault((*place, "key"), f"两个{what}用了同一个键", expected, f"“{one.key}”")
        names.setdefault(one.key, one.name)


def _duty(plan: Plan, duty: Duty, place: Place) -> Faults:
    for name in ("audience", "lead"):
        yield from _known((*place, name), getattr(duty, name), plan.audiences, "受众")
    yield from _stretch_names(plan, duty, place)
    yield from _dates(duty, place)
    yield from _variations(plan, duty, place)
    yield from _form(duty.form, (*place, "form"))


def _known(place: Place, name: str | None, known: Collection[str], what: str) -> Faults:
    if name is not None and name not in known:
        yield Fault(place, f"没有这个{what}", one_of(known), f"“{name}”", nearest(name, known))


def _stretch_names(plan: Plan, duty: Duty, place: Place) -> Faults:
    every = [stretch.key for stretch in (*plan.phases, *plan.windows)]
    yield from _known((*place, "within"), duty.within, every, "阶段或时段")
    if duty.months and duty.kind not in _WITH_MONTHS:
        expected = f"kind 为 {'、'.join(_WITH_MONTHS)}"
        yield Fault((*place, "months"), "这种任务不能写 months", expected, f"kind: {duty.kind}", on_key=True)
    if duty.kind in ("phase", "window"):
        yield from _owners(plan, duty, place)
    elif duty.of:
        yield Fault(
            (*place, "of"), "这种任务不能写 of", "kind 为 phase 或 window", f"kind: {duty.kind}", on_key=True
        )


def _owners(plan: Plan, duty: Duty, place: Place) -> Faults:
    known = [stretch.key for stretch in stretches_of(plan, duty.kind)]
    if not known:
        yield Fault((*place, "kind"), f"方案没有写 {duty.kind}s，任务无处可挂", f"先写 {duty.kind}s")
        return
    for n, key in enumerate(duty.of):
        yield from _known((*place, "of", n), key, known, "阶段" if duty.kind == "phase" else "时段")


def _dates(duty: Duty, place: Place) -> Faults:
    if duty.kind == "event":
        return
    dated = [((name,), getattr(duty, name)) for name in DATES]
    dated += [
        (("vary", key, name), getattr(one, name, None)) for key, one in duty.vary.items() for name in DATES
    ]
    for under, when in dated:
        if when is not None and parse(when.on).needs == "event":
            message = "只有即时任务（kind: event）才能从 event 起算"
            yield Fault((*place, *under), message, found=f"“{when.on}”")


def _variations(plan: Plan, duty: Duty, place: Place) -> Faults:
    known = _period_keys(plan, duty)
    for key, variation in duty.vary.items():
        here: Place = (*place, "vary", key)
        if key not in known:
            expected = one_of(known) if known else "不写 vary"
            hint = key.zfill(2) if key.zfill(2) in known else nearest(key, known)
            yield Fault(here, f"“{duty.name}”没有这一期", expected, f"“{key}”", hint, on_key=True)
        for name in ("audience", "lead"):
            yield from _known((*here, name), getattr(variation, name), plan.audiences, "受众")
        yield from _form(variation.form or [], (*here, "form"))


def _period_keys(plan: Plan, duty: Duty) -> list[str]:
    """Give the keys under which a duty may vary: those of the periods that it has."""
    months = _PERIODS.get(duty.kind, {})
    if months:
        return [key for key, covered in months.items() if not duty.months or set(covered) & set(duty.months)]
    keys = [stretch.key for stretch in stretches_of(plan, duty.kind)]
    return [key for key in keys if not duty.of or key in duty.of]


def _form(form: Sequence[FormField], place: Place) -> Faults:
    seen: set[str] = set()
    for n, field in enumerate(form):
        if field.key in seen:
            yield Fault((*place, n, "key"), "表单里两项用了同一个键", "不同的键", f"“{field.key}”")
        seen.add(field.key)
        yield from _field(field, (*place, n))


def _field(field: FormField, place: Place) -> Faults:
    if field.type in _WITH_OPTIONS and not field.options:
        yield Fault(place, f"“{field.label}”没有写 options", "至少一个选项")
    if field.type not in _WITH_OPTIONS and field.options:
        yield Fault(
            (*place, "options"), f"“{field.label}”不能写 options", "type 为 choice 或 checklist", on_key=True
        )
    if field.min is not None and field.max is not None and field.min > field.max:
        yield Fault(
            (*place, "min"), f"“{field.label}”的 min 大于 max", f"不大于{field.max:g}", f"{field.min:g}"
        )
