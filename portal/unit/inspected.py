"""A unit looks at an inspection that it was told of, and reports what it found on a revisit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import inspection_letters, inspection_waiting, lookback_list, lookbacks
from ...obligations.errors import DubanError
from ...obligations.inspecting import Checked
from ...obligations.looking_back import Found, Why
from ..access import AbsentError
from ..asked import Small
from ..filled import Typed
from ..office.case import Attempt
from ..pages import go, page
from ..revisiting import just_now, visit
from .visit import Own

if TYPE_CHECKING:
    from ...ledger.tables import Revisit
    from ..access import Desk, Here

router = APIRouter(prefix="/l/{token}", include_in_schema=False)


@router.get("/inspections/{part_id}")
def inspection(here: Own, part_id: Small) -> HTMLResponse:
    """Show an inspection of this unit, which it knows of once that is public."""
    with here.read() as desk:
        found = inspection_waiting.of_unit(desk.session, part_id, here.caller.unit_id or 0)
        if found is None:
            raise AbsentError
        plan = inspection_waiting.plan_of(desk.session, found[1])
    part, one = found
    facts: dict[str, Any] = {"part": part, "one": one, "plan": plan, "Checked": Checked}
    return page(here, "unit/inspection.html", team=inspection_letters.team(part), **facts)


@router.get("/revisits/{revisit_id}")
def revisit(here: Own, revisit_id: Small) -> HTMLResponse:
    """Show what this unit is to visit once more: what was promised, and a form for what it finds."""
    return _show(here, revisit_id)


@router.post("/revisits/{revisit_id}")
def report(here: Own, revisit_id: Small, typed: Typed) -> Response:
    """Take what the unit found."""
    try:
        with here.write() as desk:
            found, means = _locked(desk, here, revisit_id), here.counter.means
            again = lookbacks.result(desk.session, found, visit(typed), here.now, here.caller.by, means)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, revisit_id, Attempt("result", typed, here.told(wrong)))
    if again:  # which tells the unit that has to put it right
        here.counter.ring()
    return go(f"/l/{here.token}/revisits/{revisit_id}")


def _show(here: Here, revisit_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.read() as desk:
        found = _mine(desk, here, revisit_id)
        whole = lookback_list.of_revisit(desk.session, found.row)
    facts: dict[str, Any] = {"item": found, "lookback": whole, "attempt": attempt, "now": just_now(here)}
    status = 409 if attempt else 200
    return page(here, "unit/revisit.html", status=status, Found=Found, Why=Why, **facts)


def _mine(desk: Desk, here: Here, revisit_id: int) -> lookback_list.Item:
    """Give a revisit that this unit is to make; raises :class:`AbsentError` for any other."""
    found = lookback_list.item(desk.session, revisit_id)
    if found is None or found.row.visitor_id != here.caller.unit_id:
        raise AbsentError
    return found


def _locked(desk: Desk, here: Here, revisit_id: int) -> Revisit:
    found = lookbacks.locked(desk.session, _mine(desk, here, revisit_id).row.id)
    if found is None:
        raise AbsentError
    return found
