"""What a plan's rules of supervising must satisfy: names that exist, sets in the order of their days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .checks_appraisal import faults_of_appraisal
from .faults import Fault, Place, nearest, one_of
from .plan import DECIDED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .plan import Duty, Plan
    from .rules_appraisal import AppraisalRules
    from .rules_gates import Gate
    from .rules_ladder import LadderRules

Faults = Iterator[Fault]
_ABOUT_DUTIES = ("received", "accepted")


def faults_of_rules(plan: Plan) -> Faults:
    """Give what is wrong with ladder, appraisal, watch and gates, which name duties and audiences."""
    duties = [duty.key for duty in plan.duties]
    yield from _in_order(plan.ladder, "ladder")
    yield from _in_order(plan.appraisal, "appraisal")
    for section in ("phases", "windows"):
        for n, stretch in enumerate(getattr(plan, section)):
            for edge in ("enter", "leave"):
                for number, gate in enumerate(getattr(stretch, edge)):
                    yield from _gate(gate, (section, n, edge, number), duties)
    yield from faults_of_appraisal(plan)
    yield from _twice([one.key for one in plan.watch], ("watch",))
    for n, duty in enumerate(plan.duties):
        yield from _duty(plan, duty, ("duties", n))


def _in_order(sets: Sequence[LadderRules | AppraisalRules], section: str) -> Faults:
    for n in range(1, len(sets)):
        if sets[n].since <= sets[n - 1].since:
            expected = f"晚于上一组的{sets[n - 1].since}"
            yield Fault((section, n, "since"), "各组规则须按起用日期先后排列", expected, f"{sets[n].since}")


def _gate(gate: Gate, place: Place, duties: Collection[str]) -> Faults:
    if gate.need in _ABOUT_DUTIES:
        if gate.duty is None:
            yield Fault((*place, "duty"), "须写明是哪一项任务", one_of(duties))
        else:
            yield from _known((*place, "duty"), gate.duty, duties, "任务")
    elif gate.duty is not None:
        yield Fault((*place, "duty"), "隐患的条件不写任务", "不写 duty", f"“{gate.duty}”", on_key=True)


def _twice(keys: Sequence[str], place: Place) -> Faults:
    for n, key in enumerate(keys):
        if key in keys[:n]:
            yield Fault((*place, n, "key"), "两项用了同一个键", "不同的键", f"“{key}”")


def _duty(plan: Plan, duty: Duty, place: Place) -> Faults:
    named: list[tuple[Place, str]] = [(("alert", n), key) for n, key in enumerate(duty.alert)]
    named += [(("inspection", "of"), duty.inspection.of)] if duty.inspection else []
    named += [(("lookback", "of"), duty.lookback.of)] if duty.lookback else []
    named += [(("night", "to"), duty.night.to)] if duty.night else []
    for inner, key in named:
        yield from _known((*place, *inner), key, plan.audiences, "受众")
    if duty.meeting:
        yield from _meeting(duty, (*place, "meeting"))
    if duty.key == DECIDED:
        yield Fault((*place, "key"), "这个键专用于会议议定事项", "别的键", f"“{duty.key}”")
    if duty.alert and duty.kind != "event":
        yield Fault(
            (*place, "alert"), "只有即时任务才写 alert", "kind: event", f"kind: {duty.kind}", on_key=True
        )
    if duty.night and duty.kind != "window":
        expected = "kind: window"
        yield Fault(
            (*place, "night"), "只有每时段的任务才写 night", expected, f"kind: {duty.kind}", on_key=True
        )


def _meeting(duty: Duty, place: Place) -> Faults:
    meeting = duty.meeting
    if meeting is None or meeting.convened == "units":
        return
    if duty.starts is None or duty.ends is None:
        expected = "starts: 日期和时刻，ends: 如 starts + 2 hours；各单位自行召开的写 convened: units"
        yield Fault(place, "办公室召集的会议须写明任务的 starts 和 ends", expected)
    if meeting.proposals is not None:
        keys = [field.key for field in duty.form]
        yield from _known((*place, "proposals"), meeting.proposals, keys, "填报项")


def _known(place: Place, name: str, known: Collection[str], what: str) -> Faults:
    if name not in known:
        yield Fault(place, f"没有这个{what}", one_of(known), f"“{name}”", nearest(name, known))
