"""Sheets as a unit sees them: it reads what was issued to it, signs for it, answers, and sees the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import sheet_acts, sheet_facts, sheet_list, sheet_whole
from ...obligations.errors import DubanError
from ...obligations.moments import in_words
from ...obligations.sheet_names import sheet_name
from ...obligations.words import Rung, SheetState
from ..access import AbsentError
from ..asked import Number
from ..limits import Form
from ..pages import go, page
from ..sheets_seen import sheet_of
from .also_kind import Also
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ...ledger.book import Session
    from ...ledger.sheet_list import Line
    from ...ledger.tables import Sheet
    from ..access import Desk, Here

router = APIRouter(prefix="/l/{token}/sheets", include_in_schema=False)
DONE = {"acknowledge": "已签收。", "reply": "回复已送到办公室，请等候答复。"}


@router.get("/{sheet_id:int}")
def look(here: Own, sheet_id: Number) -> HTMLResponse:
    """Show a sheet."""
    return _show(here, sheet_id)


@router.post("/{sheet_id:int}/acknowledge")
def acknowledge(here: Own, sheet_id: Number) -> Response:
    """Note that the unit has it; a second tap changes nothing."""

    def do(desk: Desk, found: Sheet) -> None:
        if found.acknowledged_at is None:
            sheet_acts.acknowledge(desk.session, found, here.now, here.caller.by)

    return _do(here, sheet_id, "acknowledge", "", do)


@router.post("/{sheet_id:int}/reply")
def reply(here: Own, sheet_id: Number, sent: Form) -> Response:
    """Answer: what was done, or why it could not be."""
    text = sent.one("text")

    def do(desk: Desk, found: Sheet) -> None:
        sheet_acts.reply(desk.session, found, here.now, here.caller.by, text)

    return _do(here, sheet_id, "reply", text, do)


def mine(session: Session, unit_id: int, _now: datetime) -> list[Also]:
    """Give the sheets that a unit has to settle, for its list, and those of which it has a copy."""
    found = sheet_list.of_unit(session, unit_id)
    copies = [
        Also(
            tag="抄送",
            title=sheet_name(one.rung, one.year, one.number),
            address=f"sheets/{one.id}",
            said=f"{one.matter}（由{one.unit}办理，请配合）",
            due_at=one.limit_at,
            act="查看",
        )
        for one in found.copies
    ]
    return [
        Also(
            tag=Rung(one.rung).zh,
            title=sheet_name(one.rung, one.year, one.number),
            address=f"sheets/{one.id}",
            said=_said(one),
            due_at=one.limit_at,
            act="查看" if one.waits else "回复" if one.acknowledged_at else "签收",
        )
        for one in found.own
    ] + copies


def _said(one: Line) -> str:
    if one.waits:
        return f"{one.matter}（回复已送到，请等候答复）"
    return one.matter if one.acknowledged_at else f"{one.matter}（请签收）"


def _show(here: Here, sheet_id: int, *, wrong: str = "", text: str = "", status: int = 200) -> HTMLResponse:
    with here.read() as desk:
        found = sheet_of(desk, sheet_id)
        replies = sheet_whole.replies_of(desk.session, found.id)
        talk = sheet_facts.talk_of(desk.session, found.id)
        own = found.unit_id != here.caller.unit_id or sheet_facts.is_own(desk.session, found)
    answers = found.unit_id == here.caller.unit_id
    facts = {
        "own": own,
        "answers": answers,
        "one": found,
        "replies": replies,
        "talk": talk,
        "wrong": wrong,
        "text": text,
    }
    return page(
        *(here, "unit/sheet.html"),
        status=status,
        **facts,
        name=sheet_name(found.rung, found.year, found.number),
        state=SheetState(found.state),
        waits=any(one.decided_at is None for one in replies),
        limit=in_words(found.limit_at) if found.limit_at else "",
        done=DONE.get(here.request.query_params.get("done", ""), ""),
    )


def _do(here: Here, sheet_id: int, act: str, text: str, do: Callable[[Desk, Sheet], None]) -> Response:
    try:
        with here.write() as desk:
            do(desk, sheet_of(desk, sheet_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, sheet_id, wrong=here.told(wrong), text=text, status=409)
    return go(f"/l/{here.token}/sheets/{sheet_id}?done={act}")
