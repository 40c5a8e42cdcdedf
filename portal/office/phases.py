"""The phases of the plans in force with their gates; a leader passes one that does not hold."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import gates
from ...ledger.phases import Where, phases
from ...obligations.errors import DubanError
from ...obligations.gates import Edge, GateState
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, whole
from ..filled import Typed, word
from ..pages import page
from .case import Attempt

if TYPE_CHECKING:
    from ...ledger.phases import PhaseShown
    from ...ledger.tables import Gate
    from ..access import Desk

router = APIRouter(include_in_schema=False)
DONE = {"passed": "已批准通过，理由已记入留痕。"}


@router.get("/phases")
def listed(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Show a year's phases, what each needs to begin and to end, and what is lacking."""
    return _show(here)


@router.post("/phases/gates/{gate_id}/pass")
def pass_(here: Annotated[Here, Depends(may(Act.SIGN))], gate_id: Small, typed: Typed) -> Response:
    """Pass a gate that does not hold: a leader's decision, with a reason."""
    try:
        with here.write() as desk:
            gates.pass_gate(
                desk.session, _gate(desk, gate_id), word(typed, "reason"), desk.now, desk.caller.by
            )
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, gate_id, Attempt("pass", typed, str(wrong)))
    return flash.went(here.request, "/phases", "passed")


def _gate(desk: Desk, gate_id: int) -> Gate:
    found = gates.find(desk.session, gate_id)
    if found is None:
        raise AbsentError
    return found


def _show(here: Here, gate_id: int = 0, attempt: Attempt | None = None) -> HTMLResponse:
    year = whole(here.request, "year") or local_day(here.now).year
    with here.read() as desk:
        found = phases(desk.session, year, here.now)
    return page(
        *(here, "office/phases.html"),
        status=409 if attempt else 200,
        plans=[(title, list(some)) for title, some in groupby(found, _plan)],
        year=year,
        gate_id=gate_id,
        attempt=attempt,
        done=flash.said(here.request, DONE),
        Where=Where,
        Edge=Edge,
        GateState=GateState,
        section="year",
    )


def _plan(one: PhaseShown) -> str:
    return one.plan
