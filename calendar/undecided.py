"""What a drafted plan leaves open: 待定 stands where the office must decide, and no plan is taken with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .faults import Place

UNDECIDED = "待定"
# Words for people: a meeting's place may well be undecided for a while, and nothing is reckoned from it.
_FREE = frozenset({"note", "place", "ask", "text"})
_EXPECTED = {
    "due": "日期短语，如“03-22”“day 25”“正月初八”",
    "kind": "多久一次，如 once、monthly、event",
    "audience": "由谁做（audiences 中的键）",
    "audiences": "由谁做，至少写一个",
    "units": "名册中的单位名称",
    "kinds": "单位类别，如 村、社区、部门",
    "year": "四位数的年份",
    "reason": "不列为任务的理由，或者改写成任务",
}


def undecided(values: object, place: Place = ()) -> Iterator[Fault]:
    """Give a fault for every 待定 in the values of a plan file, in the order of the file."""
    if isinstance(values, dict):
        for key, value in cast("dict[str, Any]", values).items():
            if key not in _FREE:
                yield from undecided(value, (*place, key))
    elif isinstance(values, list):
        for n, value in enumerate(cast("list[Any]", values)):
            yield from undecided(value, (*place, n))
    elif values == UNDECIDED:
        name = next((part for part in reversed(place) if isinstance(part, str)), "")
        message = "草稿里这一处还没有定，方案不能采用"
        yield Fault(place, message, _EXPECTED.get(name, "定下来的内容"), f"“{UNDECIDED}”")


def covers(open_: list[Fault], place: Place) -> bool:
    """Tell whether what is wrong at a place is only that it, or what holds it, is still open."""
    return any(place[: len(fault.place)] == fault.place for fault in open_)
