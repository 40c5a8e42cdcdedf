"""The rows of the paper ledger of findings (隐患台账), in its own columns, as of any moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.findings import Step, StepKind, in_words, standing_of
from ..obligations.words import FindingState, Grade
from . import unit_names
from .finding_list import condition
from .tables import Finding, FindingStep, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from ..obligations.findings import Standing
    from .finding_list import FindingFilters

CHUNK = 500
_BY_STEPS = ("which", "unit", "grade")  # what filters by something that changes, and changed since


class FindingRow(NamedTuple):
    """One line in the columns of the paper, in their order; moments in UTC, ``fixed_on`` a local day."""

    number: int  # 序号
    found_at: datetime  # 检查时间
    checked_by: str  # 检查单位
    inspectors: str  # 检查人
    item: str  # 检查项目
    place: str  # 检查地点
    description: str  # 隐患问题描述
    kind: str  # 隐患类型
    grade: str  # 隐患等级
    measures: str  # 整改要求（措施）
    due_at: datetime  # 整改期限
    unit: str  # 整改责任单位
    responsible: str  # 整改责任人
    fixed_on: date | None  # 整改完成日期
    closing: str  # 销号情况


@dataclass(slots=True)
class _Then:
    """A finding as it stood: its steps until then, and the last that says who answers for it."""

    steps: list[Step]
    answered: FindingStep


def finding_rows(session: Session, filters: FindingFilters, as_of: datetime) -> Iterator[FindingRow]:
    """Give the findings recorded by ``as_of`` (UTC), as they stood then, by plan, year and number.

    ``filters`` goes by what was so then, also for the unit, the grade and the state. Reads in chunks.
    """
    fixed = replace(filters, **dict.fromkeys(_BY_STEPS))
    query = select(Finding.id).where(*condition(fixed, as_of), Finding.entered_at <= as_of)
    ids = list(session.scalars(query.order_by(Finding.slug, Finding.year, Finding.number)))
    named = select(Unit.id, Unit.code, unit_names.called(session, as_of))
    units = {id_: (code, name) for id_, code, name in session.execute(named)}
    for start in range(0, len(ids), CHUNK):
        yield from _chunk(session, ids[start : start + CHUNK], units, filters, as_of)


def _chunk(
    session: Session,
    ids: Sequence[int],
    units: dict[int, tuple[str, str]],
    filters: FindingFilters,
    as_of: datetime,
) -> Iterator[FindingRow]:
    rows = {row.id: row for row in session.scalars(select(Finding).where(Finding.id.in_(ids)))}
    then = _then(session, ids, as_of)
    for id_ in ids:
        here, answered = standing_of(then[id_].steps), then[id_].answered
        code, name = units[answered.unit_id or 0]
        chosen = (filters.unit in (None, code, name), filters.grade in (None, Grade(answered.grade or "")))
        if all(chosen) and _is(here, filters, as_of):
            yield _row(rows[id_], here, answered, name)


def _then(session: Session, ids: Sequence[int], as_of: datetime) -> dict[int, _Then]:
    found: dict[int, _Then] = {}
    query = select(FindingStep).where(FindingStep.finding_id.in_(ids), FindingStep.at <= as_of)
    for row in session.scalars(query.order_by(FindingStep.id)):
        step = Step(StepKind(row.kind), row.at, row.by, row.people, row.until, row.done_on)
        then = found.setdefault(row.finding_id, _Then([], row))
        then.steps.append(step)
        if row.unit_id is not None:
            then.answered = row
    return found


def _is(here: Standing, filters: FindingFilters, as_of: datetime) -> bool:
    match filters.which:
        case None:
            return True
        case "overdue":
            return here.overdue(as_of)
        case "asked":
            return here.asked is not None
        case "reopened":
            return here.reopened > 0
        case "listed":
            return here.listed_at is not None and here.delisted_at is None
        case state:
            return here.state is FindingState(state)


def _row(found: Finding, here: Standing, answered: FindingStep, unit: str) -> FindingRow:
    return FindingRow(
        *(found.number, found.found_at, found.checked_by, found.inspectors, found.item, found.place),
        *(found.description, found.kind, Grade(answered.grade or "").zh, answered.measures or ""),
        *(here.due_at, unit, answered.responsible or "", here.fixed_on, in_words(here)),
    )
