"""The list of sheets: what waits to be signed on top, then what was issued, by limit and light."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...ledger import round_list, sheet_list
from ...ledger.sheet_list import SheetFilters
from ...obligations.words import Rung, SheetState
from .. import asked, flash
from ..access import Act, Here, may
from ..pages import page
from .sheet_words import DONE, LIMITS, WORDS, limit, near_by

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
LIMIT = 50


@router.get("/sheets")
def sheets(here: Looking) -> HTMLResponse:
    """Show the sheets, the newest first."""
    near, start = near_by(here.counter, here.now), asked.start(here.request)
    chosen = read(here.request, near)
    said = {"rung": chosen.rung, "state": chosen.state, "unit": chosen.unit, "plan": chosen.plan}
    said |= {"limit": chosen.limit}
    with here.read() as desk:
        found = sheet_list.listed(desk.session, chosen, here.now, offset=start, limit=LIMIT)
        facts = {
            "drafts": sheet_list.drafts(desk.session),
            "over": sheet_list.over(desk.session, here.now),
            "waiting": sheet_list.waiting(desk.session, here.now),
            "plans": round_list.plans(desk.session),
        }
    return page(
        *(here, "supervise/sheets.html"),
        **facts,
        **WORDS,
        found=found,
        chosen=chosen,
        MANY=sheet_list.MANY,
        start=start,
        limit=LIMIT,
        address=asked.filters("/sheets", said),
        stands={one.id: limit(one, here.now, near) for one in found.rows},
        done=flash.said(here.request, DONE),
        section="sheets",
    )


def read(request: Request, near: datetime) -> SheetFilters:
    """Read what is asked of the list; what cannot be read is as if it were not there."""
    rung, state = None, None
    with suppress(ValueError):
        rung = Rung(asked.text(request, "rung") or "")
    with suppress(ValueError):
        state = SheetState(asked.text(request, "state") or "")
    pressing = asked.text(request, "limit")
    return SheetFilters(
        rung=rung,
        state=state,
        unit=asked.text(request, "unit"),
        plan=asked.text(request, "plan"),
        limit=pressing if pressing in LIMITS else None,
        near_by=near,
    )
