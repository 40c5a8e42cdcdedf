"""Findings supervised by name (挂牌督办), and the exposure list (曝光台账)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...ledger import sheet_exposure
from .. import flash
from ..access import Act, Here, may
from ..pages import page
from .sheet_words import DONE, WORDS

if TYPE_CHECKING:
    from ..office.case import Attempt

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]


@router.get("/sheets/listed")
def listed(here: Looking) -> HTMLResponse:
    """Show the findings that are supervised by name, and those that no longer are."""
    return show_listed(here)


@router.get("/sheets/exposure")
def exposure(here: Looking) -> HTMLResponse:
    """Show the exposure list; it is for those who sign in, unless somebody hands it out."""
    with here.read() as desk:
        found = sheet_exposure.exposed(desk.session)
    return page(here, "supervise/sheets_exposure.html", found=found, **WORDS, section="sheets")


def show_listed(here: Here, *, attempt: Attempt | None = None, status: int = 200) -> HTMLResponse:
    """Give the page of findings supervised by name; an attempt that was refused comes back as typed."""
    with here.read() as desk:
        running = sheet_exposure.named(desk.session, running=True)
        over = sheet_exposure.named(desk.session, running=False)
    facts = {"running": running, "over": over, "attempt": attempt}
    done = flash.said(here.request, DONE)
    return page(
        *(here, "supervise/sheets_listed.html"), status=status, done=done, **facts, **WORDS, section="sheets"
    )
