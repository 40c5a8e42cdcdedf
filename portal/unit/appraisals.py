"""A unit's own appraisal: every line of its draft, its appeal, the answer, and the published result."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import appraisal_appeals, appraisal_list
from ...ledger.means import Doing
from ...obligations.appraisal_rules import points_text, signed_text
from ...obligations.errors import DubanError
from ..access import AbsentError
from ..appraisal_seen import appraisal_of, choices, groups, line_name, line_of, locked
from ..asked import Small
from ..limits import Form
from ..pages import go, page
from .also_kind import Also
from .visit import Own

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from ..access import Here

router = APIRouter(prefix="/l/{token}/appraisals", include_in_schema=False)
DONE = {"appeal": "申诉已送到办公室，请等候答复；答复之前，结果不会公布。"}
TO_LOOK_AT = "请核对每一项得分；有异议的请在期限前申诉，没有的不用回复。"
SHOWN_FOR = timedelta(days=30)  # that long a published result stays on the list
_PAGES = {"obligation": "{}", "finding": "findings/{}", "sheet": "sheets/{}"}


@router.get("/{appraisal_id:int}")
def look(here: Own, appraisal_id: Small) -> HTMLResponse:
    """Show the unit's result."""
    return _show(here, appraisal_id)


@router.post("/{appraisal_id:int}/appeal")
def appeal(here: Own, appraisal_id: Small, sent: Form) -> Response:
    """Appeal against a line, or the whole."""
    line, text = sent.one("line"), sent.one("text")
    try:
        with here.write() as desk:
            row = locked(desk, appraisal_id)
            doing = Doing(here.now, here.caller.by, here.counter.means)
            appraisal_appeals.appeal(desk.session, row, line_of(line), text, doing)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, appraisal_id, wrong=here.told(wrong), line=line, text=text, status=409)
    return go(f"/l/{here.token}/appraisals/{appraisal_id}?done=appeal")


def mine(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the drafts that a unit may still appeal against, and what was published lately, for its list."""
    return [
        Also(
            tag="考核",
            title=f"{one.name}目标考核结果{'' if one.published_at else '（拟定）'}",
            address=f"appraisals/{one.appraisal_id}",
            said="已经公布。"
            if one.published_at
            else "请核对每一项得分；有异议的请在期限前申诉，没有的不用回复。",
            due_at=None if one.published_at or one.appeal_until < now else one.appeal_until,
            act="查看",
        )
        for one in appraisal_list.of_unit(session, unit_id, now - SHOWN_FOR)
    ]


def _show(
    here: Here, appraisal_id: int, *, wrong: str = "", line: str = "", text: str = "", status: int = 200
) -> HTMLResponse:
    with here.read() as desk:
        found = appraisal_of(desk, appraisal_id)

    until = found.appeal_until(here.counter.means.workdays)

    def address(about: str) -> str:
        kind, _, which = about.partition("/")
        return f"/l/{here.token}/{_PAGES[kind].format(which)}" if kind in _PAGES else ""

    return page(
        *(here, "unit/appraisal.html"),
        status=status,
        one=found,
        groups=groups(found.lines, address),
        named={one.line: line_name(found, one.line) for one in found.appeals},
        lines=choices(found),
        until=until,
        open=found.row.state == "draft" and (found.untold or here.now <= until),
        wrong=wrong,
        line=line,
        text=text,
        done=DONE.get(here.request.query_params.get("done", ""), ""),
        points=points_text,
        signed=signed_text,
        full=points_text(found.run.rules.pure.maximum),
    )
