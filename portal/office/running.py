"""Whether everything is well, in one sentence, and row by row what to do where it is not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...app.doctor_finding import DOUBTFUL, WRONG, in_one_sentence
from ...ledger.vitals import vitals
from ..access import Act, Here, may
from ..pages import page

router = APIRouter(include_in_schema=False)


@router.get("/running")
def running(here: Annotated[Here, Depends(may(Act.PEOPLE))]) -> HTMLResponse:
    """Show what ``duban doctor`` finds on this machine, the worst first, and the figures of the moment."""
    here.require_whole()
    with here.read() as desk:
        found = vitals(desk.session, here.now)
    rows = sorted(here.counter.examine(here.now), key=lambda one: (one.mark != WRONG, one.mark != DOUBTFUL))
    kind = {WRONG: "bad", DOUBTFUL: "warn"}.get(rows[0].mark if rows else "", "good")
    said = in_one_sentence(rows)
    return page(here, "office/running.html", section="running", said=said, kind=kind, rows=rows, vitals=found)
