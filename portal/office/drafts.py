"""Plans drafted from documents, at the desk: sent up, looked at side by side, decided about, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import FormData

from ...calendar.reviewing.composing import Origin, compose
from ...documents.reading import READABLE
from ...ledger import attachments, drafts, journal
from ...ledger.drafts import OvertakenError
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..files import serve
from ..filled import Typed, word
from ..limits import Form
from ..pages import go, page
from . import draft_forms
from .draft_page import try_in_words
from .draft_typed import FormFaultError, duty_typed
from .draft_upload import read
from .draft_view import DONE, Trouble, there, view
from .sent_files import only_file

if TYPE_CHECKING:
    from ...calendar.reviewing.settling import Settled

router = APIRouter(prefix="/drafts", include_in_schema=False)
Planning = Annotated[Here, Depends(may(Act.PLAN))]


@router.get("")
def index(here: Planning) -> HTMLResponse:
    """Show the drafts, and the form for another document."""
    return _index(here)


@router.post("")
def send_up(here: Planning, form: Form) -> Response:
    """Take a document and read it."""
    try:
        name, data = only_file(form, "file")
        found = read(data, name)
        attachments.store(here.counter.attachments, data)
        with here.write() as desk:
            row, fresh = drafts.take(
                desk.session, form.one("key"), found.file, found.proposed, here.now, here.caller.by
            )
            number = row.id
    except attachments.NotStoredError:
        raise
    except DubanError as wrong:
        return _index(here, str(wrong))
    return flash.went(here.request, f"/drafts/{number}", "read" if fresh else "same")


def _index(here: Here, wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        listed = drafts.listed(desk.session)
    facts: dict[str, Any] = {"listed": listed, "wrong": wrong, "readable": READABLE}
    facts |= {"key": here.counter.new_token(), "done": flash.said(here.request, DONE)}
    return page(here, "office/drafts.html", status=422 if wrong else 200, section="drafts", **facts)


@router.get("/{draft_id}")
def side_by_side(here: Planning, draft_id: Small) -> HTMLResponse:
    """Show the document and what is proposed, side by side."""
    return view(here, draft_id)


@router.post("/{draft_id}")
def decide(here: Planning, draft_id: Small, typed: Typed) -> Response:
    """Write what a clerk decides about one thing, or show what is wrong with it."""
    if word(typed, "do") == "look":
        return _look(here, draft_id, typed)
    item = word(typed, "item")
    try:
        with here.write() as desk:
            row = there(desk, draft_id, lock=True)
            made = draft_forms.decisions(drafts.state_of(desk.session, row), typed)
            drafts.decide(desk.session, row, made, here.now, here.caller.by)
            then = drafts.state_of(desk.session, row)
    except AbsentError:
        raise
    except FormFaultError as wrong:
        return view(here, draft_id, Trouble(str(wrong), wrong.item, typed))
    except OvertakenError as wrong:
        return view(here, draft_id, Trouble(str(wrong), item, typed, 409))
    except DubanError as wrong:
        return view(here, draft_id, Trouble(str(wrong), item, typed))
    if word(typed, "do") == "drop":
        return flash.went(here.request, "/drafts", "dropped")
    return go(_after(draft_id, then, typed, made[0].item))


def _after(draft_id: int, then: Settled, typed: FormData, item: str) -> str:
    """Give where to go on: the next proposal that is open, or the place where something was changed."""
    show = "open" if word(typed, "show") == "open" else ""
    if word(typed, "do") not in ("confirm", "strike"):
        place = item if then.item(item) else _PLACES.get(word(typed, "do"), "items")
    else:
        keys = [one.item.key for one in then.items]
        later = then.items[keys.index(item) + 1 :]
        place = next((one.item.key for one in later if one.state == "open"), item)
    asked = {"show": show, "item": place if then.item(place) else ""}
    if word(typed, "do") == "add":
        asked |= {"open": item, "item": item}
    query = urlencode({name: said for name, said in asked.items() if said})
    return f"/drafts/{draft_id}{'?' if query else ''}{query}#{place}"


_PLACES = {"head": "h-head", "units": "h-units", "stretch": "h-stretches", "sure": "items", "rest": "items"}


def _look(here: Here, draft_id: int, typed: FormData) -> HTMLResponse:
    """Show the days that a form would give; nothing is written."""
    item = word(typed, "item")
    try:
        return view(here, draft_id, Trouble("", item, typed, 200, tuple(_days(here, draft_id, typed))))
    except FormFaultError as wrong:
        return view(here, draft_id, Trouble(str(wrong), item, typed))


def _days(here: Here, draft_id: int, typed: FormData) -> list[str]:
    with here.read() as desk:
        settled = drafts.state_of(desk.session, there(desk, draft_id))
    one = settled.item(word(typed, "item"))
    if one is None:
        raise AbsentError
    return try_in_words(duty_typed(settled, one, typed), settled, here.now, here.counter.workdays)


@router.get("/{draft_id}/days")
def days(here: Planning, draft_id: Small) -> JSONResponse:
    """Give the days that a form would give, or what is wrong with it, for the page's script."""
    try:
        asked = FormData([(name, said) for name, said in here.request.query_params.multi_items()])
        return JSONResponse({"said": _days(here, draft_id, asked)})
    except FormFaultError as wrong:
        return JSONResponse({"wrong": str(wrong)})


@router.get("/{draft_id}/file")
def original(here: Planning, draft_id: Small) -> Response:
    """Give the document as it was sent up."""
    with here.read() as desk:
        row = there(desk, draft_id)
    return serve(here.counter.attachments, row)


@router.get("/{draft_id}/plan.yaml")
def plan(here: Planning, draft_id: Small) -> Response:
    """Give the plan in YAML as it stands; what is undecided keeps it from being adopted."""
    with here.write() as desk:
        row = there(desk, draft_id)
        settled = drafts.state_of(desk.session, row)
        data = compose(settled, Origin(row.name, row.sha256))
        detail = {"draft": row.id, "waiting": len(settled.waiting), "finished": settled.finished}
        journal.append(desk.session, here.now, here.caller.by, "draft.exported", f"draft/{row.id}", detail)
    headers = {"content-disposition": f'attachment; filename="{settled.head.slug}.yaml"'}
    return Response(data, media_type="application/yaml; charset=utf-8", headers=headers)
