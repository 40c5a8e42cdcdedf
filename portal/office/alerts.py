"""Event reports at the desk: who was told, who has acknowledged and when; reporting one by telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import alert_list, alerts
from ...ledger.events import Event
from ...ledger.letters import STATES
from ...obligations.alerts import MOST, AlertState
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number, start
from ..filled import Typed, word
from ..naming import known_units, named_unit
from ..pages import page
from ..reporting import just_now, moment_of, raise_event

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.tables import Alert
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Finding = Annotated[Here, Depends(may(Act.FIND))]
LIMIT = 50
DONE = {
    "reported": "已登记，并已紧急告知有关单位；告知情况见下。",
    "known": "同一事件此前已登记，没有重复告知。",
    "heard": "已登记签收。",
}
NAMES = ("duty", "units", "day", "time", "text")
_BREAK = re.compile(r"[、，,；;\s]+")


@router.get("/alerts")
def listed(here: Looking) -> HTMLResponse:
    """Show the events that were told at once, the newest first."""
    with here.read() as desk:
        found = alert_list.alerts(desk.session, start=start(here.request), limit=LIMIT)
    return page(
        *(here, "office/alerts.html"),
        found=found,
        start=start(here.request),
        limit=LIMIT,
        section="findings",
    )


@router.get("/alerts/new")
def new(here: Finding) -> HTMLResponse:
    """Show the form for an event that was reported to the office."""
    return _form(here, just_now(here))


@router.post("/alerts/new")
def report(here: Finding, typed: Typed) -> Response:
    """Raise the event: the units concerned owe a report, and whom the duty alerts is told at once."""
    try:
        with here.write() as desk:
            alert_id, fresh = _raise(here, desk, typed)
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in NAMES}, str(wrong))
    here.counter.ring()
    return flash.went(here.request, f"/alerts/{alert_id}", "reported" if fresh else "known")


def _raise(here: Here, desk: Desk, typed: FormData) -> tuple[int, bool]:
    slug, _, duty = word(typed, "duty").partition("/")
    units = tuple(named_unit(desk, one).code for one in _BREAK.split(word(typed, "units")) if one)
    if not units:
        raise DubanError("请写明事件涉及哪些单位。")
    return raise_event(here, desk, Event(slug, duty, moment_of(typed), word(typed, "text"), units))


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        facts: dict[str, Any] = {"duties": alert_list.reportable(desk.session, here.now)}
        facts["units"] = known_units(desk)
    facts |= {"said": dict.fromkeys(NAMES, "") | said, "wrong": wrong, "section": "findings"}
    return page(here, "office/alert_form.html", status=409 if wrong else 200, **facts)


@router.get("/alerts/{alert_id}")
def alert(here: Looking, alert_id: Small) -> HTMLResponse:
    """Show one event: what happened, who was told, who has acknowledged and when."""
    return _show(here, alert_id)


def _show(here: Here, alert_id: int, wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        found = alert_list.whole(desk.session, alert_id)
    if found is None:
        raise AbsentError
    facts: dict[str, Any] = {"found": found, "wrong": wrong, "done": flash.said(here.request, DONE)}
    facts |= {"AlertState": AlertState, "MOST": MOST, "STATES": STATES, "section": "findings"}
    return page(here, "office/alert.html", status=409 if wrong else 200, **facts)


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge(here: Finding, alert_id: Small, typed: Typed) -> Response:
    """Note that somebody of a unit was told by telephone."""
    try:
        with here.write() as desk:
            _heard(desk, _found(desk, alert_id), typed)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, alert_id, str(wrong))
    return flash.went(here.request, f"/alerts/{alert_id}", "heard")


def _heard(desk: Desk, found: Alert, typed: FormData) -> None:
    unit_id, whom = number(word(typed, "unit")), word(typed, "whom")
    if unit_id not in alerts.units_of(desk.session, found.id):
        raise DubanError("请选择被告知的单位。")
    if not whom:
        raise DubanError("请写明电话告知了谁。")
    alerts.acknowledge(desk.session, found, unit_id, desk.now, desk.caller.by, whom=whom)


def _found(desk: Desk, alert_id: int) -> Alert:
    found = alerts.find(desk.session, alert_id)
    if found is None:
        raise AbsentError
    return found
