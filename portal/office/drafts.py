"""Plans drafted from documents, at the desk: sent up, looked at side by side, decided about, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import FormData

from ...calendar.dates import local_day
from ...calendar.reviewing.composing import Origin, compose
from ...calendar.reviewing.days import check_plan
from ...documents.reading import READABLE
from ...ledger import attachments, draft_units, drafts, journal
from ...ledger.draft_units import Group
from ...ledger.drafts import OvertakenError
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, start, text
from ..files import serve
from ..filled import Typed, word
from ..limits import Form
from ..pages import go, page
from . import draft_forms
from .draft_forms import FormFaultError, duty_typed
from .draft_page import KINDS, PAGE, shown, try_in_words, values_shown
from .draft_upload import read
from .sent_files import only_file

if TYPE_CHECKING:
    from ...calendar.reviewing.settling import Settled
    from ...ledger.tables import PlanDraft
    from ..access import Desk

router = APIRouter(prefix="/drafts", include_in_schema=False)
Planning = Annotated[Here, Depends(may(Act.PLAN))]
_MOST_GROUPS = 60
DONE = {
    "same": "这份文件已经读过，这就是它的草稿。",
    "read": "文件读好了：请逐项核定。",
    "dropped": "草稿已经作废。",
}
REASONS = (
    "原则要求，不另列任务",
    "已包含在其他任务中",
    "说明情况，没有要求",
    "依法履职，不需上报",
    "不归本镇办理",
)


class Trouble(NamedTuple):
    """What a form was refused for: what it was about, in which words, and what had been typed."""

    said: str
    item: str = ""
    typed: FormData | None = None
    status: int = 422
    days: tuple[str, ...] = ()


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
    return _page(here, draft_id)


@router.post("/{draft_id}")
def decide(here: Planning, draft_id: Small, typed: Typed) -> Response:
    """Write what a clerk decides about one thing, or show what is wrong with it."""
    if word(typed, "do") == "look":
        return _look(here, draft_id, typed)
    item = word(typed, "item")
    try:
        with here.write() as desk:
            row = _there(desk, draft_id, lock=True)
            made = draft_forms.decisions(drafts.state_of(desk.session, row), typed)
            drafts.decide(desk.session, row, made, here.now, here.caller.by)
            then = drafts.state_of(desk.session, row)
    except AbsentError:
        raise
    except FormFaultError as wrong:
        return _page(here, draft_id, Trouble(str(wrong), wrong.item, typed))
    except OvertakenError as wrong:
        return _page(here, draft_id, Trouble(str(wrong), item, typed, 409))
    except DubanError as wrong:
        return _page(here, draft_id, Trouble(str(wrong), item, typed))
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
        return _page(here, draft_id, Trouble("", item, typed, 200, tuple(_days(here, draft_id, typed))))
    except FormFaultError as wrong:
        return _page(here, draft_id, Trouble(str(wrong), item, typed))


def _days(here: Here, draft_id: int, typed: FormData) -> list[str]:
    with here.read() as desk:
        settled = drafts.state_of(desk.session, _there(desk, draft_id))
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
        row = _there(desk, draft_id)
    return serve(here.counter.attachments, row)


@router.get("/{draft_id}/plan.yaml")
def plan(here: Planning, draft_id: Small) -> Response:
    """Give the plan in YAML as it stands; what is undecided keeps it from being adopted."""
    with here.write() as desk:
        row = _there(desk, draft_id)
        settled = drafts.state_of(desk.session, row)
        data = compose(settled, Origin(row.name, row.sha256))
        detail = {"draft": row.id, "waiting": len(settled.waiting), "finished": settled.finished}
        journal.append(desk.session, here.now, here.caller.by, "draft.exported", f"draft/{row.id}", detail)
    headers = {"content-disposition": f'attachment; filename="{settled.head.slug}.yaml"'}
    return Response(data, media_type="application/yaml; charset=utf-8", headers=headers)


def _there(desk: Desk, draft_id: int, *, lock: bool = False) -> PlanDraft:
    found = drafts.find(desk.session, draft_id, lock=lock)
    if found is None:
        raise AbsentError
    return found


def _page(here: Here, draft_id: int, trouble: Trouble | None = None) -> HTMLResponse:
    request, counter = here.request, here.counter
    item = trouble.item if trouble else text(request, "item") or ""
    only_open = (
        word(trouble.typed, "show") if trouble and trouble.typed else text(request, "show")
    ) == "open"
    with here.read() as desk:
        row = _there(desk, draft_id)
        settled = drafts.state_of(desk.session, row)
        units = _units(desk, settled)
        kinds = draft_units.kinds(desk.session, here.now)
    year = settled.head.year or local_day(here.now).year
    seen = shown(
        *(settled, year, counter.workdays, f"/drafts/{draft_id}"),
        only_open=only_open, start=start(request), item=item,
    )  # fmt: skip
    origin = Origin(row.name, row.sha256)
    amiss = check_plan(compose(settled, origin), row.name, counter.workdays) if settled.finished else []
    facts: dict[str, Any] = {"row": row, "settled": settled, "seen": seen, "year": year, "units": units}
    facts |= {"kinds": KINDS, "roster_kinds": kinds, "reasons": REASONS, "amiss": amiss, "page_size": PAGE}
    facts |= {"trouble": trouble, "only_open": only_open, "values_shown": values_shown}
    facts |= {"editing": _editing(here, trouble), "this_year": local_day(here.now).year}
    facts |= {"done": flash.said(request, DONE), "address": f"/drafts/{draft_id}"}
    return page(
        here, "office/draft.html", status=trouble.status if trouble else 200, section="drafts", **facts
    )


def _editing(here: Here, trouble: Trouble | None) -> str:
    """Give the item whose whole form is open."""
    if trouble is None or trouble.typed is None:
        return text(here.request, "open") or ""
    return trouble.item if word(trouble.typed, "do") in ("correct", "look") else ""


def _units(desk: Desk, settled: Settled) -> dict[str, tuple[int, list[str]]]:
    """Give what the roster says to each group of units that is decided."""
    return {
        one.name: draft_units.reached(desk.session, Group(one.values.kinds, one.values.units), desk.now)
        for one in settled.units[:_MOST_GROUPS]
        if not one.values.open
    }
