"""Where a one-time link leads: to make one's account, or to set its password anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from ...ledger import invitations, knocks
from ...ledger.accounts import New
from ...ledger.explain import BookError
from ...ledger.invitations import InvitationRefusedError
from ...ledger.tokens import fingerprint
from ...obligations.errors import DubanError
from .. import flash
from ..access import counter_of
from ..limits import ShortForm
from ..pages import render
from . import proving

if TYPE_CHECKING:
    from ...ledger.invitations import Opened

router = APIRouter(include_in_schema=False)


@router.get("/setup/{token}")
def setup_page(request: Request, token: str) -> HTMLResponse:
    """Ask a person who was invited for their names and a password; or for a new password alone."""
    return _asked(request, _opened(request, token))


@router.post("/setup/{token}")
def set_up(request: Request, token: str, form: ShortForm) -> Response:
    """Make the account or set its password, once; then lead to the page to sign in."""
    counter, opened = counter_of(request), _opened(request, token)
    name, shown = opened.name or form.one("name"), opened.shown or form.one("shown")
    try:
        hashed = proving.new_password(form, (name, shown))
    except DubanError as wrong:
        return _asked(request, opened, 422, name=name, shown=shown, weak=str(wrong))
    try:
        with counter.book.write() as session:
            invitations.accept(session, token, New(name, shown, hashed), counter.now())
    except (InvitationRefusedError, BookError):
        raise
    except DubanError as wrong:
        return _asked(request, opened, 422, name=name, shown=shown, wrong=str(wrong))
    return flash.went(request, "/sign-in", "setup")


def _opened(request: Request, token: str) -> Opened:
    """Give what the link is for; raises :class:`InvitationRefusedError`, and counts what does not open."""
    counter, now, address = counter_of(request), counter_of(request).now(), proving.address_of(request)
    what = f"setup/{fingerprint(token)}"
    try:
        with counter.book.read() as session:
            knocks.check(session, what, address, now)
            return invitations.open_invitation(session, token, now)
    except InvitationRefusedError:
        with counter.book.write() as session:
            knocks.note(session, what, address, now)
        raise


def _asked(request: Request, opened: Opened, status: int = 200, **facts: Any) -> HTMLResponse:
    typed = {"name": "", "shown": "", "weak": "", "wrong": ""} | facts
    told = {"counter": counter_of(request), "opened": opened, "path": request.url.path}
    return HTMLResponse(render("office/setup.html", **told, **typed), status)
