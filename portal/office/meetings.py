"""Meetings at the desk: a year's list by quarter, one of them with everything, its calendar."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import ZONE, local_day
from ...ledger import addressed, meeting_list, proposing
from ...ledger.letters import STATES
from ...ledger.meeting_facts import meeting_facts
from ...obligations.meetings import Coming, MeetingMove, MeetingState, PresentBy, may_sign_in
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, whole
from ..meetings_seen import calendar, typed_as
from ..pages import page

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.meeting_facts import MeetingFacts
    from ...ledger.meeting_list import Line
    from ..access import Desk
    from .case import Attempt

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
QUARTERS = "一二三四"
DONE = {
    "proposed": "议题已登记。",
    "listed": "已列入议程。",
    "declined": "已登记不列入，单位可以看到理由。",
    "arranged": "会议安排已保存，还没有通知各单位。",
    "called": "会议通知已列入发件箱，共{}封。",
    "called-untold": "会议通知已列入发件箱，共{}封；{}个单位没有联系人，请打电话通知。",
    "changed": "会议已变更，新的通知已列入发件箱，共{}封。",
    "cancelled": "会议已取消，已通知{}人。",
    "replied": "参会回复已登记。",
    "attended": "到会情况已登记，改动{}个单位。",
    "published": "会议纪要已印发，{}项议定事项已下达。",
    "corrected": "会议纪要已更正，新增{}项议定事项。",
}


@router.get("/meetings")
def listed(here: Looking) -> HTMLResponse:
    """Show a year's meetings by quarter, what is still to come, and the matters that wait for one."""
    return show_list(here)


def show_list(here: Here, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the list; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        years = meeting_list.years(desk.session)
        year = whole(here.request, "year") or local_day(here.now).year
        found = meeting_list.in_year(desk.session, year)
        facts: dict[str, Any] = {
            "ahead": meeting_list.ahead(desk.session, year, here.now),
            "waiting": proposing.waiting(desk.session),
            "plans": proposing.plans_of(desk.session, here.now),
        }
    facts |= {"quarters": [(name, list(some)) for name, some in groupby(found, _quarter)], "year": year}
    facts |= {"years": sorted({*years, year}, reverse=True), "done": flash.said(here.request, DONE)}
    facts |= {"attempt": attempt, "key": here.counter.new_token(), "section": "meetings"}
    facts["MeetingState"] = MeetingState
    return page(here, "office/meetings.html", status=409 if attempt else 200, **facts)


def _quarter(one: Line) -> str:
    return f"第{QUARTERS[(one.starts_at.astimezone(ZONE).month - 1) // 3]}季度"


@router.get("/meetings/{meeting_id}.ics")
def event(here: Looking, meeting_id: Small) -> Response:
    """Give the meeting as a calendar's file."""
    with here.read() as desk:
        found = facts_of(desk, meeting_id)
    return calendar(here, found)


@router.get("/meetings/{meeting_id}")
def look(here: Looking, meeting_id: Small) -> HTMLResponse:
    """Show one meeting: what it decided before, its agenda, who comes, who was there, what it decided."""
    return show(here, meeting_id)


def show(here: Here, meeting_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the page of a meeting; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        found = facts_of(desk, meeting_id)
        facts: dict[str, Any] = {
            "waiting": proposing.waiting(desk.session, found.slug),
            "declined": proposing.declined(desk.session, meeting_id),
            "letters": addressed.told(desk.session, f"meeting/{meeting_id}"),
        }
    asked = here.request.query_params.get("act", "")
    facts |= {
        "m": found,
        "key": here.counter.new_token(),
        "attempt": attempt,
        "opened": attempt.act if attempt else asked,
    }
    facts |= {"said": _typed(found, attempt), "signing": signing(found, here.now)}
    facts |= {"over": found.ends_at < here.now, "begun": found.starts_at <= here.now}
    facts |= {"done": flash.said(here.request, DONE), "STATES": STATES, "section": "meetings"}
    facts |= {"Coming": Coming, "MeetingState": MeetingState, "Move": MeetingMove, "PresentBy": PresentBy}
    return page(here, "office/meeting.html", status=409 if attempt else 200, **facts)


def facts_of(desk: Desk, meeting_id: int) -> MeetingFacts:
    """Give all about a meeting; raises :class:`AbsentError`."""
    found = meeting_facts(desk.session, meeting_id, desk.now)
    if found is None:
        raise AbsentError
    return found


def signing(found: MeetingFacts, now: datetime) -> bool:
    """Tell whether one may sign in now."""
    return may_sign_in(found.sitting, now)


def _typed(found: MeetingFacts, attempt: Attempt | None) -> dict[str, str]:
    """Give what the form of time and place begins with: what stands, or what was typed and refused."""
    stands = typed_as(found.starts_at, found.ends_at, found.place, found.chair, found.number)
    if attempt is None or attempt.act not in ("arrange", "call", "change"):
        return stands
    return {name: attempt.word(name) for name in stands}
