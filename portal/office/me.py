"""One's own account: the password, the browsers in which one is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import accounts, sign_ins
from ...obligations.errors import DubanError
from .. import flash
from ..access import Act, Here, may
from ..asked import Small
from ..failing import noted
from ..limits import Form
from ..pages import page
from . import proving

router = APIRouter(include_in_schema=False)
Self = Annotated[Here, Depends(may(Act.SELF))]
WRONG_PASSWORD = "现在的密码不对，请重新输入。"  # noqa: S105 - a sentence
DONE = {
    "password": "密码已修改，其他设备上的登录已全部结束。",
    "ended": "已结束所选的登录。",
    "totp-on": "手机验证码已启用，下次登录时会要求输入。",
    "totp-off": "手机验证码已关闭。",
}


@router.get("/me")
def me(here: Self) -> HTMLResponse:
    """Show one's account."""
    return mine(here, said=flash.said(here.request, DONE))


@router.post("/me/password")
def change_password(here: Self, form: Form) -> Response:
    """Set a new password for whoever knows the old one; other browsers are signed out."""
    with here.read() as desk:
        own = accounts.get(desk.session, here.caller.id)
    try:
        prove(here, own.name, form.one("old"))
    except DubanError as wrong:
        return mine(here, 422, wrong={"old": str(wrong)})
    try:
        hashed = proving.new_password(form, (own.name, own.shown))
    except DubanError as wrong:
        return mine(here, 422, wrong={"password": str(wrong)})
    with here.write() as desk:
        keep = here.caller.sign_in_id
        accounts.set_password(desk.session, own.id, hashed, here.now, here.caller.by, but=keep)
    return flash.went(here.request, "/me", "password")


@router.post("/me/sign-ins/{sign_in_id}/end")
def end_sign_in(here: Self, sign_in_id: Small) -> Response:
    """End one of one's own sign-ins."""
    with here.write() as desk:
        sign_ins.end(desk.session, here.caller.id, sign_in_id, here.now, here.caller.by)
    return flash.went(here.request, "/me", "ended")


@router.post("/me/sign-ins/end-others")
def end_others(here: Self) -> Response:
    """End one's sign-ins in every other browser."""
    with here.write() as desk:
        keep = here.caller.sign_in_id
        sign_ins.end_all(desk.session, here.caller.id, here.now, here.caller.by, but=keep)
    return flash.went(here.request, "/me", "ended")


def mine(
    here: Here, status: int = 200, *, said: str = "", wrong: dict[str, str] | None = None
) -> HTMLResponse:
    """Give the page of one's account; ``wrong`` says what is, by the field it stands at."""
    with here.read() as desk:
        own = accounts.get(desk.session, here.caller.id)
        live = sign_ins.sign_ins_of(desk.session, own.id, here.now)
        facts: dict[str, Any] = {"own": own, "live": live, "second": accounts.has_second_factor(own)}
    return page(here, "office/me.html", status=status, said=said, wrong=wrong or {}, **facts)


def prove(here: Here, name: str, password: str) -> None:
    """Raise :class:`DubanError` unless this is the password of the person who is signed in."""
    whence = proving.whence(here.request)
    with noted(here.request):
        found = proving.by_password(here.counter, name, password, whence, here.now)
    if found != here.caller.id:
        raise DubanError(WRONG_PASSWORD)
