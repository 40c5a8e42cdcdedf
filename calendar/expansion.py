"""Expands a plan into the rounds, phases and windows of one year. Pure: the same inputs, the same year."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError
from .checks import stretches_of
from .cues import CueSpec, cues
from .faults import Fault, Place, PlanFault
from .periods import Period, Span, periods, whole_year
from .plan import FIRST_YEAR, LAST_YEAR
from .timing import dated, dates_of, disorder, moments, times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .dates import Moment, Scope
    from .plan import Duty, FormField, Meeting, Plan, Reminder, Stretch
    from .plan_base import Source, When
    from .timing import Dated
    from .workdays import Workdays

_FLOWS = {
    "weekly": "month", "monthly": "month", "quarterly": "quarter", "half_yearly": "year", "yearly": "year",
    "once": "year", "phase": "phase", "window": "window", "event": "window",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StretchSpec:
    """A phase or window of one year; its edges are the first and last second, Asia/Shanghai."""

    plan: str
    kind: str
    key: str
    name: str
    year: int
    starts_at: datetime
    ends_at: datetime
    provisional: bool
    source: str
    clause: str


@dataclass(frozen=True, slots=True)
class RoundSpec:
    """One duty in one period. Times are Asia/Shanghai; ``due_at`` is the last second that is on time."""

    plan: str
    duty: str
    period: str
    year: int
    name: str
    title: str
    kind: str
    flow: str
    opens_at: datetime
    due_at: datetime | None
    locks_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    provisional: bool
    source: str
    clause: str
    audience: str
    lead: str | None
    emphasis: str
    ask: str
    receiver: str
    urgent: bool
    meeting: Meeting | None
    form: tuple[FormField, ...]
    cues: tuple[CueSpec, ...]
    due_rule: When | None = None  # as the plan says it


@dataclass(frozen=True, slots=True)
class Year:
    """A plan's year: its stretches and rounds, each in order of time."""

    plan: Plan
    year: int
    stretches: tuple[StretchSpec, ...]
    rounds: tuple[RoundSpec, ...]


def expand(plan: Plan, year: int, workdays: Workdays) -> Year:
    """Give every stretch and round of a plan in a year.

    Raises :class:`PlanFault` with every date that cannot be, each at its place in the plan, and
    :class:`DubanError` for a year outside 1901 to 2099.
    """
    opened, faults = attempt(plan, year, workdays)
    if faults:
        raise PlanFault(faults)
    return opened


def attempt(plan: Plan, year: int, workdays: Workdays) -> tuple[Year, list[Fault]]:
    """Give as much of a year as can be, and what is wrong with the rest; the year is as for `expand`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DubanError(f"只能排出{FIRST_YEAR}年至{LAST_YEAR}年，不能排出{year}年")
    making = _Making(plan, year, workdays)
    spans = making.spans()
    rounds = [spec for n in range(len(plan.duties)) for spec in making.rounds(n, spans)]
    rounds.sort(key=lambda spec: (spec.due_at or spec.ends_at or spec.opens_at, spec.opens_at, spec.duty))
    stretches = sorted(making.stretches, key=lambda spec: spec.starts_at)
    return Year(plan, year, tuple(stretches), tuple(rounds)), _first_of_each(making.faults)


def _first_of_each(faults: list[Fault]) -> list[Fault]:
    """Keep one fault for each place: a monthly date that fails in five months is one thing to mend."""
    kept: dict[Place, Fault] = {}
    for fault in faults:
        kept.setdefault(fault.place, fault)
    return list(kept.values())


@dataclass(slots=True)
class _Making:
    """A year in the making, with what has been found wrong so far."""

    plan: Plan
    year: int
    workdays: Workdays
    stretches: list[StretchSpec] = field(default_factory=list[StretchSpec])
    faults: list[Fault] = field(default_factory=list[Fault])

    def spans(self) -> list[Span]:
        """Give the phases and windows that can be placed; their specs go to ``stretches``."""
        found: list[Span] = []
        for kind in ("phase", "window"):
            for n, stretch in enumerate(stretches_of(self.plan, kind)):
                if span := self._span(kind, stretch, (f"{kind}s", n)):
                    found.append(span)
                    self.stretches.append(_stretch_spec(self.plan, self.year, stretch, span))
        return found

    def _span(self, kind: str, stretch: Stretch, place: Place) -> Span | None:
        dates = dated({"starts": stretch.starts, "ends": stretch.ends}, place)
        found = self._moments(dates, whole_year(self.year), place, f"{self.year}年“{stretch.name}”")
        return Span(kind, stretch.key, stretch.name, found["starts"], found["ends"]) if found else None

    def rounds(self, n: int, spans: list[Span]) -> list[RoundSpec]:
        """Give the rounds of the n-th duty that can be placed."""
        duty = self.plan.duties[n]
        place: Place = ("duties", n)
        found = periods(duty, self.year, spans)
        if not found and (duty.months or duty.within):
            message = f"“{duty.name}”在{self.year}年一期也没有"
            self.faults.append(Fault(place, message, "months、within 至少留下一期"))
        return [spec for period in found if (spec := self._round(duty, period, place))]

    def _round(self, duty: Duty, period: Period, place: Place) -> RoundSpec | None:
        dates = dates_of(self.plan, duty, period, place)
        if "due" not in dates and duty.kind != "event":
            self.faults.append(Fault(place, f"任务“{duty.name}”没有截止时间", "due: 日期"))
            return None
        found = self._moments(dates, period.scope, place, f"“{duty.name}”{period.name}")
        if found is None:
            return None
        known = {**period.scope.marks, **found}
        due = dates.get("due")
        return _spec(self.plan, duty, period, known, due and due.when, self._cues(duty, period, known, place))

    def _moments(
        self, dates: Mapping[str, Dated], scope: Scope, place: Place, name: str
    ) -> dict[str, Moment] | None:
        """Give the dates of a round or stretch; None, and the faults kept, when something is wrong."""
        found, faults = moments(dates, scope, self.workdays)
        faults += disorder(times({**scope.marks, **found}), dates, place, name)
        self.faults += faults
        return None if faults else found

    def _cues(
        self, duty: Duty, period: Period, known: Mapping[str, Moment], place: Place
    ) -> tuple[CueSpec, ...]:
        if "due" not in known:
            return ()
        scope = replace(period.scope, marks=known)
        found, faults = cues(_reminders(self.plan, duty, place), scope, self.workdays, urgent=duty.urgent)
        self.faults += faults
        return found


def _reminders(plan: Plan, duty: Duty, place: Place) -> Sequence[tuple[Place, Reminder]]:
    above, listed = place, duty.reminders
    if listed is None:
        above, listed = ("defaults",), plan.defaults.reminders
    return [((*above, "reminders", n), reminder) for n, reminder in enumerate(listed)]


def _stretch_spec(plan: Plan, year: int, stretch: Stretch, span: Span) -> StretchSpec:
    return StretchSpec(
        plan=plan.slug, kind=span.kind, key=span.key, name=span.name, year=year,
        starts_at=span.starts.first(), ends_at=span.ends.last(),
        provisional=span.starts.provisional or span.ends.provisional,
        source=_source(stretch.source, stretch.starts, stretch.ends), clause=stretch.clause,
    )  # fmt: skip


def _source(default: Source, *dates: When | None) -> Source:
    """Give who chose the dates: the office, if it chose any of them."""
    chosen = {(when and when.source) or default for when in dates}
    return "local" if "local" in chosen else "document"


def _spec(
    plan: Plan,
    duty: Duty,
    period: Period,
    known: Mapping[str, Moment],
    due: When | None,
    cued: tuple[CueSpec, ...],
) -> RoundSpec:
    at = times(known)
    varied = duty.vary.get(period.vary)
    said = {name: getattr(varied, name, None) or getattr(duty, name) for name in _VARIED}
    return RoundSpec(
        plan=plan.slug, duty=duty.key, period=period.code, year=period.scope.year,
        title=f"{period.name} · {said['name']}", kind=duty.kind,
        flow="meeting" if duty.meeting else _FLOWS[duty.kind],
        opens_at=at["opens"], due_at=at.get("due"), locks_at=at.get("locks"),
        starts_at=at.get("starts"), ends_at=at.get("ends"),
        provisional=any(moment.provisional for moment in known.values()), source=_source(duty.source, due),
        receiver=duty.receiver or plan.office, urgent=duty.urgent, meeting=duty.meeting,
        form=tuple(varied.form if varied and varied.form is not None else duty.form), cues=cued,
        due_rule=due, **said,
    )  # fmt: skip


_VARIED = ("name", "clause", "audience", "lead", "emphasis", "ask")
