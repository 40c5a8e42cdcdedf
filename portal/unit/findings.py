"""A finding as the unit that rectifies it sees it: what to do by when, that it is done, or more time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

from ...app import clock
from ...calendar.dates import local_day
from ...ledger import finding_files, finding_list, findings
from ...ledger.finding_whole import whole
from ...ledger.findings import Fixed
from ...obligations.errors import DubanError
from ...obligations.findings import StepKind, called
from ...obligations.words import FindingState, Grade
from ..access import AbsentError
from ..asked import Small
from ..files import SHOWN, Digest, serve
from ..findings_seen import file_of, finding_of, photos_of
from ..limits import Form
from ..pages import go, page
from .also_kind import Also
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ...ledger.book import Session
    from ...ledger.finding_list import ListedFinding
    from ...ledger.tables import Finding
    from ..access import Desk, Here
    from ..limits import Sent

router = APIRouter(prefix="/l/{token}/findings", include_in_schema=False)
DONE = {
    "fix": "整改完成情况已报，请等候复查。",
    "more-time": "延期申请已提交，请等候答复；答复之前，原期限不变。",
}
TYPED = ("text", "done_on", "people", "until", "reason")


@router.get("/{finding_id:int}")
def look(here: Own, finding_id: Small) -> HTMLResponse:
    """Show a finding with what the unit can do about it."""
    return _show(here, finding_id)


@router.post("/{finding_id:int}/fix")
def fix(here: Own, finding_id: Small, sent: Form) -> Response:
    """Take the report that it has been rectified."""

    def do(desk: Desk, found: Finding) -> None:
        if not (day := sent.one("done_on")):
            raise DubanError("请填写整改完成日期。")
        done = Fixed(sent.one("text"), local_day(clock.end_of_day(day)), sent.one("people"))
        photos = photos_of(here, sent)
        step = findings.fix(desk.session, found, here.now, here.caller.by, done)
        finding_files.attach(desk.session, step, photos)

    return _do(here, finding_id, sent, "fix", do)


@router.post("/{finding_id:int}/more-time")
def more_time(here: Own, finding_id: Small, sent: Form) -> Response:
    """Ask for a later limit, with a reason; a day includes its end."""

    def do(desk: Desk, found: Finding) -> None:
        day, reason = sent.one("until"), sent.one("reason")
        if not day or not reason:
            raise DubanError("请写明延期到哪一天和理由。")
        until = clock.end_of_day(day)
        findings.ask(desk.session, found, here.now, here.caller.by, until=until, reason=reason)

    return _do(here, finding_id, sent, "more-time", do)


@router.get("/{finding_id:int}/file/{sha256}")
def file(here: Own, finding_id: Small, sha256: Digest) -> FileResponse:
    """Give a file of a finding of the unit's."""
    with here.read() as desk:
        row = file_of(desk, finding_id, sha256)
    return serve(here.counter.attachments, row, inline=here.request.query_params.get("inline") == "1")


def mine(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give what the unit has to rectify, or waits for a recheck of, for its list."""
    return [
        Also(
            tag="隐患",
            title=one.finding.place or one.finding.description[:24],
            address=f"findings/{one.finding.id}",
            said=_said(one, now),
            due_at=one.finding.due_at if one.standing.state is FindingState.OPEN else None,
            act="报整改完成" if one.standing.state is FindingState.OPEN else "查看",
        )
        for one in finding_list.of_unit(session, unit_id)
    ]


def _said(one: ListedFinding, now: datetime) -> str:
    if one.standing.state is FindingState.FIXED:
        return "整改完成已报，等候复查。"
    late = "已超过整改期限，请抓紧整改。" if one.standing.overdue(now) else ""
    again = f"第{one.standing.reopened}次复发。" if one.standing.reopened else ""
    return f"{one.finding.description}　{again}{late}".strip()


def _do(here: Here, finding_id: int, sent: Sent, what: str, do: Callable[[Desk, Finding], None]) -> Response:
    try:
        with here.write() as desk:
            do(desk, finding_of(desk, finding_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, finding_id, what, {name: sent.one(name) for name in TYPED}, wrong)
    return go(f"/l/{here.token}/findings/{finding_id}?done={what}")


def _show(
    here: Here,
    finding_id: int,
    what: str = "",
    typed: dict[str, str] | None = None,
    wrong: DubanError | None = None,
) -> HTMLResponse:
    with here.read() as desk:
        found = whole(desk.session, finding_of(desk, finding_id))
    facts: dict[str, Any] = {"whole": found, "f": found.finding, "here_": found.standing, "what": what}
    fresh = {"done_on": local_day(here.now).isoformat(), "people": here.caller.contact}
    facts |= {"said": dict.fromkeys(TYPED, "") | (typed or fresh), "called": called, "Grade": Grade}
    facts |= {"wrong": here.told(wrong) if wrong else "", "StepKind": StepKind, "shown": SHOWN}
    facts |= {"FindingState": FindingState, "today": local_day(here.now).isoformat()}
    facts["done"] = DONE.get(here.request.query_params.get("done", ""), "")
    return page(here, "unit/finding.html", status=409 if wrong else 200, **facts)
