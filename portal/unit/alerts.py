"""A unit reports an event that others must know of at once, and takes note of one that it was told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import alert_list, alerts, owed, people
from ...ledger.events import Event
from ...obligations.alerts import AlertState
from ...obligations.errors import DubanError
from ..access import AbsentError
from ..asked import Small
from ..filled import Typed, word
from ..pages import go, page
from ..reporting import just_now, moment_of, raise_event
from .visit import Own

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.alert_list import WholeAlert
    from ..access import Desk, Here

router = APIRouter(prefix="/l/{token}/alerts", include_in_schema=False)
NAMES = ("duty", "day", "time", "text")


@router.get("/new")
def new(here: Own) -> HTMLResponse:
    """Show the form for an event."""
    return _form(here, just_now(here))


@router.post("/new")
def report(here: Own, typed: Typed) -> Response:
    """Raise the event; the unit then adds what is known on the page of its report."""
    try:
        with here.write() as desk:
            obligation_id = _raise(here, desk, typed)
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in NAMES}, str(wrong))
    here.counter.ring()
    return go(f"/l/{here.token}/{obligation_id}?done=alert")


def _raise(here: Here, desk: Desk, typed: FormData) -> int:
    slug, _, duty = word(typed, "duty").partition("/")
    unit = people.unit(desk.session, here.caller.unit_id or 0)
    if unit is None:
        raise AbsentError
    event = Event(slug, duty, moment_of(typed), word(typed, "text"), (unit.code,), unit.id)
    number, _ = raise_event(here, desk, event)
    found = alert_list.whole(desk.session, number)
    if found is None:
        raise AbsentError
    return owed.find(desk.session, slug, duty, found.round.period, unit.code).id


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        duties = alert_list.reportable(desk.session, here.now, here.caller.unit_id)
    facts: dict[str, Any] = {"duties": duties, "said": dict.fromkeys(NAMES, "") | said, "wrong": wrong}
    return page(here, "unit/alert_form.html", status=409 if wrong else 200, **facts)


@router.get("/{alert_id}")
def look(here: Own, alert_id: Small) -> HTMLResponse:
    """Show an event that this unit was told of, or has reported."""
    with here.read() as desk:
        found = _told(desk, here, alert_id)
    mine = found.heard_by(here.caller.unit_id or 0)
    told = any(unit.id == here.caller.unit_id for unit in found.units)
    return page(here, "unit/alert.html", found=found, mine=mine, told=told, AlertState=AlertState)


@router.post("/{alert_id}/acknowledge")
def acknowledge(here: Own, alert_id: Small) -> Response:
    """Take note; a second tap changes nothing."""
    unit_id = here.caller.unit_id or 0
    with here.write() as desk:
        told = _told(desk, here, alert_id)
        found = alerts.find(desk.session, alert_id)
        if found is None or all(unit.id != unit_id for unit in told.units):
            raise AbsentError
        alerts.acknowledge(desk.session, found, unit_id, here.now, here.caller.by)
    return go(f"/l/{here.token}/alerts/{alert_id}")


def _told(desk: Desk, here: Here, alert_id: int) -> WholeAlert:
    """Give an event that is this unit's to know; raises :class:`AbsentError` for any other."""
    found = alert_list.whole(desk.session, alert_id)
    here_id = here.caller.unit_id
    if found is None or (found.alert.unit_id != here_id and all(unit.id != here_id for unit in found.units)):
        raise AbsentError
    return found
