"""Short lists of appraisals: a unit's own, what waits for the office, the paper ledger (考核表)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, func, or_, select

from ..obligations.appraisal_rules import NOUGHT
from . import appraisal_vetoes
from .appraisal_lines import lines_of
from .appraisal_results import run_of, standings
from .tables import Appraisal, AppraisalAppeal, AppraisalEntry, AppraisalRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from .appraisal_results import Run


class Own(NamedTuple):
    """One result of a unit for its list; moments in UTC."""

    appraisal_id: int
    name: str
    appeal_until: datetime
    published_at: datetime | None


def of_unit(session: Session, unit_id: int, since: datetime) -> list[Own]:
    """Give a unit's drafts, and what of its results was published after ``since``."""
    open_ = Appraisal.state == "draft"
    rows = session.execute(
        select(Appraisal.id, AppraisalRun.name, Appraisal.appeal_until, Appraisal.published_at)
        .join(AppraisalRun, AppraisalRun.id == Appraisal.run_id)
        .where(Appraisal.unit_id == unit_id, or_(open_, Appraisal.published_at >= since))
        .order_by(Appraisal.id)
    )
    return [Own(*row) for row in rows]


class Waiting(NamedTuple):
    """What waits: appeals to answer, vetoes to sign, drafts that may be published.

    ``run_id`` is the run of the first appeal, ``plan`` and ``period`` those of the first veto.
    """

    appeals: int
    vetoes: int
    ready: int
    run_id: int | None
    plan: str
    period: str


def waiting(session: Session, now: datetime) -> Waiting:
    """Count what waits for the office."""
    open_ = AppraisalAppeal.decided_at.is_(None)
    appeals = session.scalar(select(func.count()).select_from(AppraisalAppeal).where(open_)) or 0
    unsigned = and_(
        AppraisalEntry.kind == "veto",
        AppraisalEntry.signed_at.is_(None),
        AppraisalEntry.withdrawn_at.is_(None),
    )
    entries = select(AppraisalEntry.slug, AppraisalEntry.period).where(unsigned).order_by(AppraisalEntry.id)
    vetoes = session.execute(entries).all()
    first = select(Appraisal.run_id).join(AppraisalAppeal, AppraisalAppeal.appraisal_id == Appraisal.id)
    run_id = session.scalar(first.where(open_).order_by(AppraisalAppeal.id).limit(1))
    ready = session.scalar(
        select(func.count())
        .select_from(Appraisal)
        .where(
            Appraisal.state == "draft",
            Appraisal.appeal_until < now,
            ~exists().where(AppraisalAppeal.appraisal_id == Appraisal.id, open_),
        )
    )
    plan, period = vetoes[0] if vetoes else ("", "")
    return Waiting(appeals, len(vetoes), ready or 0, run_id, plan, period)


class PaperRow(NamedTuple):
    """One line of the paper ledger: points by item as drafted, then what makes the total of it."""

    number: int
    code: str
    unit: str
    items: tuple[Decimal, ...]
    bonus: Decimal
    adjusted: Decimal
    total: Decimal
    grade: str
    vetoes: str
    state: str
    published_at: datetime | None


class Paper(NamedTuple):
    """The ledger of a period: its name, full marks, the names of the items, units by code."""

    name: str
    as_of: datetime
    maximum: Decimal
    items: tuple[str, ...]
    rows: tuple[PaperRow, ...]


def appraisal_rows(
    session: Session, slug: str | None, year: int | None, as_of: datetime, unit: str | None = None
) -> list[Paper]:
    """Give the paper ledgers (考核表) of a plan and year, of each period drawn up by ``as_of``, as it stood.

    ``unit`` (a code) gives its own lines alone. In the order of plans and periods.
    """
    query = select(AppraisalRun.id).where(AppraisalRun.drafted_at <= as_of)
    wanted = {AppraisalRun.slug: slug, AppraisalRun.year: year}
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    ids = session.scalars(query.order_by(AppraisalRun.slug, AppraisalRun.as_of, AppraisalRun.id)).all()
    return [_paper(session, run, as_of, unit) for id_ in ids if (run := run_of(session, id_))]


def _paper(session: Session, run: Run, as_of: datetime, unit: str | None) -> Paper:
    items, of_run = run.rules.pure.items, Appraisal.run_id == run.row.id
    drafts = {row.id: row for row in session.scalars(select(Appraisal).where(of_run))}
    vetoes = appraisal_vetoes.standing(session, run.row, as_of)
    rows: list[PaperRow] = []
    chosen = [one for one in standings(session, run, by=as_of) if unit in (None, one.code)]
    for number, one in enumerate(chosen, 1):
        lines = lines_of(drafts[one.appraisal_id].lines)
        by_item = tuple(_sum(line.points for line in lines if line.item == item.key) for item in items)
        rows.append(
            PaperRow(
                *(number, one.code, one.unit, by_item, one.drafted - _sum(by_item)),
                *(one.total - one.drafted, one.total, one.grade.zh),
                *(
                    "；".join(veto.name for veto in vetoes[one.unit_id]),
                    "已公布" if one.published_at else "拟定",
                ),
                one.published_at,
            )
        )
    names = tuple(item.name for item in items)
    return Paper(run.row.name, run.row.as_of, run.rules.pure.maximum, names, tuple(rows))


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, NOUGHT)
