"""Papers that are filed: what the index offers, and each of them as a .docx file to save."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...app.papers import name_of
from ...app.papers_bulletin import Reported, bulletin_paper
from ...app.papers_meetings import minutes_paper, notice_paper as meeting_notice_paper
from ...app.papers_rounds import notice_paper
from ...app.papers_sheets import sheet_paper
from ...documents.official import DOCX, write
from ...ledger import journal
from ...ledger.meetings import held
from ...obligations.circular_names import QUARTERS
from ...obligations.errors import DubanError
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..asked import Number, Small
from ..sheets_seen import sheet_of
from ..supervise.when import as_of
from .papers_index import offer

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from ...documents.official import Paper
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]


@router.get("/papers")
def papers(here: Looking) -> HTMLResponse:
    """Offer what can be filed."""
    return offer(here)


@router.get("/papers/bulletin.docx")
def bulletin(here: Looking) -> Response:
    """Give the draft of a quarter's bulletin of a plan, as of now or of a past day."""
    quarter = asked.whole(here.request, "quarter")
    if quarter not in QUARTERS:
        return offer(here, "请选择第几季度。")
    return _reported(here, quarter)


@router.get("/papers/summary.docx")
def summary(here: Looking) -> Response:
    """Give the draft of a year's summary of a plan, as of now or of a past day."""
    return _reported(here, None)


@router.get("/sheets/{sheet_id:int}.docx")
def sheet(here: Looking, sheet_id: Number) -> Response:
    """Give a sheet of the ladder as it was issued, or its draft."""
    with here.read() as desk:
        paper = sheet_paper(desk.session, sheet_of(desk, sheet_id).id, *here.office)
    return _hand_out(here, paper, {"kind": "sheet", "sheet": sheet_id})


@router.get("/rounds/{round_id}/notice.docx")
def notice(here: Looking, round_id: Small) -> Response:
    """Give the notice by which a round opened."""
    with here.read() as desk:
        paper = notice_paper(desk.session, desk.round(round_id).id, *here.office)
    return _hand_out(here, paper, {"kind": "notice", "round": round_id})


@router.get("/meetings/{meeting_id}/notice.docx")
def meeting_notice(here: Looking, meeting_id: Small) -> Response:
    """Give a meeting's notice, or its draft."""
    with here.read() as desk:
        paper = meeting_notice_paper(desk.session, _meeting(desk, meeting_id), here.now, *here.office)
    return _hand_out(here, paper, {"kind": "meeting", "meeting": meeting_id})


@router.get("/meetings/{meeting_id}/minutes.docx")
def minutes(here: Looking, meeting_id: Small) -> Response:
    """Give the minutes of a meeting, as they were published last."""
    with here.read() as desk:
        paper = minutes_paper(desk.session, _meeting(desk, meeting_id), here.now, *here.office)
    return _hand_out(here, paper, {"kind": "minutes", "meeting": meeting_id})


def _meeting(desk: Desk, meeting_id: int) -> int:
    if held(desk.session, meeting_id) is None:
        raise AbsentError
    return meeting_id


def _reported(here: Here, quarter: int | None) -> Response:
    when = as_of(here.request, here.now)
    slug, year = asked.text(here.request, "plan") or "", asked.whole(here.request, "year") or 0
    if when.wrong:
        return offer(here, when.wrong)
    try:
        with here.read() as desk:
            about = Reported(slug, year, when.at, quarter)
            paper = replace(bulletin_paper(desk.session, about, *here.office), draft=True)
    except DubanError as wrong:
        return offer(here, str(wrong))
    kind = "bulletin" if quarter else "summary"
    detail = {"kind": kind, "plan": slug, "year": year, "quarter": quarter, "as_of": when.at}
    return _hand_out(here, paper, detail)


def _hand_out(here: Here, paper: Paper, detail: dict[str, Any]) -> Response:
    """Enter that a paper was taken out, then give it; without the entry nobody gets it."""
    data = write(paper)
    with here.write() as desk:
        journal.append(desk.session, here.counter.now(), here.caller.by, "paper.exported", "paper", detail)
    named = f"attachment; filename=\"paper.docx\"; filename*=UTF-8''{quote(name_of(paper), safe='')}"
    return Response(data, media_type=DOCX, headers={"content-disposition": named})
