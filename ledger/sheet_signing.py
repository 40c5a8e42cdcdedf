"""Signing: a draft gets its number, its limit and its letters, and leaves in the office's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, update

from ..calendar import limits
from ..obligations import ladder, sheet_moves
from ..obligations.errors import DubanError
from ..obligations.sheet_names import sheet_year
from ..obligations.words import Rung, SheetState
from . import journal, locks, sheet_letters, sheet_listing, sheet_standing
from .addressed import address
from .audiences import check_there
from .finding_steps import locked
from .kept_sheets import SHEETS
from .sheet_drafts import note
from .sheet_facts import facts, find, mark, talk_of
from .sheet_rules import rules_of
from .tables import Finding, Obligation, Sheet, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.slots import Slot
    from .means import Means


class Issued(NamedTuple):
    """A sheet that was signed, and the names of the units that have nobody to be told."""

    sheet: Sheet
    untold: tuple[str, ...]


def sign(
    session: Session, sheet_id: int, now: datetime, by: str, means: Means, *, seen: str | None = None
) -> Issued:
    """Sign a draft: it takes the next number of its series, and its limit runs in workdays from now on.

    ``seen`` is the ``sheet_facts.mark`` of what was read; a draft changed since is not signed. Raises
    :class:`DubanError` when it may not be signed. Whoever numbers comes first, before any row is locked; then
    what it is about, then the sheet.
    """
    locks.numbers(session)
    found = _locked(session, sheet_id)
    sheet_moves.check_sign(facts(session, found), now, by)
    if seen is not None and seen != mark(found, talk_of(session, found.id)):
        raise DubanError("这份草稿在您看过之后有修改，没有签发；请看过修改后的内容再签发。")
    check_there(session, found.unit_id, now)
    sheet_standing.check_unmet(session, found, now)
    sheet_listing.check_signed(session, found)
    number(session, found, now)
    _count_again(session, found)
    found.state, found.issued_at, found.signed_by = str(SheetState.ISSUED), now, by
    limit = limits.limit_at(now, found.limit_days, means.workdays)
    found.limit_at = limit
    found.next_at = limits.next_at(limit, Rung(found.rung), rules_of(session, found), means.workdays)
    _climb(session, found)
    session.flush()
    letter = sheet_letters.issued(found, talk_of(session, found.id))
    slot = means.slots(now, letter.urgent).first
    told = [*address(session, [found.unit_id], letter, slot).untold, *_copy(session, found, slot)]
    detail = SHEETS.said(found) | {"next_at": found.next_at}
    listed = sheet_listing.signed(session, found, now, by)
    journal.append_many(session, now, by, [*listed, note(found, "sheet.issued", detail)])
    return Issued(found, tuple(told))


def _copy(session: Session, found: Sheet, slot: Slot) -> tuple[str, ...]:
    """Tell the unit that failed, where the sheet goes to the side that leads."""
    owing = session.scalar(select(Obligation.unit_id).where(Obligation.id == found.obligation_id))
    if owing is None or owing == found.unit_id:
        return ()
    lead = session.scalar(select(Unit.name).where(Unit.id == found.unit_id)) or found.lead
    letter = sheet_letters.copied(found, lead, talk_of(session, found.id))
    return address(session, [owing], letter, slot).untold


def number(session: Session, found: Sheet, now: datetime) -> None:
    """Give a sheet the next number of its series, rung and year; the caller holds ``locks.numbers``."""
    found.year = sheet_year(now)
    same = (Sheet.series == found.series, Sheet.rung == found.rung, Sheet.year == found.year)
    last = session.scalar(select(func.max(Sheet.number)).where(*same))
    found.number = (last or 0) + 1


def _locked(session: Session, sheet_id: int) -> Sheet:
    seen = find(session, sheet_id)
    if seen is not None and seen.obligation_id is not None:
        session.scalar(
            select(Obligation.id).where(Obligation.id == seen.obligation_id).with_for_update(key_share=True)
        )
    if seen is not None and seen.finding_id is not None:
        locked(session, seen.finding_id)
    found = find(session, sheet_id, lock=True)
    if found is None:
        raise DubanError("没有这份督办文书。")
    return found


def _count_again(session: Session, found: Sheet) -> None:
    """Let a sheet that a person drafted count for its finding as it is now: it may have come back since."""
    if found.finding_id is not None:
        found.again = session.scalar(select(Finding.climbs).where(Finding.id == found.finding_id)) or 0


def _climb(session: Session, found: Sheet) -> None:
    """Note on what the sheet is about which rung it has reached; never down."""
    rung = ladder.order(Rung(found.rung))
    for table, id_ in ((Obligation, found.obligation_id), (Finding, found.finding_id)):
        if id_ is not None:
            session.execute(update(table).where(table.id == id_, table.rung < rung).values(rung=rung))
