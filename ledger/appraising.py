"""Drawing up the results of a period for all units at once, when its record closes, for them to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select

from ..calendar.dates import local_day
from ..calendar.limits import SECOND, limit_at
from ..obligations.appraisal import Result, appraise
from ..obligations.appraisal_periods import Period, of_code, of_year
from ..obligations.appraisal_rules import points_text
from ..obligations.moments import whole_second
from . import addressed, journal, locks
from .addressed import Letter
from .agenda import Due
from .appraisal_evidence import evidence
from .appraisal_lines import said
from .appraisal_sets import Adopted, RulesText, adopted, frame_of, kind_in
from .appraisal_tellings import DRAFT, about_run
from .audiences import matches
from .homes import within
from .kept_appraisal import APPRAISAL_RUNS, APPRAISALS
from .tables import Appraisal, AppraisalRun, PlanYear, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT = "appraisal"


def due(session: Session, now: datetime, workdays: Workdays) -> list[Due]:
    """Give the periods whose record has closed by ``now`` and whose results are not drawn up yet."""
    by_plan: dict[str, list[Adopted]] = {}
    for one in adopted(session):
        by_plan.setdefault(one.slug, []).append(one)
    if not by_plan:
        return []
    done = set(session.execute(select(AppraisalRun.slug, AppraisalRun.period)).tuples())
    years = set(session.execute(select(PlanYear.slug, PlanYear.year)).tuples())
    return [
        Due(WHAT, WHAT, f"{period.name} · 目标考核", slug, "", period.code, closes + SECOND, frame.id)
        for slug, sets in by_plan.items()
        for period, frame, closes in _closed(sets, now, workdays)
        if (slug, period.year) in years and (slug, period.code) not in done
    ]


def _closed(
    sets: Sequence[Adopted], now: datetime, workdays: Workdays
) -> Iterator[tuple[Period, Adopted, datetime]]:
    for year in range(sets[0].since.year, local_day(now).year + 1):
        kind = kind_in(sets, year)
        for period in of_year(kind, year) if kind else ():
            frame = frame_of(sets, period)
            if frame and (closes := closing(period, frame.text, workdays)) < now:
                yield period, frame, closes


def closing(period: Period, text: RulesText, workdays: Workdays) -> datetime:
    """Give the last second (UTC) of what an appraisal of the period takes note of."""
    return whole_second(limit_at(period.ends_at, text.rules.wait, workdays))


def handle(session: Session, due_: Due, now: datetime, means: Means) -> str | None:
    """Draw up a period's results, once; gives what was done."""
    run = draft(session, due_.slug, of_code(due_.period), now, means)
    if run is None:
        return None
    return f"拟出{run.units}个单位的考核结果，通知单位核对" if run.units else "没有应考核的单位"


def appraised(session: Session, slug: str, text: RulesText, period: Period) -> Sequence[int]:
    """Give the units that a plan's rules are about, as they exist on the last day of a period, by code."""
    here = within(session, slug)
    query = select(Unit.id).where(here).order_by(Unit.code)
    if audiences := text.audiences.values():
        query = query.where(or_(*(matches(one, period.last, here) for one in audiences)))
    return session.scalars(query).all()


def draft(session: Session, slug: str, period: Period, now: datetime, means: Means) -> AppraisalRun | None:
    """Write the results of a period for the units to look at, and tell them; None when it was done before."""
    locks.numbers(session)  # whoever enters a bonus at the same time comes before or after
    sets = adopted(session, slug)
    frame = frame_of(sets, period)
    if frame is None:
        return None
    as_of = closing(period, frame.text, means.workdays)
    results = _results(session, sets, frame, period, as_of)
    values: dict[str, Any] = {"slug": slug, "period": period.code, "year": period.year, "name": period.name}
    values |= {"rules_id": frame.id, "as_of": as_of, "drafted_at": now, "units": len(results)}
    number = insert_new(session, AppraisalRun, values, ("slug", "period"))
    if number is None:
        return None
    run, until = session.get_one(AppraisalRun, number), appeal_until(frame, now, means)
    rows = _write(session, [_values(run, unit, one, until) for unit, one in results.items()], run)
    alone = _tell(session, run, frame, now, means)
    begun = APPRAISAL_RUNS.said(run) | {"untold": alone}
    notes = [journal.Note("appraisal.begun", about_run(run.id), begun)]
    notes += [
        journal.Note(
            "appraisal.drafted",
            f"appraisal/{row.id}",
            APPRAISALS.said(row) | {"appeal_until": row.appeal_until},
        )
        for row in rows
    ]
    journal.append_many(session, now, "duban", notes)
    return run


def _results(
    session: Session, sets: Sequence[Adopted], frame: Adopted, period: Period, as_of: datetime
) -> dict[int, Result]:
    found, rules = evidence(session, frame.slug, period, as_of), [one.pure for one in sets]
    units = [unit for unit in appraised(session, frame.slug, frame.text, period) if unit in found]
    results = {unit: appraise(rules, period, found[unit]) for unit in units}
    return {unit: one for unit, one in results.items() if one}


def appeal_until(frame: Adopted, now: datetime, means: Means) -> datetime:
    """Give the last second (UTC) for an appeal against what units are told of at ``now``."""
    told_at = means.slots(now, False).first.not_before  # noqa: FBT003 - whether it is urgent
    return whole_second(limit_at(told_at, frame.text.rules.appeal, means.workdays))


def in_time(frame: Adopted) -> str:
    """Say by when an appeal is to be made: so many workdays from the telling, which may leave late."""
    return f"在收到本通知次日起{frame.text.rules.appeal}个工作日内"


def _values(run: AppraisalRun, unit: int, result: Result, until: datetime) -> dict[str, Any]:
    drafted = {"run_id": run.id, "unit_id": unit, "appeal_until": until, "lines": said(result.lines)}
    return drafted | {"total": points_text(result.total), "grade": str(result.grade), "state": "draft"}


def _write(session: Session, values: Sequence[dict[str, Any]], run: AppraisalRun) -> Sequence[Appraisal]:
    """Write the drafts in one statement, which on SQLite cannot give their numbers, and read them."""
    if values:
        session.execute(insert(Appraisal), values)
    mine = select(Appraisal).where(Appraisal.run_id == run.id).order_by(Appraisal.id)
    return session.scalars(mine).all()


def _tell(
    session: Session, run: AppraisalRun, frame: Adopted, now: datetime, means: Means
) -> tuple[str, ...]:
    """Tell the units; gives the names of those that have nobody to be told."""
    units = session.scalars(select(Appraisal.unit_id).where(Appraisal.run_id == run.id)).all()
    text = (
        f"{run.name}目标考核的结果已经拟出，请核对本单位每一项得分和依据。"
        f"有异议的，请{in_time(frame)}提出申诉；没有异议的，不用回复。"
    )
    letter = Letter(about_run(run.id), DRAFT, f"请核对{run.name}目标考核结果", text)
    return addressed.address(session, units, letter, means.slots(now, False).first).untold  # noqa: FBT003 - as above
