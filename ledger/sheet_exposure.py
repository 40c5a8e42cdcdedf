"""The exposure list (曝光台账): findings supervised by name, and 通报 that were issued, with their facts.

It is for those who sign in; nothing of it is shown to the public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select

from ..obligations.findings import called
from ..obligations.sheet_names import sheet_number
from ..obligations.words import FindingState, Rung, SheetState
from .sheet_listing import LISTING
from .tables import Finding, Sheet, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Named(NamedTuple):
    """A finding that is, or was, supervised by name; ``sheet`` is the number of what listed it."""

    finding_id: int
    called: str
    unit: str
    place: str
    description: str
    responsible: str
    due_at: datetime
    state: FindingState
    listed_at: datetime
    delisted_at: datetime | None
    sheet_id: int | None
    sheet: str
    limit_at: datetime | None


class Bulletin(NamedTuple):
    """A 通报 that was issued and not withdrawn, with what it says."""

    sheet_id: int
    number: str
    unit: str
    matter: str
    requirement: str
    issued_at: datetime
    signed_by: str
    limit_at: datetime | None
    state: SheetState


@dataclass(frozen=True, slots=True)
class Exposed:
    """What the list holds: findings under supervision by name, then bulletins, the newest first."""

    findings: list[Named]
    bulletins: list[Bulletin]


def exposed(session: Session) -> Exposed:
    """Give the whole list."""
    return Exposed(named(session, running=True), bulletins(session))


def named(session: Session, *, running: bool) -> list[Named]:
    """Give the findings that are supervised by name, the newest first; or those that no longer are."""
    off = Finding.delisted_at.is_(None) if running else Finding.delisted_at.is_not(None)
    by = and_(
        Sheet.finding_id == Finding.id,
        Sheet.cause == LISTING,
        Sheet.issued_at == Finding.listed_at,
    )
    rows = session.execute(
        select(Finding, Unit.name, Sheet)
        .join(Unit, Unit.id == Finding.unit_id)
        .outerjoin(Sheet, by)
        .where(Finding.listed_at.is_not(None), off)
        .order_by(Finding.listed_at.desc(), Finding.id.desc())
        .limit(500)
    )
    return [_named(finding, unit, sheet) for finding, unit, sheet in rows.tuples()]


def bulletins(session: Session) -> list[Bulletin]:
    """Give the 通报 that were issued, the newest first, five hundred at most."""
    alive = Sheet.state.in_((str(SheetState.ISSUED), str(SheetState.CLOSED)))
    rows = session.execute(
        select(Sheet, Unit.name)
        .join(Unit, Unit.id == Sheet.unit_id)
        .where(Sheet.rung == str(Rung.TONGBAO), alive)
        .order_by(Sheet.issued_at.desc(), Sheet.id.desc())
        .limit(500)
    )
    return [_bulletin(sheet, unit) for sheet, unit in rows.tuples()]


def _named(one: Finding, unit: str, sheet: Sheet | None) -> Named:
    return Named(
        finding_id=one.id,
        called=called(one.year, one.number),
        unit=unit,
        place=one.place,
        description=one.description,
        responsible=one.responsible,
        due_at=one.due_at,
        state=FindingState(one.state),
        listed_at=one.listed_at or one.found_at,
        delisted_at=one.delisted_at,
        sheet_id=sheet.id if sheet else None,
        sheet=sheet_number(sheet.rung, sheet.year, sheet.number) if sheet else "",
        limit_at=sheet.limit_at if sheet else None,
    )


def _bulletin(one: Sheet, unit: str) -> Bulletin:
    return Bulletin(
        sheet_id=one.id,
        number=sheet_number(one.rung, one.year, one.number),
        unit=unit,
        matter=one.matter,
        requirement=one.requirement,
        issued_at=one.issued_at or one.made_at,
        signed_by=one.signed_by or "",
        limit_at=one.limit_at,
        state=SheetState(one.state),
    )
