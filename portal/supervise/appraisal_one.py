"""One unit's appraisal: every line with where it leads, what was appealed against, answered and adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import appraisal_check, journal_list, round_list
from ...ledger.journal_list import EntryFilters
from ...obligations.appraisal_rules import points_text, signed_text
from .. import flash
from ..access import Act, Here, may
from ..appraisal_seen import appraisal_of, choices, groups, line_name
from ..asked import Small
from ..pages import page
from .appraisal_words import DONE, STATES
from .words import ACTIONS

if TYPE_CHECKING:
    from ...ledger.appraisal_results import Whole
    from ..office.case import Attempt

router = APIRouter(prefix="/appraisal", include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
_PAGES = {"obligation": "/obligations/{}", "finding": "/findings/{}", "sheet": "/sheets/{}"}


@router.get("/{appraisal_id:int}")
def look(here: Looking, appraisal_id: Small) -> HTMLResponse:
    """Show one unit's result."""
    return show(here, appraisal_id)


@router.post("/{appraisal_id:int}/check")
def check(here: Looking, appraisal_id: Small) -> Response:
    """Compute the result again from the book as of then, and say whether it is the same."""
    with here.read() as desk:
        found = appraisal_of(desk, appraisal_id)
        wrong = appraisal_check.wrong_in(desk.session, found.run, appraisal_id)
    if wrong:
        return show(here, appraisal_id, wrong=f"{wrong}，请保留现场，与备份比对。", status=409)
    return flash.went(here.request, f"/appraisal/{appraisal_id}", "same")


def show(
    here: Here, appraisal_id: int, *, attempt: Attempt | None = None, wrong: str = "", status: int = 200
) -> HTMLResponse:
    """Give the page; an attempt that was refused comes back with what was typed."""
    with here.read() as desk:
        found = appraisal_of(desk, appraisal_id)
        about = EntryFilters(subject=f"appraisal/{appraisal_id}")
        entries = journal_list.entries(desk.session, about, before=None).rows
        plans = {one.slug: one.title for one in round_list.plans(desk.session)}
    return page(
        *(here, "supervise/appraisal_one.html"),
        status=status,
        section="appraisal",
        one=found,
        until=found.appeal_until(here.counter.means.workdays),
        plan=plans.get(found.run.row.slug, found.run.row.slug),
        groups=groups(found.lines, lambda about: address(found, about)),
        named={appeal.line: line_name(found, appeal.line) for appeal in found.appeals},
        lines=choices(found),
        entries=entries[::-1],
        attempt=attempt,
        wrong=wrong,
        done=flash.said(here.request, DONE),
        points=points_text,
        signed=signed_text,
        full=points_text(found.run.rules.pure.maximum),
        STATES=STATES,
        ACTIONS=ACTIONS,
    )


def address(found: Whole, about: str) -> str:
    """Give the page of what a line is about; empty for none."""
    kind, _, number = about.partition("/")
    if kind == "entry":
        return f"/appraisal/entries?plan={found.run.row.slug}&period={found.run.row.period}#e{number}"
    return _PAGES.get(kind, "").format(number)
