"""Findings in a workbook: the empty one to fill in, looking at what has come, and taking the right lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...documents.finding_workbook import SHEET, write_finding_workbook
from ...documents.finding_workbook_read import read_finding_workbook
from ...ledger import attachments, finding_importing
from ...ledger.attachments import NotStoredError
from ...ledger.in_force import plans_in_force
from ...obligations.errors import DubanError, InputError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import number, text
from ..files import Digest
from ..filled import Typed, word, words
from ..limits import Form
from ..naming import chosen_plan
from ..pages import go, page
from .sent_files import download, kept, only_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...documents.finding_workbook_read import TakenFindings
    from ...ledger.finding_importing import Judged
    from ...obligations.errors import Problem
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Finding_ = Annotated[Here, Depends(may(Act.FIND))]


@router.get("/findings/template.xlsx")
def template(here: Finding_) -> Response:
    """Give the empty workbook, with the units of today to choose from."""
    with here.read() as desk:
        units = finding_importing.units_by_code(desk.session, here.now)
    return download(write_finding_workbook(list(units.values()), here.office[0]), f"{SHEET}.xlsx")


@router.get("/findings/import")
def ask(here: Finding_) -> HTMLResponse:
    """Ask for a workbook that has been filled in."""
    return _ask(here)


@router.post("/findings/import")
def upload(here: Finding_, form: Form) -> Response:
    """Take a workbook to look at; nothing of it is registered yet."""
    try:
        name, data = only_file(form, "file")
        with here.read() as desk:
            slug = chosen_plan(desk, form.one("plan")).slug
            _read(desk, data, name)
    except NotStoredError:
        raise
    except DubanError as wrong:
        return _ask(here, wrong, form.one("plan"))
    digest = attachments.store(here.counter.attachments, data)
    return go(f"/findings/import/{digest}?plan={slug}")


@router.get("/findings/import/{digest}")
def look(here: Finding_, digest: Digest) -> HTMLResponse:
    """Show what a workbook brings: its right lines, its wrong cells, and what is there already."""
    return _look(here, digest, text(here.request, "plan") or "")


@router.post("/findings/import/{digest}")
def take(here: Finding_, digest: Digest, typed: Typed) -> Response:
    """Take the lines that were chosen. They are read anew: of the browser's word only the choice counts."""
    data, said = kept(here, digest), word(typed, "plan")
    chosen = {line for one in words(typed, "row") if (line := number(one))}
    if not chosen:
        return _look(here, digest, said, "没有选中任何一行，什么也没有登记。")
    try:
        with here.write() as desk:
            slug, read = chosen_plan(desk, said).slug, _read(desk, data, SHEET)
            by, means = here.caller.by, here.counter.means
            done = finding_importing.take(desk.session, slug, read.rows, chosen, here.now, by, means)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _look(here, digest, said, str(wrong))
    here.counter.ring()
    if not done.taken:
        return flash.went(here.request, "/findings", "same")
    return flash.went(here.request, "/findings", "taken", *done)


def _read(desk: Desk, data: bytes, name: str) -> TakenFindings:
    return read_finding_workbook(
        data, name, finding_importing.units_by_code(desk.session, desk.now), desk.now
    )


def _look(here: Here, digest: str, said: str, wrong: str = "") -> HTMLResponse:
    data = kept(here, digest)
    try:
        with here.read() as desk:
            plan, read = chosen_plan(desk, said), _read(desk, data, SHEET)
            judged = finding_importing.judge(desk.session, plan.slug, read.rows)
    except AbsentError:
        raise
    except DubanError as refused:
        return _ask(here, refused, said)
    facts: dict[str, Any] = {"plan": plan, "problems": read.problems, "strange": read.strange}
    facts |= {"fresh": [one for one in judged if not one.same], "same": [one for one in judged if one.same]}
    facts |= {"address": f"/findings/import/{digest}", "wrong": wrong, "then": _then}
    status = 422 if wrong else 200
    return page(here, "office/finding_import_look.html", status=status, section="findings", **facts)


def _then(one: Judged) -> str:
    """Give what becomes of a line once it is taken."""
    if one.entry.fixed_on is None:
        return "登记，通知单位整改"
    return "登记，并按台账销号" if one.entry.closers else "登记，待复查"


def _ask(here: Here, wrong: DubanError | None = None, chosen: str = "") -> HTMLResponse:
    with here.read() as desk:
        plans = plans_in_force(desk.session, here.now)
    problems: Sequence[Problem] = wrong.problems if isinstance(wrong, InputError) else ()
    facts: dict[str, Any] = {"plans": plans, "chosen": chosen, "problems": problems}
    facts["wrong"] = "" if wrong is None or problems else str(wrong)
    return page(here, "office/finding_import.html", status=422 if wrong else 200, section="findings", **facts)
