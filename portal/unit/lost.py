"""Who has no link that opens is sent a new one, to the channel on file and never to one typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from ...ledger import knocks, links
from ...ledger.knocks import TooManyTriesError
from ...ledger.links import LinkRefusedError
from ..access import counter_of
from ..limits import ShortForm
from ..pages import go, render

if TYPE_CHECKING:
    from ...ledger.book import Session

router = APIRouter(include_in_schema=False)
LONGEST = 60
# The same whether anybody was found or not: who is registered is nobody's to find out.
SENT = (
    "所填与登记的一致的，新链接会发到登记的联系方式，没有登记联系方式的由办公室转交，请稍候查收。"
    "一小时内只发一次；没有收到的，请联系办公室。"
)
RENEWED = (
    "新链接会发到您登记的联系方式，没有登记的由办公室转交，请稍候查收。"
    "一小时内只发一次；没有收到的，请联系办公室。"
)


@router.get("/lost")
def lost_page(request: Request) -> HTMLResponse:
    """Ask who somebody without a link is."""
    return _page(request, form=True)


@router.post("/lost")
def lost(request: Request, sent: ShortForm) -> HTMLResponse:
    """Send a new link to whom this is, if it is anybody; the answer is the same."""
    unit, person = sent.one("unit")[:LONGEST], sent.one("person")[:LONGEST]
    if not unit or not person:
        return _page(request, "请写明单位名称和您的姓名。", form=True, wrong=True, status=422)
    counter = counter_of(request)
    try:
        with counter.book.write() as session:
            asked = _asked(session, request, unit, person)
    except TooManyTriesError as wrong:
        return _page(request, str(wrong), wrong=True, status=429)
    if asked:
        counter.ring()
    return _page(request, SENT)


@router.post("/l/{token}/renew")
def renew(request: Request, token: str) -> Response:
    """Send a new link in place of an expired or revoked one; raises LinkRefusedError for a guess."""
    counter = counter_of(request)
    now, asked = counter.now(), False
    with counter.book.write() as session:
        try:
            links.open_link(session, token, now)
        except LinkRefusedError as refused:
            if refused.contact_id is None:
                raise
            asked = links.send_new(session, refused.contact_id, now)
        else:
            return go(f"/l/{token}")
    if asked:
        counter.ring()
    return _page(request, RENEWED)


def _asked(session: Session, request: Request, unit: str, person: str) -> bool:
    """Count the wish and put the link into the outbox, all in one transaction: its length tells nothing."""
    now, address = counter_of(request).now(), request.client.host if request.client else ""
    knocks.knock(session, f"lost/{unit}", address, now)
    contact_id = links.contact_named(session, unit, person)
    return contact_id is not None and links.send_new(session, contact_id, now)


def _page(
    request: Request, said: str = "", *, form: bool = False, wrong: bool = False, status: int = 200
) -> HTMLResponse:
    shown = {"said": said, "form": form, "wrong": wrong, "counter": counter_of(request)}
    return HTMLResponse(render("unit/lost.html", **shown), status)
