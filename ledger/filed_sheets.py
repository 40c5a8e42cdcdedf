"""The rows of the paper ledger of sheets (督办台账), as of a moment: only what had been issued by then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func, or_, select

from ..obligations.sheet_names import sheet_number
from ..obligations.words import Rung
from . import unit_names
from .sheet_prefill import book_title
from .tables import Finding, Obligation, Sheet, SheetReply, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row
    from sqlalchemy.orm import Session


class FiledSheet(NamedTuple):
    """One line; moments in UTC, empty where it had not happened by then."""

    sheet_id: int
    number: int
    reference: str
    rung: str
    matter: str
    unit: str
    responsible: str
    lead: str
    requirement: str
    basis: str
    signed_by: str
    issued_at: datetime
    limit_at: datetime
    acknowledged_at: datetime | None
    replies: int
    outcome: str


def filed_sheets(
    session: Session,
    slug: str | None,
    year: int | None,
    as_of: datetime,
    unit: str | None = None,
    round_id: int | None = None,
) -> Iterator[FiledSheet]:
    """Give the sheets of a plan and year in the order of rungs and numbers; ``unit`` is a code or a name.

    A round asks for those about what was owed in it, or about findings that came with its reports.
    """
    replied = (
        select(func.count())
        .where(SheetReply.sheet_id == Sheet.id, SheetReply.at <= as_of)
        .correlate(Sheet)
        .scalar_subquery()
    )
    query = (
        select(Sheet, unit_names.called(session, as_of), replied)
        .join(Unit, Unit.id == Sheet.unit_id)
        .where(Sheet.issued_at <= as_of)
        .order_by(Sheet.series, Sheet.year, _rank(), Sheet.number)
    )
    if slug is not None:
        query = query.where(Sheet.series == slug)
    if year is not None:
        query = query.where(Sheet.year == year)
    if unit is not None:
        query = query.where(or_(Unit.code == unit, Unit.name == unit))
    if round_id is not None:
        owed = select(Obligation.id).where(Obligation.round_id == round_id)
        found = select(Finding.id).where(Finding.obligation_id.in_(owed))
        query = query.where(or_(Sheet.obligation_id.in_(owed), Sheet.finding_id.in_(found)))
    rows = session.execute(query.execution_options(yield_per=500))
    for number, row in enumerate(rows, start=1):
        yield _line(number, row, as_of)


def _rank() -> Any:
    return case({rung.value: place for place, rung in enumerate(Rung)}, value=Sheet.rung)


def _line(number: int, row: Row[tuple[Sheet, str, int]], as_of: datetime) -> FiledSheet:
    sheet, unit, replies = row
    seen = sheet.acknowledged_at
    return FiledSheet(
        *(sheet.id, number, sheet_number(sheet.rung, sheet.year, sheet.number), Rung(sheet.rung).zh),
        *(sheet.matter, unit, sheet.responsible, sheet.lead, sheet.requirement),
        f"{book_title(sheet.basis)}{sheet.clause}" if sheet.basis else sheet.clause,
        *(sheet.signed_by or "", sheet.issued_at or as_of, sheet.limit_at or as_of),
        *(seen if seen is not None and seen <= as_of else None, replies, _outcome(sheet, as_of)),
    )


def _outcome(sheet: Sheet, as_of: datetime) -> str:
    if sheet.withdrawn_at is not None and sheet.withdrawn_at <= as_of:
        return f"已撤销：{sheet.withdrawn_why or ''}"
    if sheet.closed_at is not None and sheet.closed_at <= as_of:
        return f"已办结：{sheet.closing or ''}"
    return "逾期未办结" if sheet.limit_at is not None and sheet.limit_at < as_of else "办理中"
