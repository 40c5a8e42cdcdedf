"""A unit's own list: what it owes, the most pressing first, and what became of what it answered."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ...ledger.mine import mine
from ..pages import page
from .visit import Mine, done_words

router = APIRouter(prefix="/l/{token}", include_in_schema=False)


@router.get("")
def look(here: Mine) -> HTMLResponse:
    """Show the list."""
    with here.read() as desk:
        found = mine(desk.session, here.caller.unit_id or 0, here.now)
    return page(here, "unit/list.html", mine=found, done=done_words(here))
