"""The dates of a drafted duty in YAML, and the windows that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..undecided import UNDECIDED
from .moments import phrase_of
from .yaml_text import flow, scalar

if TYPE_CHECKING:
    from datetime import date

    from .found import FoundDuty, When
    from .pen import Pen


def dates_of(pen: Pen, duty: FoundDuty) -> list[str]:
    """Give the lines that say when a duty is owed; 待定 where the document leaves it open."""
    when = duty.when
    if when.open_:
        return [*_within(pen, duty), f"    due: {UNDECIDED}"]
    if when.kind == "phase":
        return [f"    of: {flow(when.stretches)}"]
    if when.kind == "window":
        return [f"    of: {flow(_windows(pen, duty))}"]
    moon = when.lunar[0] if when.lunar and when.day and when.day.year == pen.year else ""
    phrase = when.due or (phrase_of(when.day, pen.year, when.clock, moon) if when.day else UNDECIDED)
    within = _within(pen, duty)
    due = f"    due: {scalar(phrase) if phrase[0].isalpha() else phrase}"
    return [*within, *_opens(pen, when), due]


def _within(pen: Pen, duty: FoundDuty) -> list[str]:
    """Keep what recurs to the stretch in which the document asks it."""
    when = duty.when
    if when.kind not in ("weekly", "monthly", "quarterly", "half_yearly"):
        return []
    if when.stretches:
        return [f"    within: {when.stretches[0]}"]
    return [f"    within: {_add_window(pen, *when.during, duty.clause)}"] if when.during else []


def _opens(pen: Pen, when: When) -> list[str]:
    """Open what is due before the plan's own year on the document's day, or on the day itself."""
    if when.day is None or when.day.year >= pen.year:
        return []
    dated = pen.found.structure.dated
    opened = dated if dated and dated <= when.day else when.day
    return [f"    opens: {{on: {phrase_of(opened, pen.year)}, source: local}}"]


def _windows(pen: Pen, duty: FoundDuty) -> list[str]:
    """Write the windows of a duty, one for a stretch or one for each day of a list, and give their keys."""
    when = duty.when
    spans = [(day, day) for day in when.days] or ([(when.first or when.day, when.day)] if when.day else [])
    return [
        _add_window(pen, first, last, duty.clause, when.lunar[n] if n < len(when.lunar) else "")
        for n, (first, last) in enumerate(spans)
    ]


def _add_window(pen: Pen, first: date, last: date, clause: str, moon: str = "") -> str:
    key = f"rizi-{len(pen.windows) + 1}"
    name = f"{first.month}月{first.day}日" + (f"至{last.month}月{last.day}日" if last != first else "")
    lunar = moon if first.year == pen.year else ""
    starts, ends = (phrase_of(day, pen.year, lunar=lunar) for day in (first, last))
    pen.windows.append(window_line(key, name, starts, ends, clause))
    return key


def window_line(key: str, name: str, starts: str, ends: str, clause: str) -> str:
    """Give a stretch of the document on one line."""
    days = f"starts: {starts}, ends: {ends}"
    return f"  - {{key: {key}, name: {scalar(name)}, {days}, clause: {scalar(clause)}, source: document}}"
