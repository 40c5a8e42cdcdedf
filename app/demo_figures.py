"""What a rehearsed year came to, counted from the book."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..calendar import loader
from ..ledger import journal
from ..ledger.standings import Filters, Standpoint, standpoints
from ..ledger.tables import (
    Appraisal,
    Cue,
    Decision,
    Exemption,
    Extension,
    Finding,
    Inspection,
    Message,
    Notice,
    PlanRevision,
    Revisit,
    Round,
    Sheet,
    Stretch,
    Submission,
    Unit,
    Verdict,
)
from ..obligations.moments import SHANGHAI
from ..obligations.outcome import Tally, tally
from ..obligations.words import CueKind, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..tasks.works import Works
    from .demo import Span
    from .demo_engine import Run

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month asked for: rounds opened by plan, stretches begun, rounds and matters falling due."""

    month: int
    opened: Mapping[str, int]
    stretches: int
    due: int
    matters: int


@dataclass(frozen=True, slots=True)
class Reminding:
    """What the cues of one kind led to: cues fired and overtaken, and reminders by what became of them."""

    kind: str
    fired: int
    overtaken: int
    notices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UnitYear:
    """How a unit fared: over the year, and in each month in which something of it fell due."""

    name: str
    year: Tally
    months: Mapping[int, Tally]


@dataclass(frozen=True, slots=True)
class DutyYear:
    """How a duty fared over all its rounds and units; ``name`` is the plan's title in a plan's own line."""

    plan: str
    name: str
    rounds: int
    outcomes: Tally


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is printed at the end. ``head`` is the journal's last entry, ``broken`` what fails in it."""

    span: Span
    plans: Mapping[str, str]
    calendar: Sequence[Month]
    reminding: Sequence[Reminding]
    units: Sequence[UnitYear]
    duties: Sequence[DutyYear]
    messages: Mapping[str, int]
    reports: Mapping[str, int]
    returned: Mapping[bool, int]
    extended: int
    exempted: int
    events: int
    supervising: Mapping[str, int]
    head: str
    entries: int
    broken: str
    failed: Sequence[str]
    runs: Sequence[Run]


def figures(works: Works, span: Span, failed: Sequence[str], runs: Sequence[Run]) -> Figures:
    """Count the year as of the end of its last day."""
    as_of = datetime.combine(span.last, time(23, 59, 59), SHANGHAI)
    with works.book.read() as session:
        points = list(standpoints(session, Filters(year=span.year), as_of))
        proved = journal.verify(session, box=works.box)
        plans = {
            plan.slug: plan.title
            for plan in session.scalars(select(PlanRevision).order_by(PlanRevision.slug))
        }
        return Figures(
            span=span,
            plans=plans,
            calendar=_calendar(session, span.year),
            reminding=_reminding(session),
            units=_units(session, points),
            duties=_duties(session, points, plans),
            messages=_counted(session, Message.state),
            reports=_counted(session, Submission.via),
            returned=_counted(session, Verdict.material, Verdict.verdict == "returned"),
            extended=_number(session, Extension.granted.is_(True)),
            exempted=_number(session, Exemption.id.is_not(None)),
            events=_number(session, Round.kind == "event"),
            supervising=_supervising(session),
            head=journal.head_line(session),
            entries=proved.checked,
            broken=proved.reason_zh,
            failed=failed,
            runs=runs,
        )


def _supervising(session: Session) -> dict[str, int]:
    """Count what supervision did, under the names that the table shows."""
    rungs = _counted(session, Sheet.rung, Sheet.number.is_not(None))
    counts = {rung.zh: rungs.get(rung, 0) for rung in Rung}
    return counts | {
        "登记隐患": _number(session, Finding.id.is_not(None)),
        "隐患销号": _number(session, Finding.state == "closed"),
        "督查检查": _number(session, Inspection.begun_at.is_not(None)),
        "联席会议定事项": _number(session, Decision.id.is_not(None)),
        "回头看复查": _number(session, Revisit.found.is_not(None)),
        "其中发现虚假销号": _number(session, Revisit.found == "false"),
        "考核结果": _number(session, Appraisal.id.is_not(None)),
    }


def _counted(session: Session, column: Any, *which: ColumnElement[bool]) -> dict[Any, int]:
    rows = session.execute(select(column, func.count()).where(*which).group_by(column).order_by(column))
    return {row[0]: row[1] for row in rows}


def _number(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0


def _calendar(session: Session, year: int) -> list[Month]:
    opened: dict[int, Counter[str]] = defaultdict(Counter)
    due: Counter[int] = Counter()
    matters: Counter[int] = Counter()
    begun: Counter[int] = Counter()
    for one in session.scalars(select(Round).where(Round.year == year, Round.opened_at.is_not(None))):
        opened[_month(one.opens_at)][one.slug] += 1
        if one.due_at is not None:
            due[_month(one.due_at)] += 1
            matters[_month(one.due_at)] += one.expected or 0
    for one in session.scalars(select(Stretch).where(Stretch.year == year, Stretch.begun_at.is_not(None))):
        begun[_month(one.starts_at)] += 1
    return [Month(month, opened[month], begun[month], due[month], matters[month]) for month in MONTHS]


def _month(at: datetime) -> int:
    return at.astimezone(SHANGHAI).month


def _reminding(session: Session) -> list[Reminding]:
    cues: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, state, count in session.execute(
        select(Cue.kind, Cue.state, func.count()).group_by(Cue.kind, Cue.state)
    ):
        cues[kind][state] = count
    notices: dict[str, Counter[str]] = defaultdict(Counter)
    query = select(Cue.kind, Notice.state, func.count()).join(Cue, Cue.id == Notice.cue_id)
    for kind, state, count in session.execute(query.group_by(Cue.kind, Notice.state)):
        notices[kind][state] = count
    return [
        Reminding(kind.zh, cues[kind]["fired"], cues[kind]["superseded"], notices[kind])
        for kind in CueKind
        if cues[kind]
    ]


def _units(session: Session, points: Iterable[Standpoint]) -> list[UnitYear]:
    """Give the units in the order of the roster."""
    mine: dict[str, list[Standpoint]] = defaultdict(list)
    for one in points:
        mine[one.unit_code].append(one)
    named = session.execute(select(Unit.code, Unit.name).order_by(Unit.id))
    return [UnitYear(name, _tally(mine[code]), _by_month(mine[code])) for code, name in named if code in mine]


def _by_month(points: Iterable[Standpoint]) -> dict[int, Tally]:
    months: dict[int, list[Standpoint]] = defaultdict(list)
    for one in points:
        if one.standing.effective_due is not None:
            months[_month(one.standing.effective_due)].append(one)
    return {month: _tally(some) for month, some in months.items()}


def _tally(points: Iterable[Standpoint]) -> Tally:
    return tally(one.standing.outcome for one in points)


def _duties(session: Session, points: Iterable[Standpoint], plans: Mapping[str, str]) -> list[DutyYear]:
    """Give a line for each plan, then one for each of its duties in the order of their first deadline."""
    by_duty: dict[str, dict[str, list[Standpoint]]] = {slug: {} for slug in plans}
    for one in points:
        by_duty[one.round.plan].setdefault(one.round.duty, []).append(one)
    names = _names(session)
    lines: list[DutyYear] = []
    for slug, duties in by_duty.items():
        rows = [
            DutyYear(slug, _name(names, duty, some), len({one.round.period for one in some}), _tally(some))
            for duty, some in duties.items()
        ]
        whole = _tally(one for some in duties.values() for one in some)
        lines += [DutyYear(slug, plans[slug], sum(row.rounds for row in rows), whole), *rows]
    return lines


def _name(names: Mapping[tuple[str, str], str], duty: str, some: Sequence[Standpoint]) -> str:
    """Give a duty's own name; what no plan has, as what meetings decided, is called as its rounds are."""
    here = some[0].round
    return names.get((here.plan, duty), here.name)


def _names(session: Session) -> dict[tuple[str, str], str]:
    """Give the duties' own names, whatever a period calls them, from the plans as they were adopted."""
    plans = [loader.read(row.content, row.slug).plan for row in session.scalars(select(PlanRevision))]
    return {(plan.slug, duty.key): duty.name for plan in plans for duty in plan.duties}
