"""Look-backs: what they are to visit, what was found, and how that compares with what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response

from ...ledger import lookback_list, lookbacks, lots
from ...ledger.means import Doing
from ...obligations.errors import DubanError
from ...obligations.looking_back import Found, Why
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..filled import Typed, word
from ..naming import known_units, named_unit
from ..pages import page
from ..revisiting import just_now, visit
from .case import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Revisit
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Inspecting = Annotated[Here, Depends(may(Act.INSPECT))]
DONE = {
    "assigned": "已指派，复查单位将收到通知。",
    "assigned-untold": "已指派；复查单位没有联系人，收不到通知，请电话告知。",
    "result": "复查结果已登记。",
    "reopened": "复查结果已登记，该隐患已重新打开，整改单位将收到通知。",
}
TOLD = {"assigned", "assigned-untold", "reopened"}  # of which a unit is told


@router.get("/lookbacks")
def listed(here: Looking) -> HTMLResponse:
    """Show the look-backs, and the commitments to those that are to come."""
    with here.read() as desk:
        found, ahead = lookback_list.all_of(desk.session), lookback_list.committed(desk.session)
    return page(here, "office/lookbacks.html", section="inspections", found=found, ahead=ahead)


@router.get("/lookbacks/{lookback_id}")
def lookback(here: Looking, lookback_id: Small) -> HTMLResponse:
    """Show one look-back: its numbers, the false closes, each revisit."""
    with here.read() as desk:
        found = lookback_list.whole(desk.session, lookback_id)
    if found is None:
        raise AbsentError
    return page(here, "office/lookback.html", section="inspections", found=found, Found=Found, Why=Why)


@router.get("/lookbacks/{lookback_id}/draw.json")
def paper(here: Looking, lookback_id: Small) -> JSONResponse:
    """Give the file with which anybody can repeat the draw of the sample."""
    with here.read() as desk:
        found = lookback_list.whole(desk.session, lookback_id)
    if found is None:
        raise AbsentError
    headers = {"content-disposition": f'attachment; filename="lookback-{lookback_id}.json"'}
    return JSONResponse(lots.paper(found.lot), headers=headers)


@router.get("/revisits/{revisit_id}")
def revisit(here: Looking, revisit_id: Small) -> HTMLResponse:
    """Show one revisit: what was promised, and what was found."""
    return show(here, revisit_id)


@router.post("/revisits/{revisit_id}/assign")
def assign(here: Inspecting, revisit_id: Small, typed: Typed) -> Response:
    """Say who makes a revisit."""

    def do(desk: Desk, found: Revisit) -> str:
        unit, people = word(typed, "unit"), word(typed, "people")
        visitor = named_unit(desk, unit).id if unit else None
        doing = Doing(desk.now, desk.caller.by, here.counter.means)
        untold = lookbacks.assign(desk.session, found, visitor, people, doing)
        return "assigned-untold" if untold else "assigned"

    return _do(here, revisit_id, typed, "assign", do)


@router.post("/revisits/{revisit_id}/result")
def result(here: Inspecting, revisit_id: Small, typed: Typed) -> Response:
    """Enter what a revisit found, for those who made it."""

    def do(desk: Desk, found: Revisit) -> str:
        came, means = visit(typed), here.counter.means
        again = lookbacks.result(desk.session, found, came, desk.now, desk.caller.by, means)
        return "reopened" if again else "result"

    return _do(here, revisit_id, typed, "result", do)


def show(here: Here, revisit_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the page of a revisit; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        found = lookback_list.item(desk.session, revisit_id)
        if found is None:
            raise AbsentError
        whole = lookback_list.of_revisit(desk.session, found.row)
        units = known_units(desk) if here.caller.may(Act.INSPECT) else []
    facts: dict[str, Any] = {"item": found, "lookback": whole, "units": units, "attempt": attempt}
    facts |= {"done": flash.said(here.request, DONE), "Found": Found, "Why": Why, "now": just_now(here)}
    status = 409 if attempt else 200
    return page(here, "office/revisit.html", status=status, section="inspections", **facts)


def _do(
    here: Here, revisit_id: int, typed: FormData, act: str, do: Callable[[Desk, Revisit], str]
) -> Response:
    try:
        with here.write() as desk:
            done = do(desk, _found(desk, revisit_id))
    except AbsentError:
        raise
    except DubanError as wrong:
        return show(here, revisit_id, Attempt(act, typed, str(wrong)))
    if done in TOLD:
        here.counter.ring()
    return flash.went(here.request, f"/revisits/{revisit_id}", done)


def _found(desk: Desk, revisit_id: int) -> Revisit:
    found = lookbacks.locked(desk.session, revisit_id)
    if found is None:
        raise AbsentError
    return found
