"""Talks (约谈) and the exposure list (曝光台账) as of a moment."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from ..obligations import findings
from ..obligations.findings import StepKind
from ..obligations.sheet_names import sheet_number
from ..obligations.words import Rung
from . import unit_names
from .sheet_listing import LISTING
from .sheet_then import arranged_by
from .tables import Finding, FindingStep, Sheet, Talk, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from .filed_scope import Filed


class FiledTalk(NamedTuple):
    """One talk: as arranged by then, and its minutes and follow-up if there were any. Moments in UTC."""

    reference: str
    unit: str
    matter: str
    at: datetime
    place: str
    attending: str
    material: str
    minutes: str
    minuted_at: datetime | None
    promised: str
    promised_by: datetime | None
    followed_at: datetime | None
    followed: str


class FiledExposed(NamedTuple):
    """One line of the list: a finding supervised by name, or a 通报. Moments in UTC."""

    number: int
    kind: str
    reference: str
    unit: str
    matter: str
    responsible: str
    since: datetime
    limit_at: datetime | None
    until: datetime | None
    why: str


def filed_talks(session: Session, filed: Filed) -> Iterator[FiledTalk]:
    """Give the talks whose notice had been issued, in the order of their numbers."""
    query = (
        select(Sheet, Talk, unit_names.called(session, filed.as_of))
        .select_from(Sheet)
        .join(Talk, Talk.sheet_id == Sheet.id)
        .join(Unit, Unit.id == Sheet.unit_id)
        .where(Sheet.issued_at <= filed.as_of, *filed.sheets())
        .order_by(Sheet.number)
    )
    for sheet, talk, unit in session.execute(query).tuples():
        heard = talk.minuted_at is not None and talk.minuted_at <= filed.as_of
        then = talk if heard else arranged_by(session, sheet.id, filed.as_of) or talk
        followed = talk.followed_at if talk.followed_at and talk.followed_at <= filed.as_of else None
        yield FiledTalk(
            *(sheet_number(sheet.rung, sheet.year, sheet.number), unit, sheet.matter),
            *(then.at, then.place, then.attending, then.material),
            *((talk.minutes or "") if heard else "", talk.minuted_at if heard else None),
            *((talk.promised or "") if heard else "", talk.promised_by if heard else None),
            *(followed, (talk.followed or "") if followed else ""),
        )


def filed_exposure(session: Session, filed: Filed) -> Iterator[FiledExposed]:
    """Give each listing of a finding by then, in the order of their numbers, then the 通报."""
    for number, one in enumerate((*_listed(session, filed), *_told(session, filed)), start=1):
        yield one._replace(number=number)


def _listed(session: Session, filed: Filed) -> Iterator[FiledExposed]:
    names = {**dict(session.execute(select(Unit.id, Unit.name)).tuples().all())}
    names |= unit_names.renamed(session, filed.as_of)
    listed = select(FindingStep.finding_id).where(
        FindingStep.kind == str(StepKind.LISTED), FindingStep.at <= filed.as_of
    )
    query = (
        select(Finding, FindingStep, Sheet.limit_at)
        .join(FindingStep, FindingStep.finding_id == Finding.id)
        .outerjoin(Sheet, _by())
        .where(Finding.id.in_(listed), Finding.id.in_(filed.findings()), FindingStep.at <= filed.as_of)
        .order_by(Finding.number, FindingStep.id)
    )
    rows = session.execute(query).tuples()
    for _, steps in groupby(rows, key=lambda row: row[0].id):
        yield from _listings(steps, names)


def _by() -> ColumnElement[bool]:
    """Tell of a sheet that it is the one by which a step lists its finding."""
    own = and_(Sheet.finding_id == FindingStep.finding_id, Sheet.cause == LISTING)
    return and_(own, FindingStep.kind == str(StepKind.LISTED), Sheet.issued_at == FindingStep.at)


def _listings(
    steps: Iterable[tuple[Finding, FindingStep, datetime | None]], names: Mapping[int, str]
) -> list[FiledExposed]:
    """Give a line for each time that a finding was listed, as it stood until it came off the list."""
    lines: list[FiledExposed] = []
    unit = responsible = ""
    for found, step, limit_at in steps:
        if step.unit_id is not None:
            unit, responsible = names[step.unit_id], step.responsible or ""
        if step.kind == str(StepKind.LISTED):
            about = (findings.called(found.year, found.number), unit, f"{found.place}：{found.description}")
            lines.append(FiledExposed(0, "挂牌督办", *about, responsible, step.at, limit_at, None, step.text))
        elif lines and lines[-1].until is None:
            over = step.kind == str(StepKind.DELISTED)
            why = f"{lines[-1].why}；摘牌：{step.text}" if over else lines[-1].why
            until = step.at if over else None
            lines[-1] = lines[-1]._replace(unit=unit, responsible=responsible, until=until, why=why)
    return lines


def _told(session: Session, filed: Filed) -> Iterator[FiledExposed]:
    query = (
        select(Sheet, unit_names.called(session, filed.as_of))
        .select_from(Sheet)
        .join(Unit, Unit.id == Sheet.unit_id)
        .where(Sheet.rung == str(Rung.TONGBAO), Sheet.issued_at <= filed.as_of, *filed.sheets())
        .order_by(Sheet.number)
    )
    for sheet, unit in session.execute(query).tuples():
        over = [one for one in (sheet.withdrawn_at, sheet.closed_at) if one and one <= filed.as_of]
        withdrawn = sheet.withdrawn_at is not None and sheet.withdrawn_at in over
        why = f"已撤销：{sheet.withdrawn_why or ''}" if withdrawn else sheet.reason
        yield FiledExposed(
            *(0, "通报", sheet_number(sheet.rung, sheet.year, sheet.number), unit, sheet.matter),
            *(sheet.responsible, sheet.issued_at or filed.as_of, sheet.limit_at),
            *(min(over, default=None), why),
        )
