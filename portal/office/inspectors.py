"""The register of inspectors, and of whom they do not inspect."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import inspectors
from ...ledger.inspectors import Conflict
from ...obligations.errors import DubanError
from ...obligations.inspecting import ConflictKind
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..filled import Typed, word
from ..naming import known_units, named_unit
from ..pages import page
from .case import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Inspector
    from ..access import Desk

router = APIRouter(prefix="/inspections", include_in_schema=False)
Inspecting = Annotated[Here, Depends(may(Act.INSPECT))]
HOME = "/inspections/inspectors"
DONE = {
    "added": "已登记。",
    "off": "已停用，不再抽取。",
    "on": "已重新启用。",
    "declared": "回避已登记。",
    "ended": "回避已解除。",
}


@router.get("/inspectors")
def listed(here: Inspecting) -> HTMLResponse:
    """Show the inspectors and their conflicts."""
    return _show(here)


@router.post("/inspectors")
def add(here: Inspecting, typed: Typed) -> Response:
    """Register an inspector."""

    def do(desk: Desk) -> str:
        unit = named_unit(desk, word(typed, "unit"))
        inspectors.add(desk.session, word(typed, "name"), unit.id, desk.now, desk.caller.by)
        return "added"

    return _do(here, typed, "add", do)


@router.post("/inspectors/{inspector_id}/off")
def off(here: Inspecting, inspector_id: Small, typed: Typed) -> Response:
    """Let an inspector no longer be drawn."""
    return _switch(here, inspector_id, typed, active=False)


@router.post("/inspectors/{inspector_id}/on")
def on(here: Inspecting, inspector_id: Small, typed: Typed) -> Response:
    """Let an inspector be drawn again."""
    return _switch(here, inspector_id, typed, active=True)


@router.post("/inspectors/{inspector_id}/conflicts")
def declare(here: Inspecting, inspector_id: Small, typed: Typed) -> Response:
    """Enter why an inspector does not inspect a unit."""

    def do(desk: Desk) -> str:
        found, kind = _found(desk, inspector_id), word(typed, "kind")
        if kind not in set(ConflictKind):
            raise DubanError("请选择是申报回避，还是曾在该单位任职或驻点。")
        since, until = _day(typed, "since"), _day(typed, "until")
        unit = named_unit(desk, word(typed, "unit")).id
        made = Conflict(unit, ConflictKind(kind), word(typed, "reason"), since, until)
        inspectors.declare(desk.session, found, made, desk.now, desk.caller.by)
        return "declared"

    return _do(here, typed, f"conflict-{inspector_id}", do)


@router.post("/conflicts/{conflict_id}/end")
def end(here: Inspecting, conflict_id: Small, typed: Typed) -> Response:
    """Let a conflict stand no longer."""

    def do(desk: Desk) -> str:
        found = inspectors.conflict(desk.session, conflict_id)
        if found is None:
            raise AbsentError
        inspectors.end(desk.session, found, desk.now, desk.caller.by, word(typed, "why"))
        return "ended"

    return _do(here, typed, f"end-{conflict_id}", do)


def _switch(here: Here, inspector_id: int, typed: FormData, *, active: bool) -> Response:
    def do(desk: Desk) -> str:
        found = _found(desk, inspector_id)
        inspectors.set_active(desk.session, found, desk.now, desk.caller.by, active=active)
        return "on" if active else "off"

    return _do(here, typed, "switch", do)


def _do(here: Here, typed: FormData, act: str, do: Callable[[Desk], str]) -> Response:
    try:
        with here.write() as desk:
            done = do(desk)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, Attempt(act, typed, str(wrong)))
    return flash.went(here.request, HOME, done)


def _found(desk: Desk, inspector_id: int) -> Inspector:
    found = inspectors.locked(desk.session, inspector_id)
    if found is None:
        raise AbsentError
    return found


def _day(typed: FormData, name: str) -> date | None:
    if not (said := word(typed, name)):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise DubanError(f"看不懂日期“{said[:20]}”，请写成 2026-03-22。") from None


def _show(here: Here, attempt: Attempt | None = None) -> HTMLResponse:
    with here.read() as desk:
        found, units = inspectors.register(desk.session), known_units(desk)
    facts: dict[str, Any] = {"found": found, "units": units, "attempt": attempt}
    facts |= {"done": flash.said(here.request, DONE), "ConflictKind": ConflictKind}
    status = 409 if attempt else 200
    return page(here, "office/inspectors.html", status=status, section="inspections", **facts)
