"""One obligation from the clause to the last entry of the journal, and the office's acts on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...calendar.dates import local_day
from ...ledger import lights, sheet_list, story as stories
from ...ledger.story_events import events
from ..access import AbsentError, Act, Here, may
from ..asked import Number
from ..back import done_words, here_now, own_path
from ..pages import page
from ..supervise.sheet_words import WORDS
from ..supervise.when import as_of
from ..supervise.words import ACTIONS
from .case import QUICK, Attempt, case_of
from .standing_words import sentences
from .versions import shown, told

if TYPE_CHECKING:
    from ...calendar.workdays import Workdays
    from ...ledger.matter import Matter, Version
    from ..access import Desk

router = APIRouter(include_in_schema=False)
UNREADABLE = 422


@router.get("/obligations/{obligation_id}")
def story(here: Annotated[Here, Depends(may(Act.LOOK))], obligation_id: Number) -> HTMLResponse:
    """Tell the whole story, today's or as it stood on a past day."""
    return show(here, obligation_id)


def show(
    here: Here, obligation_id: int, *, attempt: Attempt | None = None, status: int = 200
) -> HTMLResponse:
    """Give the page of an obligation; an attempt that was refused comes back with what was typed."""
    when = as_of(here.request, here.now)
    past = None if attempt or when.today else when.at
    if when.wrong and attempt is None:
        status = UNREADABLE
    with here.read() as desk:
        facts = _told(desk, obligation_id, past or here.now, here.counter.workdays)
    query = here.request.query_params
    back = own_path(attempt.word("back") if attempt else query.get("back", ""), "")
    facts |= {
        "attempt": attempt,
        "opened": attempt.act if attempt else query.get("act", ""),
        "done": done_words(here.request),
        "came_from": back,
        "back": back or (f"/obligations/{obligation_id}" if attempt else here_now(here.request)),
        "past": past,
        "unreadable": "" if attempt else when.wrong,
        "today": local_day(here.now),
        "QUICK": QUICK,
        "shown": shown,
        "ACTIONS": ACTIONS,
        **WORDS,
    }
    return page(here, "office/story.html", status=status, section="year", **facts)


def _told(desk: Desk, obligation_id: int, at: datetime, workdays: Workdays) -> dict[str, Any]:
    """Read the whole story as it was at a moment."""
    found = stories.story(desk.session, desk.obligation(obligation_id).id, at)
    if found is None:
        raise AbsentError
    matter, excused = _as_of(found.matter, at), found.exemption
    lit = lights.Shown.of(obligation_id, matter.standing)
    burning = {} if lit.settled else lights.lights(desk.session, [lit], at, workdays)
    return {
        "burning": burning.get(obligation_id),
        "matter": matter,
        "unit": found.unit,
        "case": case_of(matter),
        "said": sentences(matter, at),
        "versions": told(matter.round.form, matter.versions, matter.uploads)[::-1],
        "events": events(found),
        "entries": found.entries,
        "sheets": [
            one for one in sheet_list.about(desk.session, obligation_id=obligation_id) if one.made_at <= at
        ],
        "exemption": excused if excused and excused.at <= at else None,
    }


def _as_of(matter: Matter, at: datetime) -> Matter:
    """Leave out the versions and verdicts that came later."""
    kept = [_as_judged(one, at) for one in matter.versions if one.report.received_at <= at]
    return replace(matter, versions=tuple(kept))


def _as_judged(one: Version, at: datetime) -> Version:
    return one._replace(verdict=one.verdict if one.verdict and one.verdict.at <= at else None)
