"""A unit's own list: what it owes, the most pressing first, and what became of what it answered."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ...ledger import lights
from ...ledger.mine import mine
from ..pages import page
from .also import also
from .visit import Mine, done_words
from .ways import ways

router = APIRouter(prefix="/l/{token}", include_in_schema=False)


@router.get("")
def look(here: Mine) -> HTMLResponse:
    """Show the list."""
    with here.read() as desk:
        unit_id = here.caller.unit_id or 0
        found = mine(desk.session, unit_id, here.now)
        items = (*found.returned, *found.owed)
        burning = lights.of_items(desk.session, items, here.now, here.counter.workdays)
        more = [] if here.caller.board else also(desk.session, unit_id, here.now)
        begin = [] if here.caller.board else ways(desk.session, unit_id, here.now)
    return page(
        here,
        "unit/list.html",
        mine=found,
        lights=burning,
        more=more,
        ways=begin,
        done=done_words(here),
    )
