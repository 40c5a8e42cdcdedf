"""Turning one's second factor on and off: a password first, then codes from the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...documents.qr import qr_svg
from ...ledger import accounts, second_factor
from ...ledger.second_factor import WrongCodeError
from ...obligations.errors import DubanError
from .. import flash
from ..failing import noted
from ..limits import Form
from ..pages import page
from . import proving
from .me import Self, mine, prove

if TYPE_CHECKING:
    from ...ledger.second_factor import Enrolment
    from ..access import Here

router = APIRouter(include_in_schema=False)
ISSUER = "督办"  # a longer one, written twice into the code, makes it hard to scan


@router.post("/me/second-factor")
def begin(here: Self, form: Form) -> HTMLResponse:
    """Show what the app on the phone takes, to whoever knows the password."""
    try:
        prove(here, _name(here), form.one("old"))
    except DubanError as wrong:
        return mine(here, 422, wrong={"begin": str(wrong)})
    with here.write() as desk:
        made = second_factor.begin(desk.session, here.caller.id, here.counter.box, ISSUER, here.now)
    return _to_scan(here, made)


@router.post("/me/second-factor/confirm")
def confirm(here: Self, form: Form) -> Response:
    """Turn it on with the first code; with a wrong one, show again what to scan."""
    box, own = here.counter.box, here.caller.id
    try:
        with here.write() as desk:
            second_factor.confirm(desk.session, own, form.one("code"), box, here.now, here.caller.by)
    except WrongCodeError as wrong:
        with here.read() as desk:
            found = accounts.get(desk.session, own)
            made = second_factor.begun(found, box, ISSUER, here.now)
        if made is not None:
            return _to_scan(here, made, str(wrong))
    except DubanError as wrong:
        return mine(here, 422, wrong={"begin": str(wrong)})
    return flash.went(here.request, "/me", "totp-on")


@router.post("/me/second-factor/off")
def turn_off(here: Self, form: Form) -> Response:
    """Turn it off for whoever knows the password and has the phone."""
    whence = proving.whence(here.request)
    try:
        prove(here, _name(here), form.one("old"))
        with noted(here.request):
            right = proving.by_code(here.counter, here.caller.id, form.one("code"), whence, here.now)
        if not right:
            raise WrongCodeError
    except DubanError as wrong:
        return mine(here, 422, wrong={"off": str(wrong)})
    with here.write() as desk:
        second_factor.turn_off(desk.session, here.caller.id, here.now, here.caller.by)
    return flash.went(here.request, "/me", "totp-off")


def _to_scan(here: Here, made: Enrolment, wrong: str = "") -> HTMLResponse:
    code = qr_svg(made.address, "手机验证码的二维码")
    groups = [made.secret[at : at + 4] for at in range(0, len(made.secret), 4)]
    facts = {"code": code, "secret": " ".join(groups), "wrong": wrong}
    return page(here, "office/second_factor.html", status=422 if wrong else 200, **facts)


def _name(here: Here) -> str:
    with here.read() as desk:
        return accounts.get(desk.session, here.caller.id).name
