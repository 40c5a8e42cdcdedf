"""What a check of ``duban doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, DOUBTFUL, WRONG = "✓", "！", "✗"
FEW = 5  # names shown before the rest is counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: the mark (✓ fine, ！ look at it, ✗ wrong), the item, how it stands, and what to do."""

    mark: str
    item: str
    state: str
    remedy: str = ""


def fine(item: str, state: str) -> Finding:
    """Give a row for what is as it should be."""
    return Finding(FINE, item, state)


def doubtful(item: str, state: str, remedy: str) -> Finding:
    """Give a row for what works but should be looked at."""
    return Finding(DOUBTFUL, item, state, remedy)


def wrong(item: str, state: str, remedy: str) -> Finding:
    """Give a row for what keeps the program from its work."""
    return Finding(WRONG, item, state, remedy)


def few(names: list[str]) -> str:
    """Give the first few names, and how many there are if that is not all."""
    return "、".join(names[:FEW]) + (f"等{len(names)}个" if len(names) > FEW else "")


def in_one_sentence(found: Sequence[Finding]) -> str:
    """Say whether everything is well; where it is not, how much, and the first of what is worst."""
    wrongs = [one for one in found if one.mark == WRONG]
    doubts = [one for one in found if one.mark == DOUBTFUL]
    if wrongs:
        return f"有{len(wrongs)}处需要处理，先看“{wrongs[0].item}”：{wrongs[0].state}。"
    if doubts:
        return f"运行正常，有{len(doubts)}处请留意，先看“{doubts[0].item}”：{doubts[0].state}。"
    return "一切正常。"
