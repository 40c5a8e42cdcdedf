"""The office's day: everything that waits for somebody, each a click from being done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...calendar.dates import ZONE, local_day
from ...ledger import desk_queries, singled, today, trouble
from ...ledger.tables import Extension
from ...obligations.moments import END_OF_DAY
from ..access import Act, Here, may
from ..back import done_words, here_now
from ..pages import page
from .case import Case
from .pending import pending

if TYPE_CHECKING:
    from ...ledger.desk_queries import Asked

router = APIRouter(include_in_schema=False)
AHEAD = timedelta(days=7)
ROUNDS, REPORTS, REQUESTS, FAILURES = 20, 20, 50, 5


@router.get("/today")
def today_page(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Show what falls due, what came in, what waits to be received, what is missing, what went wrong."""
    day = local_day(here.now)
    tonight = datetime.combine(day, END_OF_DAY, ZONE)
    yesterday = datetime.combine(day - timedelta(days=1), time(), ZONE)
    with here.read() as desk:
        due = today.falls_due(desk.session, here.now, tonight + AHEAD, ROUNDS)
        asked = desk_queries.times_asked(desk.session, REQUESTS)
        asked += desk_queries.transfers_asked(desk.session, REQUESTS)
        facts: dict[str, Any] = {
            "due": due,
            "singled": singled.singled(desk.session, here.now, tonight + AHEAD, ROUNDS),
            "due_today": sum(one.due_at <= tonight for one in due.rounds),
            "waiting": today.to_receive(desk.session, ROUNDS),
            "missing": today.missing(desk.session, here.now, ROUNDS),
            "closed": today.closed(desk.session, here.now),
            "came": today.came_in(desk.session, yesterday, REPORTS),
            "trouble": trouble.trouble(desk.session, here.now, here.counter.leaves, FAILURES),
            "pending": pending(desk.session, here.now),
            "asked": [(one, _case(one)) for one in asked],
        }
    facts |= {"done": done_words(here.request), "back": here_now(here.request), "tonight": tonight}
    return page(here, "office/today.html", section="today", **facts)


def _case(one: Asked) -> Case:
    case = Case(one.obligation_id, one.state, 0, one.due_at, ())
    if isinstance(one.request, Extension):
        return replace(case, extension=one.request)
    return replace(case, transfer=one.request)
