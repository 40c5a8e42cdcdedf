"""Units: the list, one of them with its people and its history, adding and changing one."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import contacts, letters, people, staffing
from ...ledger.people import UnitFilters
from ...ledger.staffing import UnitDraft
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, filters, start, text
from ..filled import Typed, word
from ..pages import page
from .history_words import sentence

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.tables import Unit
    from ..access import Desk

router = APIRouter(include_in_schema=False)
People = Annotated[Here, Depends(may(Act.PEOPLE))]
LIMIT = 100
MOST_OPEN = 50
_BREAK = re.compile(r"[、，,；;\s]+")
# What has just been done.
DONE = {
    "added": "已新增。",
    "changed": "已修改，从以后下达的任务起按新的执行。",
    "same": "没有改动。",
    "closed": "停用日期已登记。",
    "kept": "停用已撤销。",
    "merged": "合并已登记。",
    "split": "拆分已登记。",
    "contact": "联系人已保存。",
    "contact-moved": "联系人已保存。有{}条待发的消息随之改走新渠道。",
    "off": "联系人已停用，链接同时停用。",
    "on": "联系人已重新启用。",
    "revoked": "该联系人的链接已全部停用。",
    "sent": "新链接已列入发件箱，即将发出；结果请看发送记录。",
    "soon": "一小时内已发过新链接，没有重复发；结果请看发送记录。",
    "waiting": "新链接正在等待发送，没有重复发；结果请看发送记录。",
}
PURPOSES = {"list": "办理链接", "board": "公示二维码", "feed": "日历订阅"}


@router.get("/units")
def units(here: People) -> HTMLResponse:
    """Show the units, those that are closed only if asked."""
    asked = here.request
    chosen = {name: text(asked, name) or "" for name in ("text", "kind", "tag", "closed")}
    which = UnitFilters(chosen["text"], chosen["kind"], chosen["tag"], bool(chosen["closed"]))
    with here.read() as desk:
        found = people.units(desk.session, which, local_day(here.now), start=start(asked), limit=LIMIT)
        kinds, tags = people.kinds(desk.session), people.known_tags(desk.session)
    return page(
        *(here, "office/units.html"),
        found=found,
        chosen=chosen,
        kinds=kinds,
        tags=tags,
        today=local_day(here.now),
        start=start(asked),
        limit=LIMIT,
        address=filters("/units", chosen),
        section="units",
    )


@router.get("/units/new")
def new(here: People) -> HTMLResponse:
    """Show the form for a new unit; it exists from today on unless another day is given."""
    said = {"opened_on": local_day(here.now).isoformat()}
    return _form(here, None, said)


@router.post("/units/new")
def add(here: People, typed: Typed) -> Response:
    """Add a unit."""
    try:
        with here.write() as desk:
            draft = _draft(desk, typed, word(typed, "code"))
            made = staffing.add_unit(desk.session, draft, desk.now, desk.caller.by)
    except DubanError as wrong:
        return _form(here, None, _said(typed), str(wrong))
    return flash.went(here.request, f"/units/{made.id}", "added")


@router.get("/units/{unit_id}")
def unit(here: People, unit_id: Small) -> HTMLResponse:
    """Show one unit: its facts, its people, what it still owes, what the journal says of it."""
    return show(here, unit_id)


@router.get("/units/{unit_id}/edit")
def edit(here: People, unit_id: Small) -> HTMLResponse:
    """Show the form of a unit's facts."""
    with here.read() as desk:
        found = unit_of(desk, unit_id)
        tags = people.tags_of(desk.session, [unit_id]).get(unit_id, [])
        above = people.unit(desk.session, found.parent_id or 0)
    said = {"code": found.code, "name": found.name, "kind": found.kind, "tags": "、".join(tags)}
    return _form(here, found, said | {"parent": above.code if above else ""})


@router.post("/units/{unit_id}/edit")
def change(here: People, unit_id: Small, typed: Typed) -> Response:
    """Change a unit's facts; its code stays."""
    with here.read() as desk:
        found = unit_of(desk, unit_id)
    try:
        with here.write() as desk:
            current = unit_of(desk, unit_id)
            draft = _draft(desk, typed, current.code)
            changed = staffing.change_unit(desk.session, current, draft, desk.now, desk.caller.by)
    except DubanError as wrong:
        return _form(here, found, _said(typed) | {"code": found.code}, str(wrong))
    return flash.went(here.request, f"/units/{unit_id}", "changed" if changed else "same")


def unit_of(desk: Desk, unit_id: int, *, lock: bool = False) -> Unit:
    """Give a unit by its number; raises :class:`AbsentError`."""
    found = people.unit(desk.session, unit_id, lock=lock)
    if found is None:
        raise AbsentError
    return found


def show(
    here: Here, unit_id: int, *, wrong: str = "", typed: dict[str, Any] | None = None, status: int = 200
) -> HTMLResponse:
    """Give the page of a unit; ``typed`` is what was typed into the form of the contact ``typed["at"]``."""
    with here.read() as desk:
        found, session = unit_of(desk, unit_id), desk.session
        still = people.still_open(session, [unit_id])
        facts: dict[str, Any] = {
            "unit": found,
            "tags": people.tags_of(session, [unit_id]).get(unit_id, []),
            "above": people.unit(session, found.parent_id or 0),
            "below": people.below(session, unit_id),
            "contacts": contacts.contacts(session, [unit_id], desk.now).get(unit_id, []),
            "channels": letters.channel_names(session, active=True),
            "purposes": PURPOSES,
            "open": still[:MOST_OPEN],
            "open_total": len(still),
            "history": [(one, sentence(one)) for one in people.history(session, found)],
        }
    done = flash.said(here.request, DONE) if status == 200 else ""  # noqa: PLR2004
    facts |= {"done": done, "wrong": wrong, "typed": typed or {}}
    return page(
        here,
        "office/unit.html",
        status=status,
        today=local_day(here.now),
        section="units",
        **facts,
    )


def _said(typed: FormData) -> dict[str, str]:
    return {name: word(typed, name) for name in ("code", "name", "kind", "tags", "parent", "opened_on")}


def _form(here: Here, found: Unit | None, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        kinds, tags = people.kinds(desk.session), people.known_tags(desk.session)
        all_units = people.offered(desk.session, local_day(here.now))
    return page(
        *(here, "office/unit_form.html"),
        status=422 if wrong else 200,
        unit=found,
        said={"code": "", "name": "", "kind": "", "tags": "", "parent": "", "opened_on": "", **said},
        kinds=kinds,
        tags=tags,
        units=all_units,
        wrong=wrong,
        section="units",
    )


def _draft(desk: Desk, typed: FormData, code: str) -> UnitDraft:
    tags = frozenset(tag for tag in _BREAK.split(word(typed, "tags")) if tag)
    opened_on = day(word(typed, "opened_on"), "启用日期") if word(typed, "opened_on") else None
    parent_id = _parent(desk, word(typed, "parent"))
    return UnitDraft(code, word(typed, "name"), word(typed, "kind"), tags, parent_id, opened_on)


def _parent(desk: Desk, said: str) -> int | None:
    if not said:
        return None
    exact = [one for one in people.called(desk.session, said) if said in (one.code, one.name)]
    if len(exact) != 1:
        raise DubanError(
            f"上级单位“{said}”{'不止一个，请填代码' if exact else '没有找到，请填准确的名称或代码'}。"
        )
    return exact[0].id


def day(said: str, what: str) -> date:
    """Give a local day as a browser sends it; raises :class:`DubanError` for anything else."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise DubanError(f"请填写{what}，如 2026-03-22。") from None
