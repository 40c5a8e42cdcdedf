"""Findings at the desk: the list with its counts, and one finding with all that was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse, Response

from ...app.ledgers import FINDING_COLUMNS, FINDINGS
from ...calendar.dates import local_day
from ...documents.listing import write_listing
from ...ledger import finding_list, sheet_list
from ...ledger.finding_list import PAGE, FindingFilters, Which
from ...ledger.finding_rows import finding_rows
from ...ledger.finding_whole import whole
from ...obligations.errors import DubanError
from ...obligations.findings import StepKind, called, in_words
from ...obligations.sheet_names import sheet_name
from ...obligations.words import FindingState, Grade, SheetState, Via
from .. import flash
from ..access import Act, Here, may
from ..asked import Small, filters, start, text, whole as whole_number
from ..files import SHOWN, Digest, serve
from ..findings_seen import file_of, finding_of
from ..naming import known_units
from ..pages import moment, page
from ..supervise.when import as_of
from ..supervise.workbook import hand_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from .case import Attempt

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
SORTS: dict[Which, str] = {
    "open": "整改中",
    "overdue": "超期未整改",
    "fixed": "待复查",
    "asked": "延期待答复",
    "closed": "已销号",
    "reopened": "复发过",
    "listed": "挂牌督办",
}
_DONE = {
    "recorded": "已登记，给整改责任单位的通知已列入待发。",
    "recorded-more": "已登记，可以接着登记下一处。",
    "fix": "已登记整改完成，等候复查。",
    "closed": "复查通过，已销号。",
    "failed": "已退回重新整改，给单位的通知已列入待发。",
    "refute": "已查否销号。",
    "reopen": "已登记复发，给单位的通知已列入待发。",
    "change": "整改要求已变更，给单位的通知已列入待发。",
    "move": "整改期限已调整，给单位的通知已列入待发。",
    "extend": "已准予延期，给单位的通知已列入待发。",
    "answer": "延期申请已答复。",
    "taken": "已登记{}处隐患，其中待复查{}处、已销号{}处。",
    "same": "选中的行此前都已登记，这次没有新登记。",
}
# Where the unit has nobody to be told.
TOLD = ("recorded", "failed", "reopen", "change", "move", "extend", "answer")
ALONE = "；该单位没有联系人，通知发不到，请打电话或当面告知。"
DONE = _DONE | {f"{key}-alone": _DONE[key].partition("，")[0].rstrip("。") + ALONE for key in TOLD}


@router.get("/findings")
def findings(here: Looking) -> HTMLResponse:
    """Show the findings, what is most pressing first."""
    asked, begin = _asked(here.request), start(here.request)
    with here.read() as desk:
        counts = finding_list.counts(desk.session, asked, here.now)
        facts: dict[str, Any] = {
            "rows": finding_list.listed(desk.session, asked, here.now, start=begin),
            "counts": counts,
            "total": getattr(counts, asked.which) if asked.which else counts.all,
            "kinds": finding_list.kinds(desk.session),
            "plans": finding_list.plans(desk.session),
        }
    chosen = {name: text(here.request, name) or "" for name in _NAMES}
    facts |= {"chosen": chosen, "SORTS": SORTS, "start": begin, "limit": PAGE, "Grade": Grade}
    facts |= {"address": filters("/findings", chosen), "called": called, "in_words": in_words}
    facts["ledger"] = filters("/findings.xlsx", chosen).removesuffix("start=").rstrip("?&")
    facts["sorts"] = {key: _sorted(chosen, key) for key in ("", *SORTS)}
    facts["done"] = flash.said(here.request, DONE)
    return page(here, "office/findings.html", section="findings", **facts)


@router.get("/findings.xlsx")
def ledger(here: Looking) -> Response:
    """Give the paper ledger of what the page's filters leave, as of now or of a past day."""
    when = as_of(here.request, here.now)
    if when.wrong:
        raise DubanError(when.wrong)
    chosen = {name: said for name in _NAMES if (said := text(here.request, name))}
    with here.read() as desk:
        rows = finding_rows(desk.session, _asked(here.request), when.at)
        said = [here.office[0], f"截至：{moment(when.at)}"]
        content = write_listing(
            FINDINGS.name, said, FINDING_COLUMNS, rows, "", sheet=FINDINGS.name, dated=when.at
        )
    name = f"{FINDINGS.name}-截至{when.day or f'{when.now_day:%Y-%m-%d}'}.xlsx"
    return hand_out(here, "findings", name, content, {**chosen, "as_of": when.at})


def _sorted(chosen: Mapping[str, str], key: str) -> str:
    """Give the address of the same list for one sort alone."""
    return filters("/findings", {**chosen, "which": key}).removesuffix("start=").rstrip("?&")


_NAMES = ("which", "plan", "year", "unit", "grade", "kind", "text")


def _asked(request: Request) -> FindingFilters:
    which, grade = text(request, "which"), text(request, "grade")
    return FindingFilters(
        which=cast("Which", which) if which in get_args(Which) else None,
        slug=text(request, "plan"),
        year=whole_number(request, "year"),
        unit=text(request, "unit"),
        grade=Grade(grade) if grade in list(Grade) else None,
        kind=text(request, "kind"),
        text=text(request, "text"),
    )


@router.get("/findings/{finding_id}")
def finding(here: Looking, finding_id: Small) -> HTMLResponse:
    """Show a finding with its history and the acts that it can undergo now."""
    return show(here, finding_id)


def show(here: Here, finding_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    """Give the page of a finding; an act that was refused comes back with what was typed."""
    with here.read() as desk:
        found = whole(desk.session, finding_of(desk, finding_id))
        units = known_units(desk) if here.caller.may(Act.FIND) else []
        sheets = sheet_list.about(desk.session, finding_id=finding_id)
    facts: dict[str, Any] = {"whole": found, "f": found.finding, "here_": found.standing, "units": units}
    facts |= {"attempt": attempt, "done": flash.said(here.request, DONE), "called": called}
    facts |= {"sheets": sheets, "sheet_name": sheet_name, "SheetState": SheetState}
    facts |= {"in_words": in_words, "StepKind": StepKind, "FindingState": FindingState, "Grade": Grade}
    facts |= {"today": local_day(here.now).isoformat(), "via": Via(found.finding.via).zh, "shown": SHOWN}
    return page(here, "office/finding.html", status=409 if attempt else 200, section="findings", **facts)


@router.get("/findings/{finding_id}/file/{sha256}")
def file(here: Looking, finding_id: Small, sha256: Digest) -> FileResponse:
    """Give a file of a finding to save, or with ``?inline=1`` a photo to look at."""
    with here.read() as desk:
        row = file_of(desk, finding_id, sha256)
    return serve(here.counter.attachments, row, inline=here.request.query_params.get("inline") == "1")
