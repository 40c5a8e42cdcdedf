"""What a unit says beside its report: 签收, 延期申请, 转办申请, and a reply to the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from ...app import clock
from ...ledger import asking, reports
from ...obligations.errors import DubanError
from ...obligations.words import RemarkKind
from ..access import AbsentError
from ..asked import Number
from ..limits import Form
from .shown import Request, answer_page
from .visit import Mine, to_answer, to_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...ledger.tables import Obligation
    from ..access import Desk, Here
    from ..limits import Sent

router = APIRouter(prefix="/l/{token}/{obligation_id:int}", include_in_schema=False)


@router.post("/acknowledge")
def acknowledge(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Note that the unit has seen what it owes; a second tap changes nothing."""
    with here.write() as desk:
        found = desk.obligation(obligation_id, lock=True)
        if found.acknowledged_at is None:
            reports.acknowledge(desk.session, found, here.now, here.caller.by)
    if sent.one("from") == "list":
        return to_list(here, "acknowledge")
    return to_answer(here, obligation_id, "acknowledge")


@router.post("/more-time")
def more_time(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Ask for a later date, with a reason; a day includes its end."""

    def ask(desk: Desk, found: Obligation) -> None:
        day, reason = sent.one("until"), sent.one("reason")
        if not day or not reason:
            raise DubanError("请写明延期到哪一天和理由。")
        until = clock.end_of_day(day)
        asking.ask_for_time(desk.session, found, here.now, here.caller.by, until=until, reason=reason)

    return _ask(here, obligation_id, sent, "more-time", ask)


@router.post("/not-ours")
def not_ours(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Say that this is not the unit's duty, and whose it may be."""

    def ask(desk: Desk, found: Obligation) -> None:
        asking.ask_to_transfer(
            *(desk.session, found, here.now, here.caller.by),
            reason=sent.one("reason"),
            to_unit=sent.one("to_unit"),
        )

    return _ask(here, obligation_id, sent, "not-ours", ask)


@router.post("/reply")
def reply(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Answer what the office has said."""

    def ask(desk: Desk, found: Obligation) -> None:
        text = sent.one("text")
        asking.remark(desk.session, found, here.now, here.caller.by, kind=RemarkKind.REPLY, text=text)

    return _ask(here, obligation_id, sent, "reply", ask)


def _ask(
    here: Here, obligation_id: int, sent: Sent, what: str, ask: Callable[[Desk, Obligation], None]
) -> Response:
    try:
        with here.write() as desk:
            ask(desk, desk.obligation(obligation_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        typed = {name: sent.one(name) for name in ("until", "reason", "to_unit", "text")}
        return answer_page(here, obligation_id, status=409, request=Request(what, typed, wrong))
    return to_answer(here, obligation_id, what)
