"""Signing in with name and password, with a code where the person has asked for one; and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from ...ledger import accounts, second_factor, sign_ins
from ...ledger.knocks import TooManyTriesError
from .. import flash
from ..access import Act, Here, counter_of, may
from ..back import own_path
from ..callers import COOKIE
from ..limits import ShortForm
from ..pages import go, render
from . import proving
from .devices import device

if TYPE_CHECKING:
    from datetime import datetime

    from ..counter import Counter

router = APIRouter(include_in_schema=False)
HOME = "/today"
WRONG = "登录名或密码不对，请重新输入。"
WRONG_CODE = "验证码不对或已经用过，请输入手机上当前显示的6位数字。"
TOO_OLD = "等候验证码已超过5分钟，请重新登录。"
DONE = {"setup": "密码已设好，请登录。", "out": "您已退出。"}


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Ask for name and password; who is signed in already goes on."""
    counter, where = counter_of(request), own_path(request.query_params.get("next", ""), HOME)
    with counter.book.read() as session:
        who = sign_ins.signed_in(session, request.cookies.get(COOKIE, ""), counter.now())
    if who:
        return go(where)
    answer = _asked(counter, where=where, said=flash.said(request, DONE))
    flash.forget(request, answer)
    return answer


@router.post("/sign-in")
def sign_in(request: Request, form: ShortForm) -> Response:
    """Let in whoever knows the password; where a second factor is on, ask for it first."""
    counter, name, where = counter_of(request), form.one("name"), own_path(form.one("next"), HOME)
    now, whence = counter.now(), proving.whence(request)
    try:
        account_id = proving.by_password(counter, name, form.one("password"), whence, now)
    except TooManyTriesError as wrong:
        return _wait(_asked(counter, 429, where=where, name=name, wrong=str(wrong)), wrong, now)
    if account_id is None:
        return _asked(counter, 401, where=where, name=name, wrong=WRONG)
    with counter.book.read() as session:
        found = accounts.get(session, account_id)
        asks = accounts.has_second_factor(found)
        ticket = second_factor.ticket(found, counter.box, now) if asks else ""
    if asks:
        return _code_asked(counter, ticket=ticket, where=where)
    return _let_in(request, counter, account_id, where, now)


@router.post("/sign-in/code")
def sign_in_code(request: Request, form: ShortForm) -> Response:
    """Let in whoever also has the phone."""
    counter, where, ticket = counter_of(request), own_path(form.one("next"), HOME), form.one("ticket")
    now, whence = counter.now(), proving.whence(request)
    with counter.book.read() as session:
        found = second_factor.holder(session, ticket, counter.box, now)
    if found is None:
        return _asked(counter, 401, where=where, wrong=TOO_OLD)
    try:
        right = proving.by_code(counter, found.id, form.one("code"), whence, now)
    except TooManyTriesError as wrong:
        return _wait(_code_asked(counter, 429, ticket=ticket, where=where, wrong=str(wrong)), wrong, now)
    if not right:
        return _code_asked(counter, 401, ticket=ticket, where=where, wrong=WRONG_CODE)
    return _let_in(request, counter, found.id, where, now)


@router.post("/sign-out")
def sign_out(here: Annotated[Here, Depends(may(Act.SELF))]) -> Response:
    """End the sign-in of this browser."""
    with here.write() as desk:
        sign_ins.sign_out(desk.session, here.request.cookies.get(COOKIE, ""), here.now)
    answer = flash.went(here.request, "/sign-in", "out")
    answer.delete_cookie(COOKIE, path="/", secure=here.counter.secure, httponly=True, samesite="lax")
    return answer


def _asked(counter: Counter, status: int = 200, **facts: Any) -> HTMLResponse:
    facts = {"name": "", "wrong": "", "said": "", "counter": counter} | facts
    return HTMLResponse(render("office/sign_in.html", **facts), status)


def _code_asked(counter: Counter, status: int = 200, **facts: Any) -> HTMLResponse:
    facts = {"wrong": "", "counter": counter} | facts
    return HTMLResponse(render("office/sign_in_code.html", **facts), status)


def _wait(answer: HTMLResponse, wrong: TooManyTriesError, now: datetime) -> HTMLResponse:
    answer.headers["retry-after"] = str(int((wrong.until - now).total_seconds()))
    return answer


def _let_in(request: Request, counter: Counter, account_id: int, where: str, now: datetime) -> Response:
    """Give the browser a token of its own, always a new one; what it held before opens no more."""
    token, called = counter.new_token(), device(request.headers.get("user-agent", ""))
    with counter.book.write() as session:
        found = accounts.get(session, account_id, lock=True)
        sign_ins.sign_out(session, request.cookies.get(COOKIE, ""), now)
        mark = sign_ins.mark(sign_ins.sign_in(session, found, token, called, now))
    answer, lasts = go(where), int(sign_ins.KNOWN.total_seconds())
    answer.set_cookie(COOKIE, token, path="/", secure=counter.secure, httponly=True, samesite="lax")
    kept = (proving.KNOWN, mark, lasts)
    answer.set_cookie(*kept, path="/", secure=counter.secure, httponly=True, samesite="lax")
    return answer
