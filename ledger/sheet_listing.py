"""Grave findings that are supervised by name (挂牌督办): listed by a signed sheet, taken off when closed.

The desk proposes by drafting a sheet of the cause ``listing``; whoever signs it lists the finding. What is
to be entered in the journal is given back, for the caller to enter last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import sheet_moves
from ..obligations.errors import DubanError
from ..obligations.findings import StepKind
from ..obligations.sheet_names import sheet_number
from ..obligations.words import FindingState, Grade, SheetState
from .asking import said
from .finding_steps import locked, note_of, take
from .tables import Finding, FindingStep, Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .journal import Note

LISTING = "listing"


def check_listable(found: Finding) -> None:
    """Raise :class:`DubanError` when a finding may not be put on the list."""
    listed = found.listed_at if found.delisted_at is None else None
    sheet_moves.check_list(Grade(found.grade), FindingState(found.state), listed)


def check_signed(session: Session, sheet: Sheet) -> None:
    """Raise :class:`DubanError` when what a sheet would list may not be listed (any more)."""
    if (found := _listing(session, sheet)) is not None:
        check_listable(found)


def check_closed(session: Session, sheet: Sheet) -> None:
    """Raise :class:`DubanError` while the finding that a sheet lists has not been taken off the list."""
    found = _listing(session, sheet)
    if found is not None and found.listed_at is not None and found.delisted_at is None:
        raise DubanError("该隐患还在挂牌督办中；请在销号后先摘牌，督办单随摘牌办结。")


def signed(session: Session, sheet: Sheet, now: datetime, by: str) -> list[Note]:
    """List the finding of a sheet that has just been signed, if it is one that lists."""
    if (found := _listing(session, sheet)) is None:
        return []
    return [_step(session, found, FindingStep(at=now, kind=str(StepKind.LISTED), by=by, text=_number(sheet)))]


def withdrawn(session: Session, sheet: Sheet, now: datetime, by: str) -> list[Note]:
    """Take the finding of a withdrawn sheet off the list again."""
    found = _listing(session, sheet)
    if found is None or found.delisted_at is not None:
        return []
    why = f"{_number(sheet)}撤销：{sheet.withdrawn_why}"
    return [_step(session, found, FindingStep(at=now, kind=str(StepKind.DELISTED), by=by, text=why))]


def delist(session: Session, finding_id: int, now: datetime, by: str, why: str) -> tuple[Sheet | None, Note]:
    """Take a finding that has been closed off the list; gives the sheet that listed it, if it still runs.

    The caller closes that sheet in the same transaction. Raises :class:`DubanError`.
    """
    found = locked(session, finding_id)
    if found is None:
        raise DubanError("没有这处隐患。")
    state = FindingState(found.state)
    sheet_moves.check_delist(state, found.listed_at, found.delisted_at, said(why))
    row = FindingStep(at=now, kind=str(StepKind.DELISTED), by=by, text=said(why))
    return running(session, finding_id, lock=True), _step(session, found, row)


def running(session: Session, finding_id: int, *, lock: bool = False) -> Sheet | None:
    """Give the issued sheet that has put a finding on the list, locked for who is about to close it."""
    here = (Sheet.finding_id == finding_id, Sheet.cause == LISTING, Sheet.state == str(SheetState.ISSUED))
    query = select(Sheet).where(*here).order_by(Sheet.id.desc()).limit(1)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def _listing(session: Session, sheet: Sheet) -> Finding | None:
    if sheet.cause != LISTING or sheet.finding_id is None:
        return None
    return session.get(Finding, sheet.finding_id, populate_existing=True)


def _number(sheet: Sheet) -> str:
    return sheet_number(sheet.rung, sheet.year, sheet.number)


def _step(session: Session, found: Finding, row: FindingStep) -> Note:
    return note_of(take(session, found, row))
