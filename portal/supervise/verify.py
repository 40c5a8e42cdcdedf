"""The proof that nothing on record was changed afterwards, and a noted line held against the chain."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...ledger import journal
from ...ledger.heads import check_head, read_noted
from ...ledger.letters import STATES
from ...ledger.publishing import published
from ...obligations.errors import DubanError
from ..access import Act, Here, may
from ..limits import Form
from ..one_proof import ProofRunningError, one_proof
from ..pages import page

if TYPE_CHECKING:
    from ...ledger.verification import Verification

router = APIRouter(include_in_schema=False)
CONFLICT, UNREADABLE = 409, 422
LONGEST = 500
SHOWN = 5  # of the lines that were published


@router.get("/verify")
def shown(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Show the journal's last line, and what its chain proves."""
    return _page(here)


@router.post("/verify")
def verify(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """Prove the whole book; it is read once from end to end, so one at a time."""
    begun = perf_counter()
    try:
        with one_proof():
            proof = _proof(here)
    except ProofRunningError:
        return _page(here, CONFLICT, busy=True)
    return _page(here, proof=proof, seconds=f"{perf_counter() - begun:.1f}")


@router.post("/verify/line")
def line(here: Annotated[Here, Depends(may(Act.LOOK))], sent: Form) -> HTMLResponse:
    """Tell whether a line noted earlier is still in the chain."""
    noted = sent.one("noted")[:LONGEST]
    try:
        said = read_noted(noted)
    except DubanError as wrong:
        return _page(here, UNREADABLE, noted=noted, wrong=str(wrong))
    with here.read() as desk:
        checked = check_head(desk.session, said.seq, said.hash)
    return _page(here, noted=noted, checked=checked)


def _proof(here: Here) -> Verification:
    with here.whole() as desk:  # a chain is proved from end to end, or not at all
        return journal.verify(desk.session, box=here.counter.box)


def _page(here: Here, status: int = 200, **facts: Any) -> HTMLResponse:
    nothing: dict[str, Any] = {"proof": None, "checked": None, "busy": False, "noted": "", "wrong": ""}
    with here.read() as desk:
        head, lines = journal.head_line(desk.session), published(desk.session, SHOWN)
    told = nothing | {"seconds": "", "head": head, "lines": lines, "STATES": STATES} | facts
    return page(here, "supervise/verify.html", status=status, section="journal", **told)
