"""Cases: the list, opening one, and one whole with the lines that must be settled before it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import case_list, casework, in_force, people
from ...ledger.casework import NewCase
from ...obligations.cases import CaseState, CaseStepKind, Part
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, filters, number, start, text
from ..filled import Typed, word, words
from ..naming import chosen_plan, known_units, named_unit
from ..pages import page
from .case import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Case
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Finding = Annotated[Here, Depends(may(Act.FIND))]
LIMIT = 50
STATES = {"open": "办理中", "ready": "可以结案", "closed": "已结案"}
DONE = {
    "opened": "已立案，清单已列出。",
    "settled": "已登记。",
    "operator": "已增列“三没收一拘留三倒查”。",
    "closed": "已结案。",
    "reopened": "已重新办理。",
}
NAMES = ("key", "plan", "unit", "title", "description", "operator", "finding", "clue")


@router.get("/cases")
def cases(here: Looking) -> HTMLResponse:
    """Show the cases, the newest first."""
    chosen = {name: text(here.request, name) or "" for name in ("state", "unit")}
    with here.read() as desk:
        units = people.called(desk.session, chosen["unit"]) if chosen["unit"] else None
        ids = None if units is None else [one.id for one in units]
        found = case_list.cases(
            desk.session, state=chosen["state"], unit_ids=ids, start=start(here.request), limit=LIMIT
        )
    return page(
        *(here, "office/cases.html"),
        found=found,
        chosen=chosen,
        start=start(here.request),
        limit=LIMIT,
        STATES=STATES,
        address=filters("/cases", chosen),
        section="findings",
    )


@router.get("/cases/new")
def new(here: Finding) -> HTMLResponse:
    """Show the form for a new case, filled in from the finding or clue that it comes out of."""
    asked = {name: text(here.request, name) or "" for name in ("finding", "clue")}
    with here.read() as desk:
        found = case_list.origin(desk.session, number(asked["finding"]), number(asked["clue"]))
    said = asked | {"key": here.counter.new_token()}
    if found is not None:
        said |= {"plan": found.slug, "unit": found.unit, "title": found.title}
        said |= {"description": found.description}
    return _form(here, said)


@router.post("/cases/new")
def open_(here: Finding, typed: Typed) -> Response:
    """Open a case."""
    try:
        with here.write() as desk:
            made = casework.open_case(desk.session, _draft(desk, typed), desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in NAMES}, str(wrong))
    return flash.went(here.request, f"/cases/{made.id}", "opened")


def _draft(desk: Desk, typed: FormData) -> NewCase:
    finding, clue = number(word(typed, "finding")), number(word(typed, "clue"))
    if (finding or clue) and case_list.origin(desk.session, finding, clue) is None:
        raise AbsentError
    return NewCase(
        key=f"case-{word(typed, 'key')}",
        slug=chosen_plan(desk, word(typed, "plan")).slug,
        unit_id=named_unit(desk, word(typed, "unit")).id,
        title=word(typed, "title"),
        description=word(typed, "description"),
        operator=bool(word(typed, "operator")),
        finding_id=finding,
        clue_id=None if finding else clue,
    )


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    said = dict.fromkeys(NAMES, "") | said
    with here.read() as desk:
        found = case_list.origin(desk.session, number(said["finding"]), number(said["clue"]))
        facts = {"plans": in_force.plans_in_force(desk.session, desk.now), "units": known_units(desk)}
    status = 409 if wrong else 200
    facts |= {"said": said, "wrong": wrong, "origin": found}
    return page(here, "office/case_form.html", status=status, section="findings", **facts)


@router.get("/cases/{case_id}")
def case(here: Looking, case_id: Small) -> HTMLResponse:
    """Show a case with its lines and all that was done to it."""
    return show(here, case_id)


def show(here: Here, case_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the page of a case; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        found = case_list.whole(desk.session, case_id)
    if found is None:
        raise AbsentError
    facts: dict[str, Any] = {"found": found, "attempt": attempt, "done": flash.said(here.request, DONE)}
    facts |= {"Part": Part, "CaseState": CaseState, "CaseStepKind": CaseStepKind}
    return page(here, "office/case.html", status=409 if attempt else 200, section="findings", **facts)


@router.post("/cases/{case_id}/settle")
def settle(here: Finding, case_id: Small, typed: Typed) -> Response:
    """Note what was done about a line, or that it does not fit this case."""

    def do(desk: Desk, found: Case) -> None:
        line = casework.line_of(desk.session, found, number(word(typed, "line")) or 0)
        if line is None:
            raise AbsentError
        here_ = (desk.session, found, line, desk.now, desk.caller.by)
        match word(typed, "how"):
            case "done":
                casework.settle(*here_, done=word(typed, "text"))
            case "waived":
                casework.waive(*here_, why=word(typed, "text"), approver=word(typed, "approver"))
            case _:
                raise DubanError("请选择已落实，还是不适用。")

    return _do(here, case_id, typed, "settled", do)


@router.post("/cases/{case_id}/operator")
def operator(here: Finding, case_id: Small, typed: Typed) -> Response:
    """Add the seven lines for an illegal operator."""

    def do(desk: Desk, found: Case) -> None:
        casework.add_operator_lines(desk.session, found, desk.now, desk.caller.by)

    return _do(here, case_id, typed, "operator", do)


@router.post("/cases/{case_id}/close")
def close(here: Finding, case_id: Small, typed: Typed) -> Response:
    """Close a case of which no line is open."""

    def do(desk: Desk, found: Case) -> None:
        casework.close(desk.session, found, desk.now, desk.caller.by, text=word(typed, "text"))

    return _do(here, case_id, typed, "closed", do)


@router.post("/cases/{case_id}/reopen")
def reopen(here: Finding, case_id: Small, typed: Typed) -> Response:
    """Take a closed case up again for some of its lines."""

    def do(desk: Desk, found: Case) -> None:
        ids = {id_ for one in words(typed, "line") if (id_ := number(one))}
        casework.reopen(desk.session, found, ids, desk.now, desk.caller.by, why=word(typed, "text"))

    return _do(here, case_id, typed, "reopened", do)


def _do(here: Here, case_id: int, typed: FormData, act: str, do: Callable[[Desk, Case], None]) -> Response:
    """Do it in one transaction; what is wrong is told on the case's page, with what was typed."""
    try:
        with here.write() as desk:
            do(desk, _found(desk, case_id))
    except AbsentError:
        raise
    except DubanError as wrong:
        return show(here, case_id, Attempt(act, typed, str(wrong)))
    return flash.went(here.request, f"/cases/{case_id}", act)


def _found(desk: Desk, case_id: int) -> Case:
    found = casework.find(desk.session, case_id)
    if found is None:
        raise AbsentError
    return found
