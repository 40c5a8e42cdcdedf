"""Sheets for those who may see them: the office sees all, a unit what was issued to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import sheet_facts
from .access import AbsentError

if TYPE_CHECKING:
    from ..ledger.tables import Sheet
    from .access import Desk


def sheet_of(desk: Desk, sheet_id: int, *, lock: bool = False) -> Sheet:
    """Give a sheet, locked for this transaction if asked; raises :class:`AbsentError`."""
    found = sheet_facts.find(desk.session, sheet_id, lock=lock)
    unit_id = desk.caller.unit_id
    if found is None or (unit_id is not None and (found.unit_id != unit_id or found.number is None)):
        raise AbsentError
    return found
