"""A unit says who is on duty on a night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import lookup, night_list, nights
from ...obligations.errors import DubanError
from ..access import AbsentError
from ..asked import Number
from ..filled import Typed
from ..office.nights import of_night
from ..pages import go, page
from ..rostering import rows, typed_people
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...obligations.nights import OnDuty
    from ..access import Here

router = APIRouter(prefix="/l/{token}/nights", include_in_schema=False)


@router.get("/{obligation_id}")
def look(here: Own, obligation_id: Number) -> HTMLResponse:
    """Show the roster, to be filled in or changed until the night is over."""
    with here.read() as desk:
        found = of_night(desk, obligation_id)
        people = night_list.people_of(nights.roster_of(desk.session, found.id))
    return _form(here, obligation_id, people)


@router.post("/{obligation_id}")
def file(here: Own, obligation_id: Number, typed: Typed) -> Response:
    """Keep the roster."""
    people = typed_people(typed)
    try:
        with here.write() as desk:
            found = of_night(desk, obligation_id, lock=True)
            nights.file_roster(desk.session, found, people, desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _form(here, obligation_id, people, str(wrong))
    return go(f"/l/{here.token}?done=roster")


def _form(here: Here, obligation_id: int, people: Sequence[OnDuty], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        found = of_night(desk, obligation_id)
        round_ = lookup.round_(desk.session, found.round_id)
        kept = nights.roster_of(desk.session, found.id)
    status = 409 if wrong else 200
    facts = {"round": round_, "kept": kept, "rows": rows(people), "number": obligation_id}
    return page(here, "unit/night.html", status=status, wrong=wrong, **facts)
