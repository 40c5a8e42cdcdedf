"""What was done to findings and to cases, step by step, as of a moment, with the files that came with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..obligations import cases, findings
from ..obligations.cases import CaseStepKind, Part
from ..obligations.findings import StepKind
from . import unit_names
from .tables import (
    Case,
    CaseLine,
    CaseStep,
    Finding,
    FindingFile,
    FindingStep,
    Obligation,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from .standings import Filters

_CHUNK = 500


class FindingTold(NamedTuple):
    """One step of a finding; the moments in UTC, ``done_on`` a local day."""

    called: str
    place: str
    at: datetime
    kind: str
    people: str
    by: str
    text: str
    until: datetime | None
    done_on: date | None


class CaseTold(NamedTuple):
    """One step of a case, or of a line of its list; the moment in UTC."""

    called: str
    title: str
    unit: str
    at: datetime
    kind: str
    line: str
    text: str
    by: str
    approver: str


class HistoryFile(NamedTuple):
    """A file that came with a step of a finding."""

    called: str
    sha256: str
    name: str


def finding_history(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> Iterator[FindingTold]:
    """Give the steps by finding, those of a unit (code) for what it ever answered for by then."""
    query = (
        select(Finding.year, Finding.number, Finding.place, FindingStep)
        .join(FindingStep, FindingStep.finding_id == Finding.id)
        .where(Finding.id.in_(_findings(filters, as_of, round_id)), FindingStep.at <= as_of)
        .order_by(Finding.slug, Finding.year, Finding.number, FindingStep.id)
    )
    for year, number, place, step in session.execute(query.execution_options(yield_per=_CHUNK)).tuples():
        yield FindingTold(
            *(findings.called(year, number), place, step.at, StepKind(step.kind).zh, step.people, step.by),
            *(step.text, step.until, step.done_on),
        )


def finding_files(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> list[HistoryFile]:
    """Give the files that had come with these findings."""
    rows = session.execute(
        select(Finding.year, Finding.number, FindingFile.sha256, FindingFile.name)
        .join(FindingFile, FindingFile.finding_id == Finding.id)
        .where(Finding.id.in_(_findings(filters, as_of, round_id)), FindingFile.at <= as_of)
        .order_by(Finding.slug, Finding.year, Finding.number, FindingFile.id)
    )
    return [HistoryFile(findings.called(year, number), sha256, name) for year, number, sha256, name in rows]


def case_history(session: Session, filters: Filters, as_of: datetime) -> Iterator[CaseTold]:
    """Give the steps by case, the opening first."""
    query = (
        select(Case, unit_names.called(session, as_of), CaseStep, CaseLine.part, CaseLine.text)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(CaseStep, (CaseStep.case_id == Case.id) & (CaseStep.at <= as_of))
        .outerjoin(CaseLine, CaseLine.id == CaseStep.line_id)
        .where(Case.opened_at <= as_of, *_wanted(Case, filters))
        .order_by(Case.slug, Case.year, Case.number, CaseStep.id)
    )
    if filters.unit is not None:
        query = query.where(Unit.code == filters.unit)
    last = 0
    rows: Iterable[Row[Any]] = session.execute(query)
    for case, unit, step, part, line in rows:
        head = (cases.called(case.year, case.number), case.title, unit)
        if case.id != last:
            yield CaseTold(*head, case.opened_at, "立案", "", case.description, case.opened_by, "")
        last = case.id
        if step is not None:
            about = f"{Part(part).zh}：{line}" if part else ""
            yield CaseTold(
                *(*head, step.at, CaseStepKind(step.kind).zh, about, step.text, step.by, step.approver)
            )


def _findings(filters: Filters, as_of: datetime, round_id: int | None) -> Select[tuple[int]]:
    query = select(Finding.id).where(Finding.entered_at <= as_of, *_wanted(Finding, filters))
    if round_id is not None:
        owed = select(Obligation.id).where(Obligation.round_id == round_id)
        query = query.where(Finding.obligation_id.in_(owed))
    if filters.unit is not None:
        mine = select(FindingStep.finding_id).join(Unit, Unit.id == FindingStep.unit_id)
        query = query.where(Finding.id.in_(mine.where(Unit.code == filters.unit, FindingStep.at <= as_of)))
    return query


def _wanted(table: type[Finding | Case], filters: Filters) -> list[ColumnElement[bool]]:
    wanted = {table.slug: filters.slug, table.year: filters.year}
    return [column == value for column, value in wanted.items() if value is not None]
