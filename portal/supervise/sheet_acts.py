"""What the office does to a sheet; each act leads back to the sheet's page, which says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...app import clock
from ...ledger import journal, sheet_acts, sheet_drafts, sheet_listing, sheet_signing, sheet_talks
from ...ledger.sheet_talks import Arranged, Minuted
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Number, Small, number
from ..filled import Typed, word
from ..office.case import Attempt
from ..sheets_seen import sheet_of
from . import sheet_lists, sheet_page
from .sheet_forms import draft_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...ledger.tables import Sheet
    from ..access import Desk

router = APIRouter(prefix="/sheets", include_in_schema=False)
Drafting = Annotated[Here, Depends(may(Act.DRAFT))]
Signing = Annotated[Here, Depends(may(Act.SIGN))]


@router.post("/{sheet_id:int}/edit")
def edit(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Change what a draft says."""

    def do(desk: Desk, found: Sheet) -> str:
        changed = sheet_drafts.edit(desk.session, found, draft_of(typed), desk.now, desk.caller.by)
        return "edited" if changed else "same"

    return _do(here, sheet_id, typed, "edit", do)


@router.post("/{sheet_id:int}/sign")
def sign(here: Signing, sheet_id: Number, typed: Typed) -> Response:
    """Sign the draft that was seen; it gets its number and leaves."""
    try:
        with here.write() as desk:
            who = (desk.now, desk.caller.by, here.counter.means)
            sheet_of(desk, sheet_id)
            issued = sheet_signing.sign(desk.session, sheet_id, *who, seen=word(typed, "seen"))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _refused(here, sheet_id, typed, "sign", wrong)
    here.counter.ring()
    return flash.went(here.request, f"/sheets/{sheet_id}", "signed-untold" if issued.untold else "signed")


@router.post("/{sheet_id:int}/drop")
def drop(here: Signing, sheet_id: Number, typed: Typed) -> Response:
    """Decline to sign, saying why; the draft never gets a number."""

    def do(desk: Desk, found: Sheet) -> str:
        sheet_drafts.drop(desk.session, found, desk.now, desk.caller.by, word(typed, "reason"))
        return "dropped"

    return _do(here, sheet_id, typed, "drop", do)


@router.post("/{sheet_id:int}/acknowledge")
def acknowledge(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Note that the unit has the sheet, as it said on the phone or by signing the paper."""

    def do(desk: Desk, found: Sheet) -> str:
        sheet_acts.acknowledge(desk.session, found, desk.now, _on_behalf(desk, typed))
        return "acknowledged"

    return _do(here, sheet_id, typed, "acknowledge", do)


@router.post("/{sheet_id:int}/reply")
def reply(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Enter what the unit answered otherwise than by its link."""

    def do(desk: Desk, found: Sheet) -> str:
        sheet_acts.reply(desk.session, found, desk.now, _on_behalf(desk, typed), word(typed, "text"))
        return "replied"

    return _do(here, sheet_id, typed, "reply", do)


@router.post("/{sheet_id:int}/decide")
def decide(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Say whether a reply gives a good reason."""

    def do(desk: Desk, found: Sheet) -> str:
        untold = sheet_acts.decide(
            *(desk.session, found, number(word(typed, "reply")) or 0),
            *(desk.now, desk.caller.by, here.counter.means),
            accepted={"yes": True, "no": False}.get(word(typed, "accepted")),
            answer=word(typed, "answer"),
        )
        return "untold" if untold else "decided"

    return _do(here, sheet_id, typed, "decide", do)


@router.post("/{sheet_id:int}/close")
def close(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Close a sheet with what was done."""

    def do(desk: Desk, found: Sheet) -> str:
        untold = sheet_acts.close(
            *(desk.session, found, desk.now, desk.caller.by, here.counter.means),
            closing=word(typed, "closing"),
            follows=word(typed, "follows"),
            person=not desk.caller.program,
        )
        return "untold" if untold else "closed"

    return _do(here, sheet_id, typed, "close", do)


@router.post("/{sheet_id:int}/withdraw")
def withdraw(here: Signing, sheet_id: Number, typed: Typed) -> Response:
    """Withdraw an issued sheet, saying why; it keeps its number."""

    def do(desk: Desk, found: Sheet) -> str:
        who = (desk.now, desk.caller.by, here.counter.means)
        untold = sheet_acts.withdraw(desk.session, found, *who, word(typed, "reason"))
        return "untold" if untold else "withdrawn"

    return _do(here, sheet_id, typed, "withdraw", do)


@router.post("/{sheet_id:int}/talk")
def talk(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Set when and where a talk is."""

    def do(desk: Desk, found: Sheet) -> str:
        where = Arranged(
            _moment(typed, "day", "time"),
            *(word(typed, name) for name in ("place", "attending", "material")),
        )
        who = (desk.now, desk.caller.by, here.counter.means)
        untold = sheet_talks.arrange(desk.session, found, *who, where)
        return "untold" if untold else "arranged"

    return _do(here, sheet_id, typed, "talk", do)


@router.post("/{sheet_id:int}/minutes")
def minutes(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Keep the minutes of a talk and what was promised."""

    def do(desk: Desk, found: Sheet) -> str:
        until = word(typed, "promised_by")
        by = clock.end_of_day(until) if until else None
        heard = Minuted(word(typed, "minutes"), word(typed, "promised"), by)
        sheet_talks.minute(desk.session, found, desk.now, desk.caller.by, heard)
        return "minuted"

    return _do(here, sheet_id, typed, "minutes", do)


@router.post("/{sheet_id:int}/follow")
def follow(here: Drafting, sheet_id: Number, typed: Typed) -> Response:
    """Keep what became of what was promised."""

    def do(desk: Desk, found: Sheet) -> str:
        kept = {"yes": True, "no": False}.get(word(typed, "kept"))
        sheet_talks.follow(desk.session, found, desk.now, desk.caller.by, word(typed, "text"), kept=kept)
        return "followed"

    return _do(here, sheet_id, typed, "follow", do)


@router.post("/listed/{finding_id:int}/delist")
def delist(here: Signing, finding_id: Small, typed: Typed) -> Response:
    """Take a finding that has been closed off the list; the sheet that listed it is closed with it."""
    try:
        with here.write() as desk:
            why, who = word(typed, "why"), (desk.now, desk.caller.by)
            found, note = sheet_listing.delist(desk.session, finding_id, *who, why)
            if found is not None:
                means = here.counter.means
                sheet_acts.close(desk.session, found, *who, means, closing=f"摘牌：{why}", person=True)
            journal.append_many(desk.session, *who, [note])
    except DubanError as wrong:
        return sheet_lists.show_listed(here, attempt=Attempt(str(finding_id), typed, str(wrong)), status=409)
    here.counter.ring()
    return flash.went(here.request, "/sheets/listed", "delisted")


def _do(here: Here, sheet_id: int, typed: FormData, act: str, do: Callable[[Desk, Sheet], str]) -> Response:
    """Do it in one transaction; what is wrong is told on the sheet's page, with what was typed."""
    try:
        with here.write() as desk:
            done = do(desk, sheet_of(desk, sheet_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _refused(here, sheet_id, typed, act, wrong)
    here.counter.ring()
    return flash.went(here.request, f"/sheets/{sheet_id}", done)


def _refused(here: Here, sheet_id: int, typed: FormData, act: str, wrong: DubanError) -> Response:
    return sheet_page.show(here, sheet_id, attempt=Attempt(act, typed, str(wrong)), status=409)


def _on_behalf(desk: Desk, typed: FormData) -> str:
    """Give the name for the record: whoever it was at the unit, and who entered it."""
    whom = word(typed, "whom")
    if not whom:
        raise DubanError("请写明单位何人。")
    return f"{whom}（{desk.caller.by}代为登记）"


def _moment(typed: FormData, day: str, hour: str) -> datetime:
    if not word(typed, day) or not word(typed, hour):
        raise DubanError("请填写约谈的日期和时刻。")
    return clock.moment(f"{word(typed, day)} {word(typed, hour)}")
