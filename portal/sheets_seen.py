"""Sheets for those who may see them: the office sees all, a unit what was issued to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import lookup, sheet_facts
from .access import AbsentError

if TYPE_CHECKING:
    from ..ledger.tables import Sheet
    from .access import Desk


def sheet_of(desk: Desk, sheet_id: int, *, lock: bool = False) -> Sheet:
    """Give a sheet, locked for this transaction if asked; raises :class:`AbsentError`.

    Who failed may read what went to the side that leads; to act on it (``lock``) it must be the unit's own.
    """
    found = sheet_facts.find(desk.session, sheet_id, lock=lock)
    unit_id = desk.caller.unit_id
    if found is None:
        raise AbsentError
    if unit_id is not None and (found.number is None or not _of(desk, found, unit_id, own=lock)):
        raise AbsentError
    return found


def _of(desk: Desk, found: Sheet, unit_id: int, *, own: bool) -> bool:
    if found.unit_id == unit_id or own:
        return found.unit_id == unit_id
    owed = lookup.obligation(desk.session, found.obligation_id or 0)
    return owed is not None and owed.unit_id == unit_id
