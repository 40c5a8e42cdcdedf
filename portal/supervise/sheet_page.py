"""One sheet whole: what it says, who was told, what the unit answered, the talk, and the acts per right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...ledger import letters, sheet_facts, sheet_whole
from ...obligations.sheet_moves import MOST_DAYS
from .. import flash
from ..access import Act, Here, may
from ..asked import Number
from ..pages import page
from ..sheets_seen import sheet_of
from .sheet_words import DONE, WORDS, limit, near_by
from .words import ACTIONS

if TYPE_CHECKING:
    from ..office.case import Attempt

router = APIRouter(include_in_schema=False)


@router.get("/sheets/{sheet_id:int}")
def sheet(here: Annotated[Here, Depends(may(Act.LOOK))], sheet_id: Number) -> HTMLResponse:
    """Show a sheet with all that belongs to it."""
    return show(here, sheet_id)


def show(here: Here, sheet_id: int, *, attempt: Attempt | None = None, status: int = 200) -> HTMLResponse:
    """Give the page of a sheet; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        found = sheet_whole.whole(desk.session, sheet_of(desk, sheet_id))
        owed = sheet_facts.is_owed(desk.session, found.sheet)
    return page(
        *(here, "supervise/sheet.html"),
        status=status,
        found=found,
        one=found.sheet,
        owed=owed,
        seen=sheet_facts.mark(found.sheet, found.talk),
        stands=limit(found.sheet, here.now, near_by(here.counter, here.now)),
        attempt=attempt,
        done=flash.said(here.request, DONE),
        MOST_DAYS=MOST_DAYS,
        ACTIONS=ACTIONS,
        LETTERS=letters.STATES,
        **WORDS,
        section="sheets",
    )
