"""A unit hands on a clue, signs for one that it was handed, answers it, or passes it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import clue_list, in_force
from ...obligations.clues import HopState, Verdict
from ...obligations.errors import DubanError
from .. import handing_on
from ..access import AbsentError
from ..asked import Small
from ..filled import Typed, word
from ..naming import known_units
from ..office.case import Attempt
from ..pages import go, page
from .visit import DONE, Own

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ..access import Here

router = APIRouter(prefix="/l/{token}/clues", include_in_schema=False)


@router.get("/new")
def new(here: Own) -> HTMLResponse:
    """Show the form for a clue, and those that the unit has handed on before."""
    return _form(here, {"key": here.counter.new_token(), "until": handing_on.offered_limit(here)})


@router.post("/new")
def send(here: Own, typed: Typed) -> Response:
    """Hand a clue on to another unit."""
    try:
        with here.write() as desk:
            made = handing_on.send(here, desk, typed, from_unit_id=here.caller.unit_id)
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in handing_on.NAMES}, str(wrong))
    here.counter.ring()
    return go(f"/l/{here.token}/clues/{made.id}?done=clue")


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        facts: dict[str, Any] = {"plans": in_force.plans_in_force(desk.session, here.now)}
        facts["units"] = [one for one in known_units(desk) if one.id != here.caller.unit_id]
        facts["before"] = clue_list.handed_on_by(desk.session, here.caller.unit_id or 0)
    facts |= {"said": dict.fromkeys(handing_on.NAMES, "") | said, "wrong": wrong, "Verdict": Verdict}
    return page(here, "unit/clue_form.html", status=409 if wrong else 200, **facts)


@router.get("/{clue_id}")
def look(here: Own, clue_id: Small) -> HTMLResponse:
    """Show a clue that this unit handed on or was handed."""
    return _show(here, clue_id)


def _show(here: Here, clue_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.read() as desk:
        found, units = handing_on.seen(desk, clue_id), known_units(desk)
    last = found.last.hop
    mine = last.ended_at is None and last.to_unit_id == here.caller.unit_id
    facts: dict[str, Any] = {"found": found, "units": units, "attempt": attempt, "mine": mine}
    facts |= {"HopState": HopState, "Verdict": Verdict, "limit": handing_on.offered_limit(here)}
    facts["done"] = DONE.get(here.request.query_params.get("done", ""), "")
    return page(here, "unit/clue.html", status=409 if attempt else 200, **facts)


@router.post("/{clue_id}/receive")
def receive(here: Own, clue_id: Small, typed: Typed) -> Response:
    """Sign for a clue."""
    return _do(here, clue_id, "receive", typed)


@router.post("/{clue_id}/answer")
def answer(here: Own, clue_id: Small, typed: Typed) -> Response:
    """Answer what was found."""
    return _do(here, clue_id, "answer", typed)


@router.post("/{clue_id}/pass")
def pass_on(here: Own, clue_id: Small, typed: Typed) -> Response:
    """Hand a clue on to the unit whose it is."""
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
    return go(f"/l/{here.token}/clues/{clue_id}?done=clue-{what}")
