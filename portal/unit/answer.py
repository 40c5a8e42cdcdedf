"""A unit answers: the form of the round, or that there is nothing to report (零报告)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger.matter import matter
from ...ledger.reports import AnsweredMeanwhileError, FormChangedError, Report
from ...obligations.errors import DubanError
from ...obligations.forms import form_digest
from ..asked import Number
from ..failing import noted
from ..filled import faults
from ..limits import Form
from ..pages import go, page
from .files import Taken, answers_with, take
from .shown import Typed, answer_page, fresh, key_kept, why
from .visit import Mine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from fastapi.responses import RedirectResponse

    from ..access import Here
    from ..limits import Sent

router = APIRouter(prefix="/l/{token}", include_in_schema=False)
LONGEST_KEY = 64
LONGEST_NOTE = 2000


@router.get("/{obligation_id:int}")
def look(here: Mine, obligation_id: Number) -> HTMLResponse:
    """Show what is asked, with the form to answer it."""
    return answer_page(here, obligation_id)


@router.post("/{obligation_id:int}")
def answer(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Take a report; what cannot be taken comes back with all that was typed."""
    files = take(here, obligation_id, sent)
    form = _form(here, obligation_id)
    try:
        _refuse_files(files)
        return _handed_in(
            here, obligation_id, _report(here, obligation_id, sent, *answers_with(files, form, sent))
        )
    except DubanError as wrong:
        return _again(here, obligation_id, sent, files, form, wrong)


@router.get("/{obligation_id:int}/nil")
def nil_page(here: Mine, obligation_id: Number) -> HTMLResponse:
    """Ask once more before a nil report, so that none is made by accident."""
    return _nil(here, obligation_id)


@router.post("/{obligation_id:int}/nil")
def nil(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Take a report that there is nothing to report."""
    _form(here, obligation_id)  # whoever may not see the obligation goes no further
    try:
        return _handed_in(
            here, obligation_id, _report(here, obligation_id, sent, {}, sent.one("note"), nil=True)
        )
    except DubanError as wrong:
        return _nil(here, obligation_id, sent, wrong)


def _nil(
    here: Here, obligation_id: int, sent: Sent | None = None, wrong: DubanError | None = None
) -> HTMLResponse:
    with here.read() as desk:
        found = matter(desk.session, desk.obligation(obligation_id), here.now)
    key = _key(sent) if sent else ""
    shown = {
        "m": found,
        "open": found.takes_reports(here.now),
        "form": form_digest(found.round.form),
        "key": fresh(here, found, key),
        "note": sent.one("note") if sent else "",
        "said": why(found, key, wrong),
    }
    return page(here, "unit/nil.html", status=409 if wrong else 200, **shown)


def _report(
    here: Here, number: int, sent: Sent, answers: Mapping[str, str], note: str, *, nil: bool = False
) -> Report:
    if len(note) > LONGEST_NOTE:
        raise DubanError(f"备注最多写{LONGEST_NOTE}字，现有{len(note)}字，请精简。")
    return Report(
        key=key_kept(number, _key(sent) or here.counter.new_token()),
        answers=answers,
        nil=nil,
        note=note,
        via="link",
        by=here.caller.by,
        seen_version=sent.number("seen_version"),
        seen_form=sent.one("seen_form") or None,
    )


def _refuse_files(files: Taken) -> None:
    if files.faults:
        raise DubanError("有照片或附件没有收下，所以还没有报。")


def _again(
    here: Here,
    obligation_id: int,
    sent: Sent,
    files: Taken,
    form: Sequence[Mapping[str, Any]],
    wrong: DubanError,
) -> HTMLResponse:
    texts, note = answers_with(files, form, sent)
    unseen = isinstance(wrong, (AnsweredMeanwhileError, FormChangedError))
    found = ({} if unseen else faults(form, texts)) | files.faults
    typed = Typed(texts, note, _key(sent), found, wrong)
    status = 413 if sent.refused else 422 if found else 409
    return answer_page(here, obligation_id, status=status, typed=typed)


def _handed_in(here: Here, obligation_id: int, report: Report) -> RedirectResponse:
    with noted(here.request):
        number = here.counter.inbox.take(obligation_id, report, here.now).submission.id
    return go(f"/l/{here.token}/receipt/{number}")


def _form(here: Here, obligation_id: int) -> Sequence[Mapping[str, Any]]:
    with here.read() as desk:
        return desk.form(obligation_id)


def _key(sent: Sent) -> str:
    return sent.one("key")[:LONGEST_KEY]
