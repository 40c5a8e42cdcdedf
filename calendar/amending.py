"""What two revisions of a plan say differently of one duty, phase or window: why a date moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import Duty, Plan
    from .plan_base import When

_DATES = {
    "opens": "下达",
    "starts": "开始",
    "ends": "结束",
    "due": "截止",
    "locks": "截止补报",
}


def amended(old: Plan, new: Plan, kind: str, key: str) -> str:
    """Give the date phrases that differ in words, such as ``截止由“day 24”改为“day 20”``; empty for none.

    ``kind`` is round, phase or window; the phrases of a single period (``vary``) count as one.
    """
    was, then = (_phrases(plan, kind, key) for plan in (old, new))
    return "，".join(_differ(was, then)) if was and then else ""


def _differ(was: dict[str, str], then: dict[str, str]) -> Iterator[str]:
    for name, label in {**_DATES, "vary": "个别期次的日期"}.items():
        before, after = was.get(name, ""), then.get(name, "")
        if before == after:
            continue
        yield f"{label}有改动" if name == "vary" else f"{label}由{_said(before)}改为{_said(after)}"


def _said(phrase: str) -> str:
    return f"“{phrase}”" if phrase else "未写"


def _phrases(plan: Plan, kind: str, key: str) -> dict[str, str]:
    if kind == "round":
        duty = next((one for one in plan.duties if one.key == key), None)
        return {} if duty is None else _of_duty(plan, duty)
    stretches = plan.phases if kind == "phase" else plan.windows
    found = next((one for one in stretches if one.key == key), None)
    return {} if found is None else {"starts": _phrase(found.starts), "ends": _phrase(found.ends)}


def _of_duty(plan: Plan, duty: Duty) -> dict[str, str]:
    said = {name: _phrase(getattr(duty, name, None)) for name in _DATES}
    said["locks"] = said["locks"] or _phrase(plan.defaults.locks)
    varied = {
        period: [_phrase(getattr(one, name, None)) for name in _DATES] for period, one in duty.vary.items()
    }
    return said | {"vary": str(varied)}


def _phrase(when: When | None) -> str:
    if when is None:
        return ""
    return when.on if when.roll == "as_written" else f"{when.on}（{_ROLLS[when.roll]}）"


_ROLLS = {"previous_workday": "遇休息日提前", "next_workday": "遇休息日顺延"}
