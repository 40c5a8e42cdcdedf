"""What counts in an appraisal: obligations, findings, sheets, bonuses and vetoes of one unit in one period.

Each is judged as the book knew it at the moment on which the appraisal rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from .appraisal_periods import Period, counted_in, holding
from .appraisal_rules import NOUGHT, Fate, Slip
from .facts import effective_due, known
from .findings import StepKind, standing_of
from .outcome import standing
from .words import Rung, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .facts import ObligationFacts
    from .findings import Step


@dataclass(frozen=True, slots=True)
class OwedFact:
    """An obligation that counts in the period; ``opened`` is the local day on which its round opened.

    ``returns`` is how often it was returned for a fault of substance.
    """

    id: int
    duty: str
    title: str
    opened: date
    fate: Fate
    returns: int = 0


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A finding that counts in the period: what went wrong with it; nothing, if all went well."""

    id: int
    title: str
    opened: date
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetFact:
    """A sheet of the ladder issued in the period; ``opened`` is the day on which its matter was."""

    id: int
    title: str
    opened: date
    rung: Rung


@dataclass(frozen=True, slots=True)
class EntryFact:
    """A bonus that the office entered, or a veto that was signed; ``key`` names it in the rules."""

    id: int
    key: str
    why: str
    points: Decimal = NOUGHT


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """All that counts for one unit in one period."""

    owed: tuple[OwedFact, ...] = ()
    findings: tuple[FindingFact, ...] = ()
    sheets: tuple[SheetFact, ...] = ()
    awards: tuple[EntryFact, ...] = ()
    vetoes: tuple[EntryFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Which thing it is: its number, its title for people, and the local day on which it opened."""

    id: int
    title: str
    opened: date


def owed_fact(
    named: Named, duty: str, facts: ObligationFacts, period: Period, as_of: datetime
) -> OwedFact | None:
    """Give an obligation as it counts in a period; None when it does not, exempt and undue ones among them.

    What was returned for a fault of substance and not corrected by ``as_of`` is missing, but late while the
    office's own limit for the correction runs.
    """
    if facts.due_at is None or _counted_in(period, facts, facts.due_at) != period:
        return None
    seen = known(facts, as_of)
    fate = _fate(seen, as_of)
    returns = sum(one.verdict is Verdict.RETURNED and one.material for one in seen.submissions)
    return None if fate is None else OwedFact(named.id, duty, named.title, named.opened, fate, returns)


def _counted_in(period: Period, facts: ObligationFacts, due: datetime) -> Period:
    if not facts.extensions:
        return holding(period.kind, due)
    return counted_in(period.kind, due, lambda at: effective_due(known(facts, at)) or due)


def _fate(seen: ObligationFacts, as_of: datetime) -> Fate | None:
    here = standing(seen, as_of)
    if here.state is State.EXEMPT:
        return None
    if here.credited_at is not None:
        return Fate.ON_TIME if here.overdue_by is None else Fate.LATE
    if here.overdue_by is None:
        return None
    last = seen.submissions[-1:]
    corrects = last and last[0].correct_by is not None and as_of <= last[0].correct_by
    return Fate.LATE if corrects else Fate.MISSING


def finding_fact(named: Named, steps: Sequence[Step], period: Period, as_of: datetime) -> FindingFact | None:
    """Give a finding as it counts in a period; None when it does not. ``steps`` are all, in their order.

    Whether it was rectified in time counts in the period of its limit, each recurrence in its own. What was
    found to be none (查否) does not count.
    """
    first, *rest = [step for n, step in enumerate(steps) if not n or step.at <= as_of]
    here = standing_of([first, *rest])
    if here.refuted:
        return None
    due = counted_in(
        period.kind,
        first.until or first.at,
        lambda at: standing_of([first, *(step for step in rest if step.at <= at)]).due_at,
    )
    slips: list[Slip] = []
    if due == period:
        slips += [Slip.OPEN] if here.overdue(as_of) else [Slip.LATE] if here.late else []
    slips += [
        Slip.REOPENED
        for step in rest
        if step.kind is StepKind.REOPENED and period.starts_at <= step.at <= period.ends_at
    ]
    return FindingFact(named.id, named.title, named.opened, tuple(slips)) if due == period or slips else None
