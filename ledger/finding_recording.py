"""Findings enter the book: numbered without gaps in their plan's year, the same one sent twice is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..obligations import finding_moves as moves
from ..obligations.errors import DubanError
from ..obligations.finding_entry import LONGEST, LONGEST_WORD
from ..obligations.words import Grade, Via
from . import finding_letters as letters, journal, locks, lookup
from .duties import plan_of
from .finding_steps import next_reminder, note_of
from .kept_findings import FINDINGS
from .tables import Finding, FindingStep, PlanRevision, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Means

_LONG = ("description", "measures")
_TEXTS = (
    *("checked_by", "inspectors", "item", "place", "description", "kind", "measures", "responsible"),
    "clause",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, in the columns of the paper ledger; moments in any zone.

    ``key`` is the sender's own, so that the same finding sent twice is one. ``unit_id`` is to rectify it;
    ``checked_by`` is the unit that checked (检查单位), ``inspectors`` the people (检查人).
    ``obligation_id`` is the report with which it came. ``tell`` is false when the unit itself enters it,
    and need not be told.
    """

    key: str
    slug: str
    unit_id: int
    found_at: datetime
    due_at: datetime
    description: str
    via: Via = Via.DESK
    checked_by: str = ""
    inspectors: str = ""
    item: str = ""
    place: str = ""
    kind: str = ""
    grade: Grade = Grade.GENERAL
    measures: str = ""
    responsible: str = ""
    clause: str = ""
    obligation_id: int | None = None
    tell: bool = True


class Recorded(NamedTuple):
    """A finding in the book; ``fresh`` is false when it was there already."""

    finding: Finding
    fresh: bool


def first_step(session: Session, found: Finding) -> FindingStep:
    """Give the step by which a finding came into the book."""
    query = select(FindingStep).where(FindingStep.finding_id == found.id).order_by(FindingStep.id)
    return session.scalars(query.limit(1)).one()


def record(session: Session, found: Found, now: datetime, by: str, means: Means) -> Recorded:
    """Record one finding, as :func:`record_many` does."""
    return record_many(session, [found], now, by, means)[0]


def record_many(
    session: Session, found: Sequence[Found], now: datetime, by: str, means: Means
) -> list[Recorded]:
    """Record what checks found, in this order; each unit is told once of all that is new to it.

    Raises :class:`DubanError` when a unit or plan is not there, a moment or text is not possible, or a key
    was used for another finding; then nothing is recorded. A fixed number of statements whatever their
    number.
    """
    for one in found:
        _check(one, now)
    _check_known(session, found, now)
    locks.numbers(session)
    there = _there(session, found)
    fresh = {one.key: one for one in found if one.key not in there}
    rows = _write(session, list(fresh.values()), now, by, means)
    all_rows = there | {row.key: row for row in rows}
    _check_same(found, all_rows)
    letters.laid(session, [row for row in rows if fresh[row.key].tell], now, means)
    _enter(session, rows, now, by)
    return [Recorded(all_rows[one.key], one.key in fresh) for one in found]


def _check(one: Found, now: datetime) -> None:
    moves.check_found(one.found_at, one.due_at, now)
    if one.via is Via.LINK and not one.tell:
        moves.check_own_limit(one.found_at, one.due_at)
    moves.check_said(one.description, "请写明隐患问题描述。")
    moves.check_said(one.key, "缺少识别码，分不清是否重复登记。")
    for name in _TEXTS:
        text, most = getattr(one, name), LONGEST if name in _LONG else LONGEST_WORD
        if len(text) > most:
            raise DubanError(f"“{text[:10]}……”有{len(text)}字，最多写{most}字，请精简。")


def _check_known(session: Session, found: Sequence[Found], now: datetime) -> None:
    units = {one.unit_id for one in found}
    query = select(Unit).where(Unit.id.in_(units))
    known = {unit.id: unit for unit in session.scalars(query)}
    if units - set(known):
        raise DubanError("没有这个整改责任单位，请重新选择。")
    for unit in known.values():
        if unit.closed_on is not None and unit.closed_on <= local_day(now):
            raise DubanError(f"“{unit.name}”已于{unit.closed_on.isoformat()}撤销，请选择承接的单位。")
    slugs = {one.slug for one in found}
    plans = set(session.scalars(select(PlanRevision.slug).where(PlanRevision.slug.in_(slugs))))
    if lacking := sorted(slugs - plans):
        raise DubanError(f"没有方案“{lacking[0]}”，请选择已执行的方案。")


def _there(session: Session, found: Sequence[Found]) -> dict[str, Finding]:
    keys = [one.key for one in found]
    return {row.key: row for row in session.scalars(select(Finding).where(Finding.key.in_(keys)))}


def _write(session: Session, found: Sequence[Found], now: datetime, by: str, means: Means) -> list[Finding]:
    """Add the rows and the first step of each; the numbers are locked."""
    next_number = _numbers(session, found)
    rows: list[Finding] = []
    for one in found:
        series = (one.slug, local_day(one.found_at).year)
        next_number[series] = number = next_number.get(series, 0) + 1
        rows.append(_row(one, number, now, by))
        rows[-1].clause = rows[-1].clause or _clause(session, one)
        rows[-1].next_at = next_reminder(rows[-1].due_at, now, means.workdays)
    session.add_all(rows)
    session.flush()
    return rows


def _clause(session: Session, one: Found) -> str:
    """Give the clause of the plan, as in force when it was found, by which such things are looked for."""
    plan = plan_of(session, lookup.revision_by(session, one.slug, one.found_at))
    wanted = [duty for duty in plan.duties if duty.findings] or [d for d in plan.duties if d.inspection]
    return "、".join(dict.fromkeys(duty.clause for duty in wanted))


def _numbers(session: Session, found: Iterable[Found]) -> dict[tuple[str, int], int]:
    """Give the last number of each series that is to go on."""
    slugs, years = {one.slug for one in found}, {local_day(one.found_at).year for one in found}
    last = func.max(Finding.number)
    query = select(Finding.slug, Finding.year, last).group_by(Finding.slug, Finding.year)
    rows = session.execute(query.where(Finding.slug.in_(slugs), Finding.year.in_(years)))
    return {(slug, year): number for slug, year, number in rows}


def _row(one: Found, number: int, now: datetime, by: str) -> Finding:
    return Finding(
        key=one.key,
        slug=one.slug,
        year=local_day(one.found_at).year,
        number=number,
        unit_id=one.unit_id,
        obligation_id=one.obligation_id,
        entered_at=now,
        entered_by=by,
        via=str(one.via),
        found_at=one.found_at,
        grade=str(one.grade),
        first_due_at=one.due_at,
        due_at=one.due_at,
        **{name: getattr(one, name).strip() for name in _TEXTS},
    )


def _check_same(found: Iterable[Found], rows: dict[str, Finding]) -> None:
    """Refuse a key that stands for another finding."""
    for one in found:
        row = rows[one.key]
        same = (one.slug, one.description.strip(), one.place.strip())
        if same != (row.slug, row.description, row.place):
            raise DubanError(f"识别码“{one.key}”已用于另一处隐患（{row.description[:20]}），没有登记。")


def _enter(session: Session, rows: Sequence[Finding], now: datetime, by: str) -> None:
    steps = [_first(row, now, by) for row in rows]
    session.add_all(steps)
    session.flush()
    notes: list[journal.Note] = []
    for row, step in zip(rows, steps, strict=True):
        notes += [journal.Note("finding.recorded", f"finding/{row.id}", FINDINGS.said(row)), note_of(step)]
    journal.append_many(session, now, by, notes)


def _first(row: Finding, now: datetime, by: str) -> FindingStep:
    step = FindingStep(finding_id=row.id, kind="found", at=now, by=by, people=row.inspectors)
    step.until, step.unit_id, step.grade = row.due_at, row.unit_id, row.grade
    step.measures, step.responsible = row.measures, row.responsible
    return step
