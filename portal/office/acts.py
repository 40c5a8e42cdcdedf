"""What the office does to one obligation; each act leads back to where it was done from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, status
from fastapi.responses import Response

from ...app import clock
from ...ledger import accepting, asking, reports, told
from ...obligations.errors import DubanError
from ...obligations.words import RemarkKind
from ..access import AbsentError, Act, Here, may
from ..asked import Number
from ..back import after
from ..filled import Typed, word, words
from . import story
from .case import Attempt

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...ledger.tables import Obligation
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Receiving = Annotated[Here, Depends(may(Act.RECEIVE))]


@router.post("/obligations/{obligation_id}/accept")
def accept(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Take the version that was seen."""

    def do(desk: Desk, found: Obligation) -> None:
        accepting.check_seen(desk.session, found, version_seen(typed))
        reports.accept(desk.session, found, desk.now, desk.caller.by)

    return _do(here, obligation_id, typed, "accept", do)


@router.post("/obligations/{obligation_id}/return")
def return_(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Send back the version that was seen, saying why, what to correct and by when."""

    def do(desk: Desk, found: Obligation) -> str:
        accepting.check_seen(desk.session, found, version_seen(typed))
        why = reports.Return(reason(typed), _material(typed), moment_or_none(typed, "correct_by"))
        slots = here.counter.slots(desk.now, urgent=desk.round(found.round_id).urgent)
        reports.return_(desk.session, found, desk.now, desk.caller.by, why, slots)
        return "return" if told.arranged(desk.session, found.id, desk.now) else "return-untold"

    answer = _do(here, obligation_id, typed, "return", do)
    if answer.status_code == status.HTTP_303_SEE_OTHER:
        here.counter.ring()
    return answer


@router.post("/obligations/{obligation_id}/extend")
def extend(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Grant a later due moment without a written request.

    It counts as asked for now: a moment typed here would undo a deadline that has passed.
    """

    def do(desk: Desk, found: Obligation) -> None:
        reports.extend(
            *(desk.session, found, desk.now, desk.caller.by),
            asked_at=desk.now,
            until=_until(typed),
            reason=asking.said(word(typed, "reason")),
        )

    return _do(here, obligation_id, typed, "extend", do)


@router.post("/obligations/{obligation_id}/extension")
def decide_extension(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Answer a request for more time: as asked, another date, or no."""

    def do(desk: Desk, found: Obligation) -> None:
        here_ = (desk.session, found, desk.now, desk.caller.by)
        match word(typed, "decision"):
            case "grant":
                asking.grant_time(*here_, None)
            case "other":
                asking.grant_time(*here_, _until(typed))
            case "refuse":
                asking.refuse_time(*here_, word(typed, "answer"))
            case _:
                raise DubanError("请选择同意、另定日期，还是不同意。")

    return _do(here, obligation_id, typed, "extension", do)


@router.post("/obligations/{obligation_id}/transfer")
def decide_transfer(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Answer a unit that says it is not theirs."""

    def do(desk: Desk, found: Obligation) -> None:
        if (decision := word(typed, "decision")) not in ("grant", "refuse"):
            raise DubanError("请选择同意转办，还是不同意。")
        asking.decide_transfer(
            *(desk.session, found, desk.now, desk.caller.by),
            granted=decision == "grant",
            answer=word(typed, "answer"),
        )

    return _do(here, obligation_id, typed, "transfer", do)


@router.post("/obligations/{obligation_id}/exempt")
def exempt(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Let a unit off, with a reason and the name of who approved it."""

    def do(desk: Desk, found: Obligation) -> None:
        why, approver = asking.said(word(typed, "reason")), asking.said(word(typed, "approver"))
        reports.exempt(desk.session, found, desk.now, desk.caller.by, reason=why, approver=approver)

    return _do(here, obligation_id, typed, "exempt", do)


@router.post("/obligations/{obligation_id}/note")
def note(here: Receiving, obligation_id: Number, typed: Typed) -> Response:
    """Keep a note of the office's own."""

    def do(desk: Desk, found: Obligation) -> None:
        asking.remark(
            *(desk.session, found, desk.now, desk.caller.by), kind=RemarkKind.NOTE, text=word(typed, "text")
        )

    return _do(here, obligation_id, typed, "note", do)


def _do(
    here: Here, obligation_id: int, typed: FormData, act: str, do: Callable[[Desk, Obligation], str | None]
) -> Response:
    """Do it in one transaction; what is wrong is told on the obligation's page, with what was typed.

    ``do`` may give another word than ``act`` for what was done.
    """
    try:
        with here.write() as desk:
            done = do(desk, desk.obligation(obligation_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        said = Attempt(act, typed, str(wrong))
        return story.show(here, obligation_id, attempt=said, status=409)
    return after(here.request, typed, f"/obligations/{obligation_id}", done or act)


def version_seen(typed: FormData, name: str = "version") -> int:
    """Give the version that the page showed; nought for none, or for what is no number."""
    said = word(typed, name)
    return int(said) if said.isascii() and said.isdecimal() else 0


def reason(typed: FormData) -> str:
    """Give why a report goes back and what is to be corrected, in one text; empty if no reason is given."""
    why = "；".join([*words(typed, "quick"), *filter(None, [word(typed, "reason")])])
    fix = "、".join([*words(typed, "fix"), *filter(None, [word(typed, "correct")])])
    return asking.said(f"{why}。需更正：{fix}" if why and fix else why)


def _material(typed: FormData) -> bool | None:
    return {"yes": True, "no": False}.get(word(typed, "material"))


def moment_or_none(typed: FormData, name: str) -> datetime | None:
    """Give a day's last second, or a moment, as typed; None if nothing was."""
    said = word(typed, name)
    return clock.end_of_day(said) if said else None


def _until(typed: FormData) -> datetime:
    if not (said := word(typed, "until")):
        raise DubanError("请填写新的期限。")
    return clock.end_of_day(f"{said} {word(typed, 'until_time')}".strip())
