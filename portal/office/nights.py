"""Nights on duty at the desk: who is on duty where, who has reported, and the morning's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import lookup, night_list, nights
from ...ledger.letters import STATES
from ...obligations.errors import DubanError
from ...obligations.words import State
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Number, Small, start
from ..filled import Typed
from ..pages import page
from ..rostering import rows, typed_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...ledger.tables import Obligation
    from ...obligations.nights import OnDuty
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Receiving = Annotated[Here, Depends(may(Act.RECEIVE))]
LIMIT = 50
DONE = {"roster": "值班表已登记。"}


@router.get("/nights")
def listed(here: Looking) -> HTMLResponse:
    """Show the nights on duty, the latest first."""
    with here.read() as desk:
        found = night_list.nights(desk.session, start=start(here.request), limit=LIMIT)
    return page(
        *(here, "office/nights.html"),
        found=found,
        start=start(here.request),
        limit=LIMIT,
        section="findings",
    )


@router.get("/nights/{round_id}")
def night(here: Looking, round_id: Small) -> HTMLResponse:
    """Show one night: the rosters, the reports as they are now, and the summary as it was told."""
    with here.read() as desk:
        found = night_list.whole(desk.session, round_id, here.now)
        when = None if found is None else nights.when_due(desk.session, found.round, here.counter.workdays)
    if found is None:
        raise AbsentError
    facts: dict[str, Any] = {"found": found, "when": when, "done": flash.said(here.request, DONE)}
    return page(here, "office/night.html", State=State, STATES=STATES, section="findings", **facts)


@router.get("/nights/roster/{obligation_id}")
def roster(here: Receiving, obligation_id: Number) -> HTMLResponse:
    """Show the form of a unit's roster, for what it says by telephone or brings on paper."""
    with here.read() as desk:
        found = of_night(desk, obligation_id)
        people = night_list.people_of(nights.roster_of(desk.session, found.id))
    return _form(here, obligation_id, people)


@router.post("/nights/roster/{obligation_id}")
def file(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Keep a unit's roster."""
    people = typed_people(typed)
    try:
        with here.write() as desk:
            found = of_night(desk, obligation_id, lock=True)
            nights.file_roster(desk.session, found, people, desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _form(here, obligation_id, people, str(wrong))
    return flash.went(here.request, f"/nights/{found.round_id}", "roster")


def of_night(desk: Desk, obligation_id: int, *, lock: bool = False) -> Obligation:
    """Give an obligation of a night that wants a roster; raises :class:`AbsentError` for any other."""
    found = desk.obligation(obligation_id, lock=lock)
    round_ = lookup.round_(desk.session, found.round_id)
    wanted = nights.night_of(desk.session, round_) if round_ else None
    if wanted is None or not wanted.roster:
        raise AbsentError
    return found


def _form(here: Here, obligation_id: int, people: Sequence[OnDuty], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        found = of_night(desk, obligation_id)
        round_ = desk.round(found.round_id)
        unit = lookup.unit(desk.session, found.unit_id)
    facts: dict[str, Any] = {"round": round_, "unit": unit, "rows": rows(people), "wrong": wrong}
    status = 409 if wrong else 200
    return page(
        here,
        "office/roster_form.html",
        status=status,
        obligation_id=obligation_id,
        section="findings",
        **facts,
    )
