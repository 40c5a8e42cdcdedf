"""A unit looks at the draws that concern it: the commitment before, and the file to repeat each after."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from ...ledger import lot_letters, lots
from ..access import AbsentError
from ..asked import Small
from ..pages import page
from .visit import Own

RECENT = 4  # draws that are shown whole; those before are folded away
router = APIRouter(prefix="/l/{token}", include_in_schema=False)


@router.get("/draws")
def listed(here: Own) -> HTMLResponse:
    """Show the commitments that the unit was told of; what was drawn, once that is public."""
    with here.read() as desk:
        found = lot_letters.of_unit(desk.session, here.caller.unit_id or 0)
    return page(here, "unit/draws.html", found=found, RECENT=RECENT)


@router.get("/draws/{lot_id}/draw.json")
def paper(here: Own, lot_id: Small) -> JSONResponse:
    """Give the file with which the draw can be repeated, once it is public."""
    with here.read() as desk:
        found = lot_letters.of_unit(desk.session, here.caller.unit_id or 0)
        lot = next((one.lot for one in found if one.lot.id == lot_id), None)
        if lot is None or lot.revealed_at is None:
            raise AbsentError
        values = lots.paper(lot, lots.replaced(desk.session, lot))
    headers = {"content-disposition": f'attachment; filename="draw-{lot_id}.json"'}
    return JSONResponse(values, headers=headers)
