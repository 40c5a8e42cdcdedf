"""Results of an appraisal as they stand: the draft, what was adjusted, vetoes, appeals; units by code."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, or_, select

from ..obligations.appraisal_periods import Period, of_code
from ..obligations.appraisal_rules import NOUGHT, Band
from . import appraisal_vetoes, unit_names
from .appraisal_changes import changes
from .appraisal_lines import lines_of
from .appraisal_sets import adopted
from .appraisal_tellings import last_second, told_at
from .appraisal_vetoes import happened
from .tables import (
    Appraisal,
    AppraisalAdjustment,
    AppraisalAppeal,
    AppraisalEntry,
    AppraisalRun,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from ..obligations.appraisal import Line
    from .appraisal_changes import Change
    from .appraisal_sets import Adopted


@dataclass(frozen=True, slots=True)
class Run:
    """The appraisal of a plan in one period, and the rules that say what it is out of."""

    row: AppraisalRun
    rules: Adopted

    @property
    def period(self) -> Period:
        """Give the period."""
        return of_code(self.row.period)

    def grade(self, total: Decimal, *, vetoed: bool) -> Band:
        """Give the grade of a total."""
        return self.rules.pure.grade(total, vetoed=vetoed)

    @property
    def most(self) -> Decimal:
        """Give the full marks with all bonuses."""
        return self.rules.pure.maximum + self.rules.text.rules.bonus_most


class Standing(NamedTuple):
    """How a unit's result stands; moments in UTC. ``drafted`` are the points before any adjustment."""

    appraisal_id: int
    unit_id: int
    code: str
    unit: str
    drafted: Decimal
    total: Decimal
    grade: Band
    adjusted: int
    vetoed: bool
    appeals: int
    unsigned: int
    appeal_until: datetime
    published_at: datetime | None


class Progress(NamedTuple):
    """How far a run has come: units with a draft, published ones, appeals to answer."""

    run: AppraisalRun
    drafts: int
    published: int
    appeals: int


@dataclass(frozen=True, slots=True)
class Whole:
    """One unit's result with everything about it; ``since`` is what has changed it to the unit's harm.

    ``told_at``: when the unit had been told of all that; None while it has not.
    """

    row: Appraisal
    run: Run
    unit: str
    lines: Sequence[Line]
    adjustments: Sequence[AppraisalAdjustment]
    appeals: Sequence[AppraisalAppeal]
    vetoes: Sequence[AppraisalEntry]
    standing: Standing
    since: Sequence[Change]
    told_at: datetime | None

    @property
    def untold(self) -> bool:
        """Tell whether the unit has not been told of all that."""
        return self.told_at is None

    def appeal_until(self, workdays: Workdays) -> datetime:
        """Give the last second (UTC) for an appeal, by what the unit was told and when."""
        return last_second(self.run.rules.text.rules.appeal, self.row, self.told_at, workdays)


def run_of(session: Session, run_id: int) -> Run | None:
    """Give a run by its number."""
    row = session.get(AppraisalRun, run_id)
    if row is None:
        return None
    return Run(row, next(one for one in adopted(session, row.slug) if one.id == row.rules_id))


def runs(session: Session) -> list[Progress]:
    """Give all runs, the latest first."""
    counted = session.execute(
        select(Appraisal.run_id, Appraisal.state, func.count()).group_by(Appraisal.run_id, Appraisal.state)
    ).tuples()
    states = {(run, state): count for run, state, count in counted}
    appeals = dict(
        session.execute(
            select(Appraisal.run_id, func.count())
            .join(AppraisalAppeal, AppraisalAppeal.appraisal_id == Appraisal.id)
            .where(AppraisalAppeal.decided_at.is_(None))
            .group_by(Appraisal.run_id)
        )
        .tuples()
        .all()
    )
    rows = session.scalars(select(AppraisalRun).order_by(AppraisalRun.as_of.desc(), AppraisalRun.slug))
    return [
        Progress(
            row,
            states.get((row.id, "draft"), 0),
            states.get((row.id, "published"), 0),
            appeals.get(row.id, 0),
        )
        for row in rows
    ]


def standings(
    session: Session,
    run: Run,
    *,
    unit: str = "",
    state: str = "",
    ids: Sequence[int] | None = None,
    by: datetime | None = None,
    workdays: Workdays | None = None,
) -> list[Standing]:
    """Give how the results of a run stand, by code; of units called like ``unit``, or in a state.

    With ``by``, as they stood then, but for appeals and vetoes that wait. With ``workdays``, the time for
    appeals against drafts counts from when each unit was really told.
    """
    name = Unit.name if by is None else unit_names.called(session, by)
    query = (
        select(Appraisal, Unit.code, name)
        .join(Unit, Unit.id == Appraisal.unit_id)
        .where(Appraisal.run_id == run.row.id)
        .order_by(Unit.code)
    )
    if unit:
        query = query.where(or_(Unit.name.contains(unit, autoescape=True), Unit.code == unit))
    if state:
        query = query.where(Appraisal.state == state)
    if ids is not None:
        query = query.where(Appraisal.id.in_(ids))
    rows = session.execute(query).tuples().all()
    beside = _beside(session, run, by)
    found = [_standing(run, row, code, name, beside) for row, code, name in rows]
    if workdays is None:
        return found
    drafts = [row for row, *_ in rows if row.state == "draft"]
    told, days = told_at(session, run.row, drafts), run.rules.text.rules.appeal
    until = {row.id: last_second(days, row, told[row.id], workdays) for row in drafts}
    return [one._replace(appeal_until=until.get(one.appraisal_id, one.appeal_until)) for one in found]


class _Beside(NamedTuple):
    """What stands beside the drafts of a run: points by appraisal, appeals, vetoes by unit; by when."""

    by: datetime | None
    points: Mapping[int, list[Decimal]]
    appeals: Mapping[int, int]
    signed: frozenset[int]
    unsigned: Mapping[int, int]


def _beside(session: Session, run: Run, by: datetime | None) -> _Beside:
    of_run = select(Appraisal.id).where(Appraisal.run_id == run.row.id)
    points: dict[int, list[Decimal]] = defaultdict(list)
    for one in session.scalars(
        select(AppraisalAdjustment).where(AppraisalAdjustment.appraisal_id.in_(of_run))
    ):
        if by is None or one.at <= by:
            points[one.appraisal_id].append(Decimal(one.points))
    waiting = select(AppraisalAppeal.appraisal_id).where(
        AppraisalAppeal.appraisal_id.in_(of_run), AppraisalAppeal.decided_at.is_(None)
    )
    entries = appraisal_vetoes.entered(session, run.row)
    vetoes = [one for one in entries if not happened(one.withdrawn_at, by)]
    return _Beside(
        by,
        points,
        Counter(session.scalars(waiting)),
        frozenset(one.unit_id for one in vetoes if happened(one.signed_at, by)),
        Counter(one.unit_id for one in vetoes if one.signed_at is None),
    )


def _standing(run: Run, row: Appraisal, code: str, name: str, beside: _Beside) -> Standing:
    drafted, points = Decimal(row.total), beside.points.get(row.id, [])
    total, vetoed = drafted + sum(points, NOUGHT), row.unit_id in beside.signed
    published = row.published_at if happened(row.published_at, beside.by) else None
    final = row.final_grade if published else None
    grade = Band(final) if final else run.grade(total, vetoed=vetoed)
    return Standing(
        *(row.id, row.unit_id, code, name, drafted, total, grade, len(points), vetoed),
        appeals=beside.appeals.get(row.id, 0),
        unsigned=beside.unsigned.get(row.unit_id, 0),
        appeal_until=row.appeal_until,
        published_at=published,
    )


def whole(session: Session, appraisal_id: int) -> Whole | None:
    """Give one unit's result with everything about it."""
    row = session.get(Appraisal, appraisal_id)
    run = run_of(session, row.run_id) if row else None
    if row is None or run is None:
        return None
    [standing] = standings(session, run, ids=[row.id])
    adjustments = select(AppraisalAdjustment).where(AppraisalAdjustment.appraisal_id == row.id)
    appeals = select(AppraisalAppeal).where(AppraisalAppeal.appraisal_id == row.id)
    return Whole(
        *(row, run, standing.unit, lines_of(row.lines)),
        session.scalars(adjustments.order_by(AppraisalAdjustment.id)).all(),
        session.scalars(appeals.order_by(AppraisalAppeal.id)).all(),
        appraisal_vetoes.entered(session, run.row, row.unit_id),
        standing,
        changes(session, run.row, [row])[row.id],
        told_at(session, run.row, [row])[row.id] if row.state == "draft" else row.published_at,
    )
