"""How much of documents a draft finds: ``python -m bench draft``. Not of speed, and no chance in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duban.calendar.drafting.actors import split_names
from duban.calendar.drafting.duties import draft
from duban.calendar.drafting.text import folded
from duban.calendar.expansion import expand
from duban.calendar.loader import PLANS, load
from duban.calendar.workdays import Workdays

if TYPE_CHECKING:
    from datetime import date

    from duban.calendar.drafting.found import Found
    from duban.calendar.plan import Duty, Plan

    from .report import Options

TESTS = Path(__file__).parents[1] / "tests" / "drafting"
# The hand-made plans say of a recurrence that the document gives it, and not its day, in these words.
_SAID = ("”是文件写的", "“每季度一次”是文件写的")


def run(_options: Options) -> None:
    """Print what the drafts of the three seeds lack beside the hand-made plans."""
    workdays = Workdays.load()
    print("\ndraft: the three seeds beside the hand-made plans")
    for path in sorted((TESTS / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        plan = load(PLANS / f"{path.stem}.yaml").plan
        found = draft(text)
        wanted, units = days_of(plan, workdays), units_of(plan, text)
        missed = sorted(wanted - days_found(found))
        unasked = sorted(unit for unit in units if not any(alike(unit, one) for one in units_found(found)))
        rhythms = {one for one in rhythms_of(plan) if one not in {duty.when.kind for duty in found.duties}}
        print(f"  {path.stem}: dates {len(wanted) - len(missed)}/{len(wanted)}, ", end="")
        print(f"recurrences {len(rhythms_of(plan)) - len(rhythms)}/{len(rhythms_of(plan))}, ", end="")
        print(f"senders {len(units) - len(unasked)}/{len(units)}")
        for what in (*map(str, missed), *sorted(rhythms), *unasked):
            print(f"    missing: {what}")


def days_of(plan: Plan, workdays: Workdays) -> set[date]:
    """Give every day of a hand-made plan that the document itself gives, in the plan's own year."""
    opened = expand(plan, plan.year, workdays)
    named = {one.key: one for one in (*plan.phases, *plan.windows)}
    days: set[date] = set()
    for stretch in opened.stretches:
        written = named[stretch.key]
        for when, at in ((written.starts, stretch.starts_at), (written.ends, stretch.ends_at)):
            if (when.source or written.source) == "document":
                days.add(at.date())
    for one in opened.rounds:
        duty = next(duty for duty in plan.duties if duty.key == one.duty)
        if one.due_at and _due_is_said(duty):
            days.add(one.due_at.date())
    return days


def _due_is_said(duty: Duty) -> bool:
    return ((duty.due and duty.due.source) or duty.source) == "document"


def rhythms_of(plan: Plan) -> set[str]:
    """Give the recurrences that the document gives without a day."""
    return {
        duty.kind
        for duty in plan.duties
        if any(words in duty.note for words in _SAID) and duty.kind != "window"
    }


def units_of(plan: Plan, text: str) -> set[str]:
    """Give the units of the hand-made plan's duties that the document names in so many words."""
    asked = {plan.audiences[duty.audience].name for duty in plan.duties}
    names = {name for one in asked for name in split_names(folded(one))}
    return {name for name in names if name in folded(text)}


def days_found(found: Found) -> set[date]:
    """Give every civil day of a draft."""
    days: set[date] = set()
    for one in found.duties:
        days.update(day for day in (one.when.day, one.when.first, *one.when.days) if day)
    for one in found.stretches:
        days.update((one.first, one.last))
    return days


def units_found(found: Found) -> set[str]:
    """Give every unit that a draft asks something of."""
    return {name for one in found.duties for name in one.who}


def alike(one: str, other: str) -> bool:
    """Tell whether two names are of the same unit: 各派出所 and 派出所, 应急管理岗 and 镇应急管理岗."""
    bare, beside = (name.removeprefix("各").removeprefix("镇").removeprefix("县") for name in (one, other))
    return bare in beside or beside in bare
