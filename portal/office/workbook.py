"""A round's workbook: sent to the chat group, filled in there, brought back; right rows are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse, Response

from ...documents.round_workbook import write_round_workbook
from ...documents.round_workbook_read import read_round_workbook
from ...documents.uploads import safe_name
from ...ledger import attachments, importing
from ...ledger.attachments import NotStoredError
from ...ledger.importing import Fate
from ...obligations.errors import DubanError, InputError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number
from ..filled import Typed, in_words, word, words
from ..limits import Form
from ..pages import go, page
from .round_sheets import round_sheet
from .sent_files import download, kept, only_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import FormData

    from ...documents.round_sheet import Taken
    from ...ledger.importing import Judged
    from ...ledger.tables import Round
    from ...obligations.errors import Problem
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Receiving = Annotated[Here, Depends(may(Act.RECEIVE))]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
DONE = {"taken": "已登记{}个单位的上报。", "same": "选中的行此前都已登记，这次没有新登记。"}
FILE = "填报表"  # what a message calls a workbook that has been sent up


@router.get("/rounds/{round_id}/workbook.xlsx")
def workbook(here: Receiving, round_id: Small) -> Response:
    """Give the round's workbook to be filled in; each download has a number of its own."""
    with here.read() as desk:
        found = desk.round(round_id)
        _check_open(found)
        sheet = round_sheet(here, desk, found, here.counter.new_token())
    return download(write_round_workbook(sheet), safe_name(found.title, "xlsx"))


def _check_open(found: Round) -> None:
    if found.opened_at is None:
        raise DubanError(f"“{found.title}”尚未下达，还没有应报单位，不能下载填报表。")


@router.get("/rounds/{round_id}/import")
def ask(here: Receiving, round_id: Small) -> HTMLResponse:
    """Ask for a workbook that has come back."""
    return _ask(here, round_id)


@router.post("/rounds/{round_id}/import")
def upload(here: Receiving, round_id: Small, form: Form) -> Response:
    """Take a workbook to look at; nothing of it is reported yet."""
    try:
        name, data = only_file(form, "file")
        with here.read() as desk:
            _read(here, desk, desk.round(round_id), data, name)
    except (AbsentError, NotStoredError):
        raise
    except DubanError as wrong:
        return _ask(here, round_id, wrong)
    digest = attachments.store(here.counter.attachments, data)
    return go(f"/rounds/{round_id}/import/{digest}")


@router.get("/rounds/{round_id}/import/{digest}")
def look(here: Receiving, round_id: Small, digest: Digest) -> HTMLResponse:
    """Show what a workbook brings: its right rows, its wrong cells, and what is there already."""
    return _look(here, round_id, digest)


@router.post("/rounds/{round_id}/import/{digest}")
def take(here: Receiving, round_id: Small, digest: Digest, typed: Typed) -> Response:
    """Take the rows that were chosen. They are read anew: of the browser's word only the choice counts."""
    data, seen = kept(here, digest), _seen(typed)
    if not seen:
        return _look(here, round_id, digest, wrong="没有选中任何一行，什么也没有登记。", status=422)
    try:
        with here.write() as desk:
            found = desk.round(round_id)
            taken = _read(here, desk, found, data, FILE)
            lines = (taken.right, seen, taken.workbook_id)
            done = importing.take(desk.session, found, *lines, desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _ask(here, round_id, wrong)
    if done.refused:
        return _look(here, round_id, digest, done=done, status=409)
    where = f"/rounds/{round_id}/import/{digest}"
    if not done.taken:
        return flash.went(here.request, where, "same")
    return flash.went(here.request, where, "taken", len(done.taken))


def _seen(typed: FormData) -> dict[int, int]:
    """Give the chosen lines, each with the latest version that the page showed."""
    lines = [line for one in words(typed, "row") if (line := number(one))]
    return {line: number(word(typed, f"seen-{line}")) or 0 for line in lines}


def _read(here: Here, desk: Desk, found: Round, data: bytes, name: str) -> Taken:
    _check_open(found)
    return read_round_workbook(data, name, round_sheet(here, desk, found, "expected"))


def _look(
    here: Here,
    round_id: int,
    digest: str,
    *,
    done: importing.Imported | None = None,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    data = kept(here, digest)
    try:
        with here.read() as desk:
            found = desk.round(round_id)
            taken = _read(here, desk, found, data, FILE)
            judged = importing.judge(desk.session, found, taken.right, taken.workbook_id, desk.now)
    except AbsentError:
        raise
    except DubanError as refused:
        return _ask(here, round_id, refused)
    return page(
        *(here, "office/workbook_look.html"),
        status=status,
        round=found,
        groups={fate: [one for one in judged if one.fate is fate] for fate in Fate},
        Fate=Fate,
        said={one.line: _answers(found, one) for one in judged},
        before={one.line: _before(found, one) for one in judged},
        problems=taken.problems,
        units={row.line: row.unit_name or row.unit_code for row in taken.rows},
        address=f"/rounds/{round_id}/import/{digest}",
        done=done,
        told=flash.said(here.request, DONE),
        wrong=wrong,
        section="year",
    )


def _answers(found: Round, one: Judged) -> list[tuple[str, str]]:
    """Give what a row reports, by label."""
    return _in_words(found, one.nil, one.answers, one.note)


def _before(found: Round, one: Judged) -> list[tuple[str, str]]:
    """Give what the unit's latest version says, by label."""
    last = one.last
    return _in_words(found, last.nil, last.answers, last.note) if last else []


def _in_words(found: Round, nil: bool, answers: Any, note: str) -> list[tuple[str, str]]:  # noqa: FBT001 - as it is kept
    if nil:
        return [("零报告", "没有情况"), *([("备注", note)] if note else [])]
    given = [(field["label"], in_words(field, answers)) for field in found.form]
    return [(label, text) for label, text in (*given, ("备注", note)) if text]


def _ask(here: Here, round_id: int, wrong: DubanError | None = None) -> HTMLResponse:
    with here.read() as desk:
        found = desk.round(round_id)
    problems: Sequence[Problem] = wrong.problems if isinstance(wrong, InputError) else ()
    return page(
        *(here, "office/workbook.html"),
        status=422 if wrong else 200,
        round=found,
        problems=problems,
        wrong="" if wrong is None or problems else str(wrong),
        section="year",
    )
