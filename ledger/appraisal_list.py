"""Short lists of appraisals: a unit's own, what waits for the office, the paper ledger (考核表)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, exists, func, or_, select

from ..obligations.appraisal_rules import NOUGHT
from .appraisal_lines import lines_of
from .appraisal_results import run_of, standings
from .tables import Appraisal, AppraisalAppeal, AppraisalEntry, AppraisalRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class Own(NamedTuple):
    """One result of a unit for its list; moments in UTC."""

    appraisal_id: int
    name: str
    appeal_until: datetime
    published_at: datetime | None


def of_unit(session: Session, unit_id: int, now: datetime, since: datetime) -> list[Own]:
    """Give a unit's drafts that it may appeal against at ``now``, and what was published after ``since``."""
    open_ = and_(Appraisal.state == "draft", Appraisal.appeal_until >= now)
    rows = session.execute(
        select(Appraisal.id, AppraisalRun.name, Appraisal.appeal_until, Appraisal.published_at)
        .join(AppraisalRun, AppraisalRun.id == Appraisal.run_id)
        .where(Appraisal.unit_id == unit_id, or_(open_, Appraisal.published_at >= since))
        .order_by(Appraisal.id)
    )
    return [Own(*row) for row in rows]


class Waiting(NamedTuple):
    """What waits: appeals to answer, vetoes to sign, drafts that nothing keeps from being published."""

    appeals: int
    vetoes: int
    ready: int


def waiting(session: Session, now: datetime) -> Waiting:
    """Count what waits for the office."""
    open_ = AppraisalAppeal.decided_at.is_(None)
    appeals = session.scalar(select(func.count()).select_from(AppraisalAppeal).where(open_)) or 0
    unsigned = and_(
        AppraisalEntry.kind == "veto",
        AppraisalEntry.signed_at.is_(None),
        AppraisalEntry.withdrawn_at.is_(None),
    )
    vetoes = session.scalar(select(func.count()).select_from(AppraisalEntry).where(unsigned)) or 0
    ready = session.scalar(
        select(func.count())
        .select_from(Appraisal)
        .where(
            Appraisal.state == "draft",
            Appraisal.appeal_until < now,
            ~exists().where(AppraisalAppeal.appraisal_id == Appraisal.id, open_),
        )
    )
    return Waiting(appeals, vetoes, ready or 0)


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


def appraisal_rows(session: Session, slug: str, period: str) -> Paper | None:
    """Give the paper ledger (考核表) of a plan's period (``2023-Q1``); None when nothing is drawn up yet."""
    query = select(AppraisalRun.id).where(AppraisalRun.slug == slug, AppraisalRun.period == period)
    run_id = session.scalar(query)
    run = run_of(session, run_id) if run_id is not None else None
    if run is None:
        return None
    items = run.rules.pure.items
    drafts = {row.id: row for row in session.scalars(select(Appraisal).where(Appraisal.run_id == run_id))}
    rows: list[PaperRow] = []
    for number, one in enumerate(standings(session, run), 1):
        lines = lines_of(drafts[one.appraisal_id].lines)
        by_item = tuple(_sum(line.points for line in lines if line.item == item.key) for item in items)
        vetoes = "；".join(line.name for line in lines if line.kind.value == "veto")
        rows.append(
            PaperRow(
                *(number, one.code, one.unit, by_item, one.drafted - _sum(by_item)),
                *(one.total - one.drafted, one.total, one.grade.zh),
                *(vetoes or ("一票否决" if one.vetoed else ""), "已公布" if one.published_at else "拟定"),
                one.published_at,
            )
        )
    names = tuple(item.name for item in items)
    return Paper(run.row.name, run.row.as_of, run.rules.pure.maximum, names, tuple(rows))


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, NOUGHT)
