"""What a changed plan says to each unit that it concerns: which dates move, what is new, what is off."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..obligations.moments import in_words
from .addressed import Letter
from .plan_fates import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .plan_fates import Change, PlanDiff

MOST = 12  # items in one letter; a monthly duty that moves in January has eleven more


def letters(found: PlanDiff, why: str, now: datetime) -> Mapping[int, Letter]:
    """Give a letter for each unit, by its number, about what changes for it; none for what does not."""
    said: dict[int, list[str]] = defaultdict(list)
    for one in found.changes:
        for units, text in _said(one):
            for unit_id in units:
                said[unit_id].append(text)
    # Going back and forth between two revisions is said each time.
    about, mark = f"plan/{found.slug}", f"{found.year}-{found.to}-{now:%Y%m%d%H%M%S}"
    subject = f"方案调整：{found.title}"
    head = f"《{found.title}》{found.year}年的安排有调整（{why.strip().rstrip('。')}），与贵单位有关的如下："
    return {
        unit_id: Letter(about, mark, subject, "\n".join([head, *_numbered(items), _FOOT]))
        for unit_id, items in said.items()
    }


_FOOT = "已经下达的事项不变。"


def _numbered(items: list[str]) -> Iterator[str]:
    yield from (f"{number}．{text}" for number, text in enumerate(items[:MOST], 1))
    if len(items) > MOST:
        yield f"另有{len(items) - MOST}项，请点开链接查看全年日历。"


def _said(one: Change) -> Iterator[tuple[frozenset[int], str]]:
    """Give who is told what of one change; of other words the reminder itself will tell."""
    if one.kind != "round":
        return
    if one.gains:
        due = one.after.get("due_at")
        yield one.gains, f"新增“{one.title}”{f'，{in_words(due)}前报送' if due else ''}。"
    if one.loses:
        yield one.loses, f"“{one.title}”不再要求贵单位报送。"
    was, then = one.before.get("due_at"), one.after.get("due_at")
    if one.fate is Fate.MOVES and was is not None and then is not None and was != then:
        yield one.asked - one.gains, f"“{one.title}”的截止时间由{in_words(was)}改为{in_words(then)}。"
