"""A meeting as a caller may see it, and what people type about one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import Response

from ..app import clock
from ..app.papers_meetings import event_of, host_of
from ..documents.meeting_event import meeting_calendar
from ..ledger.convening import Arrangement
from ..ledger.meetings import held, is_called
from ..obligations.errors import DubanError
from ..obligations.meetings import Answer, Coming
from ..obligations.moments import SHANGHAI
from .access import AbsentError
from .filled import word

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ..ledger.meeting_facts import MeetingFacts
    from ..ledger.meetings import Held
    from .access import Desk, Here

CALENDAR = "text/calendar; charset=utf-8"


def meeting_of(desk: Desk, meeting_id: int, *, lock: bool = False) -> Held:
    """Give a meeting, to a unit only one that calls it; raises :class:`AbsentError`."""
    found = held(desk.session, meeting_id, lock=lock)
    unit_id = desk.caller.unit_id
    if found is None or (unit_id is not None and not is_called(desk.session, found, unit_id)):
        raise AbsentError
    return found


def arrangement(typed: FormData) -> Arrangement:
    """Give time, place, chair and number as typed; raises :class:`DubanError` for what is no time."""
    day, begin, end = (word(typed, name) for name in ("day", "from", "until"))
    if not (day and begin and end):
        raise DubanError("请填写会议的日期和起止时间。")
    starts_at, ends_at = (clock.moment(f"{day} {at}") for at in (begin, end))
    return Arrangement(starts_at, ends_at, *(word(typed, name) for name in ("place", "chair", "number")))


def typed_as(starts_at: datetime, ends_at: datetime, place: str, chair: str, number: str) -> dict[str, str]:
    """Give an arrangement as it would be typed, so that a form can begin with it."""
    begin, end = (at.astimezone(SHANGHAI) for at in (starts_at, ends_at))
    hours = {"day": f"{begin:%Y-%m-%d}", "from": f"{begin:%H:%M}", "until": f"{end:%H:%M}"}
    return hours | {"place": place, "chair": chair, "number": number}


def answer_of(typed: FormData) -> Answer:
    """Give a reply as typed; raises :class:`DubanError` when none of the three is chosen."""
    coming = word(typed, "coming")
    if coming not in set(Coming):
        raise DubanError("请选择参加、委托他人参加，还是请假。")
    return Answer(Coming(coming), *(word(typed, name) for name in ("name", "post", "reason")))


def calendar(here: Here, found: MeetingFacts) -> Response:
    """Give a meeting as a calendar's file; its address opens nothing, since such files are handed on."""
    named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(found.title, safe='')}.ics"}
    return Response(_event(here, found), media_type=CALENDAR, headers=named)


def _event(here: Here, found: MeetingFacts) -> bytes:
    public = here.counter.public_url
    url = f"{public}/lost" if here.caller.unit_id is not None else f"{public}/meetings/{found.id}"
    return meeting_calendar(event_of(found, host_of(public), url))
