"""What counts for each unit in a period, read from the book in a few queries, as of a moment."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select

from ..calendar.dates import local_day
from ..obligations.appraisal_facts import (
    EntryFact,
    FindingFact,
    Named,
    OwedFact,
    SheetFact,
    UnitFacts,
    finding_fact,
    owed_fact,
)
from ..obligations.findings import Step, StepKind
from ..obligations.sheet_names import sheet_name
from ..obligations.words import Rung
from .facts import facts_where
from .tables import AppraisalEntry, Extension, Finding, FindingStep, Obligation, Round, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from ..obligations.appraisal_periods import Period

_LONGEST = 30  # characters of what a finding or a sheet is about


def evidence(
    session: Session, slug: str, period: Period, as_of: datetime, unit_id: int | None = None
) -> dict[int, UnitFacts]:
    """Give what counts in a period for each unit that owed anything in it, or for one, as known at ``as_of``.

    Whoever owed nothing that was due is not appraised.
    """
    owed = _by_unit(_owed(session, slug, period, as_of, unit_id))
    rest = [
        _by_unit(found)
        for found in (
            _findings(session, slug, period, as_of, unit_id),
            _sheets(session, slug, period, as_of, unit_id),
            _entries(session, slug, period, as_of, unit_id, kind="bonus"),
            _entries(session, slug, period, as_of, unit_id, kind="veto"),
        )
    ]
    return {
        unit: UnitFacts(tuple(facts), *(tuple(one.get(unit, ())) for one in rest))
        for unit, facts in owed.items()
    }


def _by_unit(found: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for unit, fact in found:
        grouped[unit].append(fact)
    return grouped


def _of_unit(column: Any, unit_id: int | None) -> list[ColumnElement[bool]]:
    return [] if unit_id is None else [column == unit_id]


def _owed(
    session: Session, slug: str, period: Period, as_of: datetime, unit_id: int | None
) -> Iterator[tuple[int, OwedFact]]:
    put_off = (
        exists()
        .where(
            Extension.obligation_id == Obligation.id,
            Extension.granted.is_(True),
            Extension.until >= period.starts_at,
        )
        .correlate(Obligation)
    )
    which = (
        Round.slug == slug,
        Round.opened_at <= as_of,
        Round.due_at <= period.ends_at,
        or_(Round.due_at >= period.starts_at, put_off),
        *_of_unit(Obligation.unit_id, unit_id),
    )
    facts = facts_where(session, *which)
    rows = session.execute(
        select(Obligation.id, Obligation.unit_id, Round.duty, Round.title, Round.opens_at)
        .join(Round, Round.id == Obligation.round_id)
        .where(*which)
    )
    for row in rows:
        named = Named(row.id, row.title, local_day(row.opens_at))
        if fact := owed_fact(named, row.duty, facts[row.id], period, as_of):
            yield row.unit_id, fact


def _findings(
    session: Session, slug: str, period: Period, as_of: datetime, unit_id: int | None
) -> Iterator[tuple[int, FindingFact]]:
    since = FindingStep.at >= period.starts_at
    lately = exists().where(FindingStep.finding_id == Finding.id, since).correlate(Finding)
    rows = session.execute(
        select(Finding, FindingStep)
        .join(FindingStep, FindingStep.finding_id == Finding.id)
        .where(Finding.slug == slug, Finding.entered_at <= as_of, Finding.first_due_at <= period.ends_at)
        .where(or_(Finding.due_at >= period.starts_at, lately))
        .order_by(Finding.id, FindingStep.id)
    )
    for _, group in groupby(rows, key=lambda row: row[0].id):
        pairs = [(row[0], row[1]) for row in group]
        finding, steps = pairs[0][0], [step for _, step in pairs]
        unit = _answering(steps, as_of) or finding.unit_id
        if unit_id not in (None, unit):
            continue
        title = f"{finding.number}号隐患（{_short(finding.description)}）"
        named = Named(finding.id, title, local_day(finding.entered_at))
        if fact := finding_fact(named, [_step(one) for one in steps], period, as_of):
            yield unit, fact


def _answering(steps: Sequence[FindingStep], as_of: datetime) -> int | None:
    """Give who answered for a finding at a moment."""
    named = [step.unit_id for step in steps if step.unit_id is not None and step.at <= as_of]
    return named[-1] if named else None


def _step(row: FindingStep) -> Step:
    return Step(StepKind(row.kind), row.at, row.by, row.people, row.until, row.done_on)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _sheets(
    session: Session, slug: str, period: Period, as_of: datetime, unit_id: int | None
) -> Iterator[tuple[int, SheetFact]]:
    opened = func.coalesce(Round.opens_at, Finding.entered_at, Sheet.issued_at, type_=Sheet.made_at.type)
    rows = session.execute(
        select(
            *(Sheet.id, Sheet.unit_id, Sheet.rung, Sheet.year, Sheet.number, Sheet.matter),
            opened.label("opened"),
        )
        .outerjoin(Obligation, Obligation.id == Sheet.obligation_id)
        .outerjoin(Round, Round.id == Obligation.round_id)
        .outerjoin(Finding, Finding.id == Sheet.finding_id)
        .where(
            Sheet.series == slug,
            Sheet.issued_at.between(period.starts_at, period.ends_at),
            or_(Sheet.withdrawn_at.is_(None), Sheet.withdrawn_at > as_of),
            *_of_unit(Sheet.unit_id, unit_id),
        )
    )
    for row in rows:
        yield row.unit_id, _sheet(row)


def _sheet(row: Row[Any]) -> SheetFact:
    rung = Rung(row.rung)
    title = f"{sheet_name(rung, row.year, row.number)}：{_short(row.matter)}"
    return SheetFact(row.id, title, local_day(row.opened), rung)


def _entries(
    session: Session, slug: str, period: Period, as_of: datetime, unit_id: int | None, *, kind: str
) -> Iterator[tuple[int, EntryFact]]:
    since = AppraisalEntry.at if kind == "bonus" else AppraisalEntry.signed_at
    rows = session.scalars(
        select(AppraisalEntry).where(
            AppraisalEntry.slug == slug,
            AppraisalEntry.period == period.code,
            AppraisalEntry.kind == kind,
            since <= as_of,
            or_(AppraisalEntry.withdrawn_at.is_(None), AppraisalEntry.withdrawn_at > as_of),
            *_of_unit(AppraisalEntry.unit_id, unit_id),
        )
    )
    for row in rows:
        yield row.unit_id, EntryFact(row.id, row.key, row.reason, Decimal(row.points))
