"""A clerk enters what a unit said by telephone, on paper or at the window; the record shows it as such."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...app import clock
from ...ledger import asking, desk_queries, matter as matters, reports
from ...obligations.errors import DubanError
from ...obligations.forms import form_digest
from .. import filled
from ..access import Act, Here, may
from ..asked import Number
from ..back import after, own_path
from ..limits import Form, Sent
from ..pages import page
from ..unit.files import Taken, answers_with, take

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...ledger.matter import Before, Matter

    Fields = Sequence[Mapping[str, Any]]

router = APIRouter(include_in_schema=False)
LONGEST_NAME = 50
LONGEST_KEY = 64
Receiving = Annotated[Here, Depends(may(Act.RECEIVE))]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the form: the texts of its entries by key, what is wrong with them, and the rest."""

    key: str
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    via: str = ""
    who: str = ""
    claimed: str = ""
    note: str = ""
    nil: bool = False
    wrong: str = ""


@router.get("/obligations/{obligation_id}/enter")
def enter_page(here: Receiving, obligation_id: Number) -> HTMLResponse:
    """Show the round's form, with what was reported last."""
    back = own_path(here.request.query_params.get("back", ""), "")
    return _show(here, obligation_id, None, back)


@router.post("/obligations/{obligation_id}/enter")
def enter(here: Receiving, obligation_id: Number, sent: Form) -> Response:
    """Take a report in a unit's name; what is wrong is told at its entry, with all that was typed."""
    files = take(here, obligation_id, sent)
    with here.read() as desk:
        matter = matters.matter(desk.session, desk.obligation(obligation_id), here.now)
    draft = _with_entries(_draft(sent), matter, sent, files)
    try:
        if not draft.faults:
            _take_in(here, obligation_id, _report(here, draft, sent))
    except DubanError as wrong:
        draft = replace(draft, wrong=str(wrong))
    if draft.faults or draft.wrong:
        return _show(here, obligation_id, draft, sent.one("back"), 422 if draft.faults else 409)
    return after(here.request, sent.form, f"/obligations/{obligation_id}", "enter")


def _take_in(here: Here, obligation_id: int, report: reports.Report) -> None:
    with here.write() as desk:
        reports.submit(desk.session, desk.obligation(obligation_id, lock=True), report, here.now)


def _draft(sent: Sent) -> Draft:
    return Draft(
        key=sent.one("key")[:LONGEST_KEY],
        via=sent.one("via"),
        who=sent.one("who"),
        claimed=sent.one("claimed_at"),
        note=sent.one("note"),
        nil=sent.one("nil") == "1",
    )


def _with_entries(draft: Draft, matter: Matter, sent: Sent, files: Taken) -> Draft:
    form: Fields = matter.round.form
    texts, note = answers_with(files, form, sent)
    if draft.nil:
        # Without JavaScript the entries keep what was reported last, which nobody has typed.
        untouched = matter.last is not None and texts == filled.entered(form, matter.last.report.answers)
        return replace(draft, texts={} if untouched else texts)
    return replace(draft, texts=texts, note=note, faults=filled.faults(form, texts) | files.faults)


def _report(here: Here, draft: Draft, sent: Sent) -> reports.Report:
    way = {str(way): called for way, called in filled.BROUGHT.items()}.get(draft.via)
    if way is None:
        raise DubanError("请选择怎样报来：电话、纸质，还是到窗口。")
    if not draft.who or len(draft.who) > LONGEST_NAME:
        raise DubanError(f"请写明单位报送人的姓名，不超过{LONGEST_NAME}字。")
    return reports.Report(
        key=draft.key or here.counter.new_token(),
        answers=draft.texts,
        nil=draft.nil,
        note=asking.said("\n".join(filter(None, (f"{way}：{draft.who}", draft.note)))),
        via=draft.via,
        by=here.caller.by,
        claimed_at=_claimed(draft.claimed, here.now),
        seen_version=sent.number("version"),
        seen_form=sent.one("form") or None,
    )


def _claimed(said: str, now: datetime) -> datetime | None:
    at = clock.moment(said) if said else None
    if at is not None and at > now:
        raise DubanError("单位自称的报送时间不能晚于现在，请核对。")
    return at


def _show(here: Here, obligation_id: int, draft: Draft | None, back: str, status: int = 200) -> HTMLResponse:
    with here.read() as desk:
        found = desk.obligation(obligation_id)
        matter = matters.matter(desk.session, found, here.now)
        before = matters.last_time(desk.session, matter.round, found.unit_id)
        unit = desk_queries.unit_name(desk.session, found.unit_id)
    last, form = (matter.last.report if matter.last else None), matter.round.form
    if draft is None:
        texts = filled.entered(form, last.answers if last else {})
        draft = Draft(f"desk-{here.counter.new_token()}", texts, note=filled.noted(last))
    facts: dict[str, Any] = {
        "matter": matter,
        "unit": unit,
        "draft": draft,
        "entries": [_entry(one, draft, matter, before) for one in form],
        "before": before,
        "digest": form_digest(form),
        "version": last.version if last else 0,
        "takes": matter.takes_reports(here.now),
        "ways": filled.BROUGHT,
    }
    return page(here, "office/enter.html", status=status, section="year", back=own_path(back, ""), **facts)


def _entry(entry: Mapping[str, Any], draft: Draft, matter: Matter, before: Before | None) -> dict[str, Any]:
    key, text = entry["key"], draft.texts.get(entry["key"], "")
    files = [one for one in matter.uploads if one.sha256 in text.split()]
    return {
        "field": entry,
        "value": text.split("\n") if entry["type"] == "checklist" else text,
        "wrong": draft.faults.get(key, ""),
        "before": filled.in_words(entry, before.answers) if before else "",
        "files": files if entry["type"] == "files" else (),
    }
