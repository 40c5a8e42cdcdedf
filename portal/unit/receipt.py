"""The receipt of a report: its number, the server's time, what was reported, and a code to check it by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from ...ledger.matter import matter
from ...obligations.moments import SHANGHAI
from ...obligations.outcome import standing
from ...obligations.words import State
from ..asked import Number
from ..findings_seen import registers_findings
from ..pages import page, render
from .shown import key_kept, told
from .visit import Mine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...ledger.matter import Matter
    from ...ledger.tables import Submission
    from ..access import Here

router = APIRouter(prefix="/l/{token}/receipt", include_in_schema=False)
CODE = 16  # signs of the SHA-256 that people compare


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says of one version; moments in UTC."""

    number: str
    key: str  # as the page had it that sent the report
    code: str
    report: Submission
    lines: Sequence[tuple[str, str]]
    late_by: timedelta | None
    due_at: datetime | None
    state: State


@router.get("/{submission_id:int}", response_model=None)
def look(here: Mine, submission_id: Number) -> Response:
    """Show the receipt, or with ``?as=txt`` save it as plain text."""
    with here.read() as desk:
        report = desk.submission(submission_id)
        found = matter(desk.session, desk.obligation(report.obligation_id), here.now)
        finds = not here.caller.board and registers_findings(desk, found.round)
    receipt = receipt_of(found, report)
    if here.request.query_params.get("as") == "txt":
        return _text(here, found, receipt)
    return page(here, "unit/receipt.html", m=found, receipt=receipt, finds=finds)


def receipt_of(found: Matter, report: Submission) -> Receipt:
    """Give the receipt of one version of a report, as it counted when it was received."""
    then = standing(found.facts, report.received_at)
    last = found.last is not None and found.last.report.id == report.id
    return Receipt(
        number=number_of(report),
        key=report.key.removeprefix(key_kept(report.obligation_id, "")),
        code=report.sha256[:CODE],
        report=report,
        lines=told(found, report),
        late_by=then.overdue_by,
        due_at=then.effective_due,
        state=found.standing.state if last else State.SUBMITTED,
    )


def number_of(report: Submission) -> str:
    """Give the number of a receipt, such as ``HZ2023-000012``."""
    return f"HZ{report.received_at.astimezone(SHANGHAI).year}-{report.id:06d}"


def _text(here: Here, found: Matter, receipt: Receipt) -> Response:
    text = render("unit/receipt.txt", here=here, m=found, receipt=receipt)
    # Notepad on an old machine takes a text without the mark for GBK.
    data = text.replace("\n", "\r\n").encode("utf-8-sig")
    name = quote(f"回执{receipt.number}.txt")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(data, media_type="text/plain; charset=utf-8", headers=headers)
