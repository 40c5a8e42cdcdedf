"""Meetings as a unit sees them: the notice, whether it comes, signing in, minutes; and what it proposes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import attending, meeting_list, proposing
from ...ledger.meeting_facts import meeting_facts
from ...ledger.proposing import Draft
from ...obligations.errors import DubanError
from ...obligations.meetings import Coming, MeetingState, may_sign_in
from ..access import AbsentError
from ..asked import Small
from ..filled import Typed, word
from ..meetings_seen import answer_of, calendar, meeting_of
from ..office.case import Attempt
from ..pages import go, page
from .also_kind import Also
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...ledger.book import Session
    from ...ledger.meetings import Held
    from ..access import Desk, Here

router = APIRouter(prefix="/l/{token}/meetings", include_in_schema=False)
PAST = timedelta(days=400)
DONE = {
    "propose": "议题已提交，是否列入议程请看下面的答复。",
    "reply": "已回复。情况有变的，会前可以重新回复。",
    "sign-in": "已签到。",
}


@router.get("")
def listed(here: Own) -> HTMLResponse:
    """Show the meetings that call the unit, and what it has put before them."""
    return _list(here)


@router.post("/propose")
def propose(here: Own, typed: Typed) -> Response:
    """Put before the next meeting what one department cannot solve."""
    try:
        with here.write() as desk:
            _propose(desk, word(typed, "plan"), typed)
    except DubanError as wrong:
        return _list(here, Attempt("propose", typed, here.told(wrong)))
    return go(f"/l/{here.token}/meetings?done=propose")


@router.get("/{meeting_id}.ics")
def event(here: Own, meeting_id: Small) -> Response:
    """Give the meeting as a calendar's file."""
    with here.read() as desk:
        meeting_of(desk, meeting_id)
        found = meeting_facts(desk.session, meeting_id, here.now)
    if found is None:
        raise AbsentError
    return calendar(here, found)


@router.get("/{meeting_id:int}")
def look(here: Own, meeting_id: Small) -> HTMLResponse:
    """Show a meeting."""
    return _show(here, meeting_id)


@router.post("/{meeting_id:int}/propose")
def propose_here(here: Own, meeting_id: Small, typed: Typed) -> Response:
    """Put a matter before this meeting."""

    def do(desk: Desk, found: Held) -> None:
        _propose(desk, found.meeting.slug, typed)

    return _do(here, meeting_id, typed, "propose", do)


@router.post("/{meeting_id:int}/reply")
def reply(here: Own, meeting_id: Small, typed: Typed) -> Response:
    """Say whether the unit comes, and who."""

    def do(desk: Desk, found: Held) -> None:
        unit_id = desk.caller.unit_id or 0
        attending.reply(desk.session, found, unit_id, answer_of(typed), desk.now, desk.caller.by)

    return _do(here, meeting_id, typed, "reply", do)


@router.post("/{meeting_id:int}/sign-in")
def sign_in(here: Own, meeting_id: Small, typed: Typed) -> Response:
    """Sign in, at the meeting only."""

    def do(desk: Desk, found: Held) -> None:
        unit_id, name = desk.caller.unit_id or 0, word(typed, "name")
        attending.sign_in(desk.session, found, unit_id, name, desk.now, desk.caller.by)

    return _do(here, meeting_id, typed, "sign-in", do)


def mine(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the meetings that the unit is to answer or to sign in for, for its list."""
    found = meeting_list.of_unit(session, unit_id, now)
    return [also for one in found if (also := _also(one, now)) is not None]


def _also(one: meeting_list.Mine, now: datetime) -> Also | None:
    here, step = one.held, one.held.step
    if here.sitting.state is not MeetingState.CALLED or one.own.present:
        return None
    address, where = f"meetings/{here.meeting.id}", f"地点：{step.place}"
    if may_sign_in(here.sitting, now):
        return Also("会议", here.meeting.title, address, f"现在可以签到。{where}", step.ends_at, "签到")
    if one.own.coming is not None:
        return None
    said = "会议时间有变，请重新回复。" if one.own.stale else "请回复参会人员。"
    return Also("会议", here.meeting.title, address, f"{said}{where}", step.starts_at, "回复")


def _propose(desk: Desk, slug: str, typed: FormData) -> None:
    unit_id = desk.caller.unit_id or 0
    if slug not in proposing.plans_of(desk.session, desk.now, unit_id):
        raise DubanError("请选择向哪个方案的联席会提出。")
    draft = Draft(*(word(typed, name) for name in ("text", "tried", "wanted")))
    key = f"link-{unit_id}-{word(typed, 'key')}"[:200]
    proposing.propose(desk.session, slug, draft, desk.now, desk.caller.by, key=key, unit_id=unit_id)


def _list(here: Here, attempt: Attempt | None = None) -> HTMLResponse:
    unit_id = here.caller.unit_id or 0
    with here.read() as desk:
        facts: dict[str, Any] = {
            "meetings": meeting_list.of_unit(desk.session, unit_id, here.now - PAST)[::-1],
            "proposed_list": proposing.of_unit(desk.session, unit_id),
            "plans": proposing.plans_of(desk.session, here.now, unit_id),
        }
    facts |= {"attempt": attempt, "key": here.counter.new_token(), "MeetingState": MeetingState}
    facts["done"] = DONE.get(here.request.query_params.get("done", ""), "")
    return page(here, "unit/meetings.html", status=409 if attempt else 200, **facts)


def _show(here: Here, meeting_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.read() as desk:
        meeting_of(desk, meeting_id)
        found = meeting_facts(desk.session, meeting_id, here.now)
    if found is None:
        raise AbsentError
    own = next(one for one in found.attendees if one.unit_id == here.caller.unit_id)
    return page(
        *(here, "unit/meeting.html"),
        status=409 if attempt else 200,
        m=found,
        own=own,
        attempt=attempt,
        signing=may_sign_in(found.sitting, here.now),
        begun=found.starts_at <= here.now,
        key=here.counter.new_token(),
        done=DONE.get(here.request.query_params.get("done", ""), ""),
        Coming=Coming,
        MeetingState=MeetingState,
    )


def _do(here: Here, meeting_id: int, typed: FormData, act: str, do: Callable[[Desk, Held], None]) -> Response:
    try:
        with here.write() as desk:
            do(desk, meeting_of(desk, meeting_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, meeting_id, Attempt(act, typed, here.told(wrong)))
    return go(f"/l/{here.token}/meetings/{meeting_id}?done={act}")
