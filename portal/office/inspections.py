"""Inspections: those of a year and whom they covered; one with its commitment, its draw and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response

from ...app import clock
from ...calendar.dates import local_day
from ...ledger import (
    inspection_coverage,
    inspection_list,
    inspection_replacing,
    inspection_results,
    inspections,
    lots,
)
from ...ledger.inspection_results import Result
from ...ledger.means import Doing
from ...obligations.errors import DubanError
from ...obligations.inspecting import Checked, InspectionState
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number, whole
from ..filled import Typed, word, words
from ..pages import page
from .case import Attempt
from .inspection_facts import LOOKS, facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...ledger.tables import Inspection
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Inspecting = Annotated[Here, Depends(may(Act.INSPECT))]
DONE = {
    "renewed": "名单已重新公布，旧种子已公开作废。",
    "drawn": "已抽签，被查单位的通知已列入发件箱。",
    "sealed": "已抽签并密封，开始检查时公开。",
    "moved": "开始时间已改。",
    "begun": "督查已开始，抽签结果已公开。",
    "result": "结果已登记。",
    "replaced": "已由名单中的下一位替换，通知已列入发件箱。",
}

TOLD = ("drawn", "moved", "begun", "replaced")  # what leaves letters in the outbox


@router.get("/inspections")
def listed(here: Looking) -> HTMLResponse:
    """Show the inspections of a year, and which units have been inspected how often."""
    year = whole(here.request, "year") or local_day(here.now).year
    with here.read() as desk:
        found = inspection_list.of_year(desk.session, year)
        covered = inspection_coverage.coverage(desk.session, year, desk.now)
        years = sorted({year, *inspection_list.years(desk.session)}, reverse=True)
    shown: dict[str, Any] = {"found": found, "covered": covered, "years": years, "year": year}
    shown |= {"LOOKS": LOOKS, "STATES": {state: state.zh for state in InspectionState}}
    return page(here, "office/inspections.html", section="inspections", **shown)


@router.get("/inspections/{inspection_id}")
def inspection(here: Looking, inspection_id: Small) -> HTMLResponse:
    """Show one inspection; what is still secret to those alone who inspect, which is entered."""
    return show(here, inspection_id)


@router.get("/inspections/{inspection_id}/draw.json")
def paper(here: Looking, inspection_id: Small) -> JSONResponse:
    """Give the file with which anybody can repeat the draw, once it is public."""
    with here.read() as desk:
        found = inspection_list.whole(desk.session, inspection_id)
        if found is None or not found.revealed:
            raise AbsentError
        values = lots.paper(found.lot, lots.replaced(desk.session, found.lot))
    headers = {"content-disposition": f'attachment; filename="draw-{inspection_id}.json"'}
    return JSONResponse(values, headers=headers)


@router.post("/inspections/{inspection_id}/renew")
def renew(here: Inspecting, inspection_id: Small, typed: Typed) -> Response:
    """Publish the list anew, with a new seed."""

    def do(desk: Desk, found: Inspection) -> str:
        inspections.renew(desk.session, found, word(typed, "why"), _doing(here, desk))
        return "renewed"

    return _do(here, inspection_id, typed, "renew", do)


@router.post("/inspections/{inspection_id}/draw")
def draw(here: Inspecting, inspection_id: Small, typed: Typed) -> Response:
    """Draw units and inspectors, and set when it begins."""

    def do(desk: Desk, found: Inspection) -> str:
        inspections.draw(desk.session, found, _begins(typed), _doing(here, desk))
        return "drawn" if found.announced else "sealed"

    return _do(here, inspection_id, typed, "draw", do)


@router.post("/inspections/{inspection_id}/move")
def move(here: Inspecting, inspection_id: Small, typed: Typed) -> Response:
    """Set another time to begin."""

    def do(desk: Desk, found: Inspection) -> str:
        inspections.move(desk.session, found, _begins(typed), _doing(here, desk))
        return "moved"

    return _do(here, inspection_id, typed, "move", do)


@router.post("/inspections/{inspection_id}/begin")
def begin(here: Inspecting, inspection_id: Small, typed: Typed) -> Response:
    """Begin now; what was secret becomes public."""

    def do(desk: Desk, found: Inspection) -> str:
        inspections.begin(desk.session, found, _doing(here, desk))
        return "begun"

    return _do(here, inspection_id, typed, "begin", do)


@router.post("/inspections/{inspection_id}/parts/{part_id}")
def result(here: Inspecting, inspection_id: Small, part_id: Small, typed: Typed) -> Response:
    """Enter what came of one unit."""

    def do(desk: Desk, found: Inspection) -> str:
        part = inspection_results.part(desk.session, found, part_id)
        if part is None:
            raise AbsentError
        came = _result(typed)
        inspection_results.result(desk.session, found, part, came, desk.now, desk.caller.by)
        return "result"

    return _do(here, inspection_id, typed, f"part-{part_id}", do)


@router.post("/inspections/{inspection_id}/parts/{part_id}/replace")
def replace(here: Inspecting, inspection_id: Small, part_id: Small, typed: Typed) -> Response:
    """Send the next of the list in place of an inspector who cannot go."""

    def do(desk: Desk, found: Inspection) -> str:
        part = inspection_results.part(desk.session, found, part_id)
        if part is None:
            raise AbsentError
        out, why = word(typed, "out"), word(typed, "why")
        inspection_replacing.replace(desk.session, found, part, out, why, _doing(here, desk))
        return "replaced"

    return _do(here, inspection_id, typed, f"replace-{part_id}", do)


def show(here: Here, inspection_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the page of an inspection; an attempt that was refused comes back with what was typed.

    That what is still secret was looked at is entered before it is shown, whichever way led here.
    """
    if here.caller.may(Act.INSPECT):
        with here.read() as desk:
            found = inspection_list.whole(desk.session, inspection_id)
            sealed = found is not None and inspections.is_sealed(desk.session, found.inspection)
        if sealed:
            with here.write() as desk:
                inspections.look(desk.session, _found(desk, inspection_id), desk.now, desk.caller.by)
    with here.read() as desk:
        found = inspection_list.whole(desk.session, inspection_id)
        if found is None:
            raise AbsentError
        shown = facts(desk, found, here.counter.means)
    shown |= {"attempt": attempt, "done": flash.said(here.request, DONE), "Checked": Checked}
    status = 409 if attempt else 200
    return page(here, "office/inspection.html", status=status, section="inspections", **shown)


def _do(
    here: Here, inspection_id: int, typed: FormData, act: str, do: Callable[[Desk, Inspection], str]
) -> Response:
    """Do it in one transaction; what is wrong is told on the inspection's page, with what was typed."""
    try:
        with here.write() as desk:
            done = do(desk, _found(desk, inspection_id))
    except AbsentError:
        raise
    except DubanError as wrong:
        return show(here, inspection_id, Attempt(act, typed, str(wrong)))
    if done in TOLD:
        here.counter.ring()
    return flash.went(here.request, f"/inspections/{inspection_id}", done)


def _doing(here: Here, desk: Desk) -> Doing:
    return Doing(desk.now, desk.caller.by, here.counter.means)


def _found(desk: Desk, inspection_id: int) -> Inspection:
    found = inspections.locked(desk.session, inspection_id)
    if found is None:
        raise AbsentError
    return found


def _begins(typed: FormData) -> datetime:
    if not (day := word(typed, "day")):
        raise DubanError("请填写开始检查的日期。")
    return clock.moment(f"{day} {word(typed, 'time')}".strip())


def _result(typed: FormData) -> Result:
    checked, day = word(typed, "checked"), word(typed, "day")
    if checked not in set(Checked):
        raise DubanError("请选择检查结果。")
    if not day:
        raise DubanError("请填写检查时间。")
    return Result(
        Checked(checked),
        clock.moment(f"{day} {word(typed, 'time')}".strip()),
        word(typed, "by"),
        word(typed, "text"),
        [id_ for one in words(typed, "finding") if (id_ := number(one))],
    )
