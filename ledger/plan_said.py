"""A plan's change in words, as the desk and the pages show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations.moments import SHANGHAI, in_words
from .plan_fates import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from .plan_fates import Change

HEADINGS = {
    Fate.OPENS: "新增",
    Fate.MOVES: "改期",
    Fate.REWORDED: "改内容",
    Fate.CLOSES: "取消",
    Fate.STAYS: "不改动",
    Fate.SETTLES: "日期不变，不再暂定",
}
_DATES = {
    "opens_at": "下达",
    "due_at": "截止",
    "locks_at": "截止补报",
    "starts_at": "开始",
    "ends_at": "结束",
}
_COLUMNS = {
    "title": "名称",
    "name": "名称",
    "audience": "受众",
    "form": "填报项",
    "ask": "报送要求",
    "emphasis": "重点",
    "clause": "依据条款",
    "receiver": "报送至",
    "urgent": "是否紧急",
    "source": "日期由谁定",
}


def said(one: Change) -> str:
    """Give what becomes of a round or stretch: its dates from → to, what else changes, and why."""
    return "；".join(_parts(one))


def _parts(one: Change) -> Iterator[str]:
    for name, label in _DATES.items():
        if name in one.before and name in one.after:
            yield f"{label} {_at(one.before[name])} → {_at(one.after[name])}"
        elif name in one.after and one.after[name] is not None and name != "opens_at":
            yield f"{label} {_at(one.after[name])}"
        elif name in one.before and not one.after and one.before[name] is not None:
            yield f"原定{label} {_at(one.before[name])}"
    if "cues" in one.after and not {*_DATES} & {*one.after}:
        yield f"提醒 {_days(one.before['cues'])} → {_days(one.after['cues'])}"
    changed = dict.fromkeys(label for name, label in _COLUMNS.items() if name in one.before)
    if changed:
        yield f"{'、'.join(changed)}有改动"
    if one.why:
        yield one.why


def _at(at: datetime | None) -> str:
    return in_words(at) if at else "不定"


def _days(moments: Sequence[datetime]) -> str:
    local = [at.astimezone(SHANGHAI) for at in moments]
    return "、".join(dict.fromkeys(f"{at.month}月{at.day}日" for at in local)) or "无"
