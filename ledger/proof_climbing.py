"""Holds what the ladder goes by against what it rests on: the rung of a matter, when a sheet goes further.

Who could set these unseen would stop the ladder for good, or send a sheet before its time.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..obligations.ladder import RUNGS, following, order
from ..obligations.talk_moves import KEPT
from ..obligations.words import Rung
from .sheet_rules import rules_of
from .tables import Finding, Obligation, Sheet, SheetReply, Talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_PLACE = case({str(rung): order(rung) for rung in RUNGS}, value=Sheet.rung)
_ISSUED: ColumnElement[bool] = Sheet.state == "issued"
_SECOND = timedelta(seconds=1)
# The longest row of days off there has been is nine; so many calendar days hold any number of workdays.
_DAYS_OFF = timedelta(days=14)
_PER_WORKDAY = timedelta(days=2)


def fault(session: Session) -> str | None:
    """Give the first rung or time that does not follow from the book, as a Chinese sentence, or None."""
    return next(chain(_rungs(session), _halted(session), _times(session)), None)


def _rungs(session: Session) -> Iterator[str]:
    for table, about, named in (
        (Obligation, Sheet.obligation_id, "事项"),
        (Finding, Sheet.finding_id, "隐患"),
    ):
        reached = select(about.label("id"), func.max(_PLACE).label("rung")).where(
            about.is_not(None), Sheet.number.is_not(None)
        )
        if table is Finding:
            this_time = and_(Finding.id == Sheet.finding_id, Finding.climbs == Sheet.again)
            reached = reached.join(Finding, this_time)
        by_sheets = reached.group_by(about).subquery()
        query = (
            select(table.id)
            .outerjoin(by_sheets, by_sheets.c.id == table.id)
            .where(table.rung != func.coalesce(by_sheets.c.rung, 0))
        )
        for id_ in session.scalars(query.order_by(table.id).limit(1)):
            yield f"{id_}号{named}所记的督办层级，与已签发的督办文书不符，被改动过"


def _halted(session: Session) -> Iterator[str]:
    """Find sheets that run and go no further, though nothing in the book says why."""
    # Sheets of one round climb by the same rules, so one of them speaks for all.
    first = (
        select(func.min(Sheet.id))
        .outerjoin(Obligation, Obligation.id == Sheet.obligation_id)
        .where(
            *(_ISSUED, Sheet.next_at.is_(None), ~_excused(), ~_met(), ~_gone_on()),
            or_(Sheet.obligation_id.is_not(None), Sheet.finding_id.is_not(None)),
        )
        .group_by(Sheet.series, Sheet.rung, Obligation.round_id, Sheet.finding_id)
    )
    for row in session.scalars(select(Sheet).where(Sheet.id.in_(first)).order_by(Sheet.id)):
        if following(rules_of(session, row).rungs, order(Rung(row.rung))):
            yield f"{row.id}号督办文书不再升级，账簿中没有理由，被改动过"


def _times(session: Session) -> Iterator[str]:
    """Find sheets that would go further before their limit has passed, or long after."""
    of = (Sheet.limit_at, Sheet.next_at, Talk.promised_by, Sheet.series, Sheet.rung)
    query = (
        select(func.min(Sheet.id), Talk.promised_by)
        .outerjoin(Talk, Talk.sheet_id == Sheet.id)
        .where(_ISSUED, Sheet.next_at.is_not(None))
        .group_by(*of)
    )
    for id_, until in session.execute(query).tuples().all():
        row = session.get_one(Sheet, id_, populate_existing=True)
        if row.limit_at is None or row.next_at is None:
            continue
        latest = row.limit_at if until is None else max(row.limit_at, until)
        step = following(rules_of(session, row).rungs, order(Rung(row.rung)))
        after = _PER_WORKDAY * step.after + _DAYS_OFF if step and step.after else timedelta()
        if not row.limit_at + _SECOND <= row.next_at <= latest + _SECOND + after:
            yield f"{row.id}号督办文书升级的时间，与它的期限不符，被改动过"


def _excused() -> ColumnElement[bool]:
    """Tell of a sheet that a reason was accepted, or that what was promised in a talk was kept."""
    accepted = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.accepted.is_(True))
    kept = exists().where(Talk.sheet_id == Sheet.id, Talk.followed.startswith(KEPT))
    return or_(accepted, kept)


def _met() -> ColumnElement[bool]:
    done = and_(Obligation.id == Sheet.obligation_id, Obligation.state.in_(("accepted", "exempt")))
    over = or_(Finding.state == "closed", Finding.climbs > Sheet.again)
    finding = exists().where(Finding.id == Sheet.finding_id, over)
    return or_(exists().where(done).correlate(Sheet), finding.correlate(Sheet))


def _gone_on() -> ColumnElement[bool]:
    other = aliased(Sheet)
    above = case({str(rung): order(rung) for rung in RUNGS}, value=other.rung) > _PLACE
    again = and_(other.finding_id == Sheet.finding_id, other.again == Sheet.again)
    return exists().where(or_(other.obligation_id == Sheet.obligation_id, again), above)
