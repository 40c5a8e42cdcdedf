"""Clues at the desk: the list, handing one on, and one whole with its receipts and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import clue_list, in_force
from ...obligations.clues import HopState, Verdict
from ...obligations.errors import DubanError
from .. import flash, handing_on
from ..access import AbsentError, Act, Here, may
from ..asked import Small, filters, start, text
from ..filled import Typed, word
from ..naming import known_units
from ..pages import page
from .case import Attempt

if TYPE_CHECKING:
    from starlette.datastructures import FormData

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Finding = Annotated[Here, Depends(may(Act.FIND))]
LIMIT = 50
STATES = {"open": "未办结", "late": "逾期", "true": "查实，未立案"}
DONE = {
    "sent": "已移送，给接收单位的通知已列入待发。",
    "receive": "已代为登记签收。",
    "answer": "已代为登记答复。",
    "pass": "已转办，给接收单位的通知已列入待发。",
}


@router.get("/clues")
def clues(here: Looking) -> HTMLResponse:
    """Show the clues, the newest first."""
    chosen = text(here.request, "state") or ""
    with here.read() as desk:
        found = clue_list.clues(desk.session, here.now, state=chosen, start=start(here.request), limit=LIMIT)
    return page(
        *(here, "office/clues.html"),
        found=found,
        chosen=chosen,
        STATES=STATES,
        HopState=HopState,
        Verdict=Verdict,
        start=start(here.request),
        limit=LIMIT,
        address=filters("/clues", {"state": chosen}),
        section="findings",
    )


@router.get("/clues/new")
def new(here: Finding) -> HTMLResponse:
    """Show the form for a clue to hand on."""
    return _form(here, {"key": here.counter.new_token(), "until": handing_on.offered_limit(here)})


@router.post("/clues/new")
def send(here: Finding, typed: Typed) -> Response:
    """Hand a clue on."""
    try:
        with here.write() as desk:
            made = handing_on.send(here, desk, typed)
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in handing_on.NAMES}, str(wrong))
    here.counter.ring()
    return flash.went(here.request, f"/clues/{made.id}", "sent")


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        facts: dict[str, Any] = {"plans": in_force.plans_in_force(desk.session, desk.now)}
        facts["units"] = known_units(desk)
    facts |= {"said": dict.fromkeys(handing_on.NAMES, "") | said, "wrong": wrong}
    return page(here, "office/clue_form.html", status=409 if wrong else 200, section="findings", **facts)


@router.get("/clues/{clue_id}")
def clue(here: Looking, clue_id: Small) -> HTMLResponse:
    """Show a clue with each passing on and its answers."""
    return _show(here, clue_id)


def _show(here: Here, clue_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.read() as desk:
        found, units = handing_on.seen(desk, clue_id), known_units(desk)
    facts: dict[str, Any] = {"found": found, "units": units, "attempt": attempt}
    facts |= {"done": flash.said(here.request, DONE), "limit": handing_on.offered_limit(here)}
    status = 409 if attempt else 200
    words = {"HopState": HopState, "Verdict": Verdict}
    return page(here, "office/clue.html", status=status, section="findings", **facts, **words)


@router.post("/clues/{clue_id}/receive")
def receive(here: Finding, clue_id: Small, typed: Typed) -> Response:
    """Note that the receiver has signed, as it said by telephone."""
    return _do(here, clue_id, "receive", typed)


@router.post("/clues/{clue_id}/answer")
def answer(here: Finding, clue_id: Small, typed: Typed) -> Response:
    """Note what the receiver answered by telephone or on paper."""
    return _do(here, clue_id, "answer", typed)


@router.post("/clues/{clue_id}/pass")
def pass_on(here: Finding, clue_id: Small, typed: Typed) -> Response:
    """Hand a clue on to another unit."""
    return _do(here, clue_id, "pass", typed)


def _do(here: Here, clue_id: int, what: str, typed: FormData) -> Response:
    try:
        with here.write() as desk:
            handing_on.act(here, desk, clue_id, what, typed)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, clue_id, Attempt(what, typed, str(wrong)))
    here.counter.ring()
    return flash.went(here.request, f"/clues/{clue_id}", what)
