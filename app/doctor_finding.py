"""What a check of ``duban doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass

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
    return Finding("✓", item, state)


def doubtful(item: str, state: str, remedy: str) -> Finding:
    """Give a row for what works but should be looked at."""
    return Finding("！", item, state, remedy)


def wrong(item: str, state: str, remedy: str) -> Finding:
    """Give a row for what keeps the program from its work."""
    return Finding("✗", item, state, remedy)


def few(names: list[str]) -> str:
    """Give the first few names, and how many there are if that is not all."""
    return "、".join(names[:FEW]) + (f"等{len(names)}个" if len(names) > FEW else "")
