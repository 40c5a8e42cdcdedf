"""When a round reminds: the plan's reminders as moments of one round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

from ..obligations.words import CueKind
from .dates import resolve
from .phrases import RuleError, parse
from .timing import fault_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .dates import Moment, Scope
    from .faults import Fault, Place
    from .phrases import Rule
    from .plan import Reminder
    from .workdays import Workdays

CUE_TIME = time(9)
_RANK = (CueKind.OPENING, CueKind.DUE, CueKind.UPCOMING, CueKind.OVERDUE)


@dataclass(frozen=True, slots=True)
class CueSpec:
    """A moment at which a round reminds (Asia/Shanghai)."""

    at: datetime
    kind: CueKind
    urgent: bool


def cues(
    reminders: Sequence[tuple[Place, Reminder]], scope: Scope, workdays: Workdays, *, urgent: bool
) -> tuple[tuple[CueSpec, ...], list[Fault]]:
    """Give the cues of a round in order of time, and what is wrong with the reminders that give none.

    A reminder without an hour is at 09:00, or earlier where its date has an earlier hour. None is before the
    opening, when nothing is owed yet. Two at one moment are one: the more telling kind, urgent if either is.
    """
    found: dict[datetime, CueSpec] = {}
    faults: list[Fault] = []
    for place, reminder in reminders:
        try:
            cue = _cue(parse(reminder.at), scope, workdays, urgent=urgent or reminder.urgent)
        except RuleError as wrong:
            faults.append(fault_of(wrong, place, reminder.at))
        else:
            found[cue.at] = _merged(found.get(cue.at, cue), cue)
    return tuple(found[at] for at in sorted(found)), faults


def _cue(rule: Rule, scope: Scope, workdays: Workdays, *, urgent: bool) -> CueSpec:
    due_at = scope.marks["due"].last()
    at = _at(rule, resolve(rule, scope, workdays))
    opens = scope.marks["opens"]
    if at < opens.first():
        at = opens.at(CUE_TIME) if opens.at(CUE_TIME) <= due_at else opens.first()
    return CueSpec(at, _kind(rule, at, due_at), urgent)


def _at(rule: Rule, moment: Moment) -> datetime:
    said = rule.clock or (rule.offset and rule.offset.unit == "hour")
    clock = moment.clock or CUE_TIME
    return replace(moment, clock=clock if said else min(clock, CUE_TIME)).first()


def _kind(rule: Rule, at: datetime, due_at: datetime) -> CueKind:
    if at > due_at:
        return CueKind.OVERDUE
    if rule.needs == "opens":
        return CueKind.OPENING
    return CueKind.DUE if at.date() == due_at.date() else CueKind.UPCOMING


def _merged(one: CueSpec, other: CueSpec) -> CueSpec:
    kind = min(one.kind, other.kind, key=_RANK.index)
    return CueSpec(one.at, kind, one.urgent or other.urgent)
