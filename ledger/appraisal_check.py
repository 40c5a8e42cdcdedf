"""Computing results of an appraisal again, from the book as of the moment on which they rest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.appraisal import appraise
from ..obligations.appraisal_rules import NOUGHT
from .appraisal_evidence import evidence
from .appraisal_lines import lines_of
from .appraisal_results import run_of, standings
from .appraisal_sets import adopted
from .tables import Appraisal, AppraisalRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from ..obligations.appraisal import Line, Result
    from .appraisal_results import Run, Standing


def wrong_in(session: Session, run: Run, appraisal_id: int | None = None) -> str | None:
    """Give the first result of a run, or that one, that is not what the book then came to; None when all are.

    Points, what they are about and under which rules are compared; the words that say so may have improved.
    """
    query = select(Appraisal).where(Appraisal.run_id == run.row.id).order_by(Appraisal.id)
    if appraisal_id is not None:
        query = query.where(Appraisal.id == appraisal_id)
    rows = session.scalars(query).all()
    unit = rows[0].unit_id if len(rows) == 1 else None
    found = evidence(session, run.row.slug, run.period, run.row.as_of, unit)
    rules = [one.pure for one in adopted(session, run.row.slug)]
    results = {key: appraise(rules, run.period, facts) for key, facts in found.items()}
    standing = {one.appraisal_id: one for one in standings(session, run, ids=[row.id for row in rows])}
    for row in rows:
        if not _same(row, results.get(row.unit_id)):
            return f"{standing[row.id].unit}{run.row.name}的考核结果，与按当时的账簿重新计算的不符"
        if not _adds_up(row, run, standing[row.id]):
            return f"{standing[row.id].unit}{run.row.name}公布的得分或等次，与拟定结果和更正不符"
    return None


def _same(row: Appraisal, again: Result | None) -> bool:
    if again is None:
        return False
    kept = lines_of(row.lines)
    told = (Decimal(row.total), row.grade, _plain(kept), sum((line.points for line in kept), NOUGHT))
    return told == (again.total, str(again.grade), _plain(again.lines), again.total)


def _plain(lines: Iterable[Line]) -> list[tuple[object, ...]]:
    return [(line.item, line.kind, line.points, line.about, line.rules) for line in lines]


def _adds_up(row: Appraisal, run: Run, standing: Standing) -> bool:
    if row.state != "published" or row.final_total is None:
        return row.final_total is None
    grade = run.grade(standing.total, vetoed=standing.vetoed)
    return (Decimal(row.final_total), row.final_grade) == (standing.total, str(grade))


def appraisals(session: Session) -> str | None:
    """Give the first result in the book that does not come out again; None when all do."""
    for run_id in session.scalars(select(AppraisalRun.id).order_by(AppraisalRun.id)).all():
        run = run_of(session, run_id)
        if run is not None and (wrong := wrong_in(session, run)):
            return wrong
    return None
