"""Accounts, for administrators: who may come in, as what, and the one-time links that let them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import accounts, homes, invitations, second_factor, sign_ins
from ...ledger.scope import root_of
from ...obligations.errors import DubanError
from ...obligations.words import Role
from .. import flash
from ..access import AbsentError, Act, Desk, Here, may
from ..asked import Small
from ..limits import Form
from ..pages import page

router = APIRouter(include_in_schema=False)
Rule = Annotated[Here, Depends(may(Act.RULE))]
DONE = {
    "scope": "管理范围已更改，下一次打开页面即生效。",
    "role": "角色已更改，下一次打开页面即生效。",
    "closed": "账号已停用，登录已全部结束。",
    "opened": "账号已启用。",
    "totp": "手机验证码已重置，该账号登录时不再要求输入；本人可重新启用。",
    "ended": "该账号在各设备上的登录已全部结束。",
    "revoked": "邀请已作废。",
}
OWN_PASSWORD = "修改自己的密码，请到“我的账号”办理。"  # noqa: S105 - a sentence
OWN_SCOPE = "自己的管理范围由别的管理员更改。"
OWN_CODE = "关闭自己的手机验证码，请到“我的账号”办理。"


@router.get("/accounts")
def people(here: Rule) -> HTMLResponse:
    """Show everybody who may come in, and who is invited."""
    return _people(here)


@router.post("/accounts/invitations")
def invite(here: Rule, form: Form) -> HTMLResponse:
    """Make a one-time link for somebody new, shown this once."""
    token = here.counter.new_token()
    try:
        role = role_typed(form.one("role"))
        with here.write() as desk:
            root = root_typed(desk, form.one("under"))
            made = invitations.invite(desk.session, role, token, here.now, here.caller.by, unit_id=root)
    except DubanError as wrong:
        return _people(here, 422, wrong=str(wrong))
    return _link(here, token, role=role, until=made.expires_at, person=None)


@router.post("/accounts/invitations/{invitation_id}/revoke")
def revoke(here: Rule, invitation_id: Small) -> Response:
    """Let an invitation open no more."""
    with here.write() as desk:
        invitations.revoke(desk.session, invitation_id, here.now, here.caller.by)
    return flash.went(here.request, "/accounts", "revoked")


@router.get("/accounts/{account_id}")
def account(here: Rule, account_id: Small) -> HTMLResponse:
    """Show one account and what can be done with it."""
    said = flash.said(here.request, DONE)
    with here.read() as desk:
        person = _known(desk, account_id)
        live = sign_ins.sign_ins_of(desk.session, account_id, here.now)
        roots = homes.roots(desk.session)
    told: dict[str, Any] = {"person": person, "live": live, "roots": roots, "said": said}
    return page(here, "office/account.html", section="accounts", **told)


@router.post("/accounts/{account_id}/password-link")
def password_link(here: Rule, account_id: Small) -> HTMLResponse:
    """Make a one-time link with which a person sets a new password, shown this once."""
    if account_id == here.caller.id:
        raise DubanError(OWN_PASSWORD)
    token = here.counter.new_token()
    with here.write() as desk:
        person = _known(desk, account_id)
        made = invitations.invite(desk.session, person.role, token, here.now, here.caller.by, account_id)
    return _link(here, token, role=person.role, until=made.expires_at, person=person)


@router.post("/accounts/{account_id}/role")
def change_role(here: Rule, account_id: Small, form: Form) -> Response:
    """Give a person another role."""
    role = role_typed(form.one("role"))
    with here.write() as desk:
        _known(desk, account_id)
        accounts.change_role(desk.session, account_id, role, here.now, here.caller.by)
    return flash.went(here.request, f"/accounts/{account_id}", "role")


@router.post("/accounts/{account_id}/scope")
def change_root(here: Rule, account_id: Small, form: Form) -> Response:
    """Let a person see another subtree."""
    if account_id == here.caller.id:
        raise DubanError(OWN_SCOPE)
    with here.write() as desk:
        _known(desk, account_id)
        root = root_typed(desk, form.one("under"))
        accounts.change_root(desk.session, account_id, root, here.now, here.caller.by)
    return flash.went(here.request, "/accounts", "scope")


@router.post("/accounts/{account_id}/deactivate")
def deactivate(here: Rule, account_id: Small) -> Response:
    """Let a person in no more."""
    with here.write() as desk:
        _known(desk, account_id)
        accounts.deactivate(desk.session, account_id, here.now, here.caller.by)
    return flash.went(here.request, f"/accounts/{account_id}", "closed")


@router.post("/accounts/{account_id}/activate")
def activate(here: Rule, account_id: Small) -> Response:
    """Let a person in again."""
    with here.write() as desk:
        _known(desk, account_id)
        accounts.activate(desk.session, account_id, here.now, here.caller.by)
    return flash.went(here.request, f"/accounts/{account_id}", "opened")


@router.post("/accounts/{account_id}/second-factor/reset")
def reset_second_factor(here: Rule, account_id: Small) -> Response:
    """Ask a person who lost the phone for no code."""
    if account_id == here.caller.id:
        raise DubanError(OWN_CODE)
    with here.write() as desk:
        _known(desk, account_id)
        second_factor.turn_off(desk.session, account_id, here.now, here.caller.by, reset=True)
    return flash.went(here.request, f"/accounts/{account_id}", "totp")


@router.post("/accounts/{account_id}/sign-ins/end")
def end_sign_ins(here: Rule, account_id: Small) -> Response:
    """End a person's sign-ins."""
    with here.write() as desk:
        _known(desk, account_id)
        sign_ins.end_all(desk.session, account_id, here.now, here.caller.by)
    return flash.went(here.request, f"/accounts/{account_id}", "ended")


def root_typed(desk: Desk, typed: str) -> int | None:
    """Give the unit whose subtree is to be seen: the one typed, else all that the caller sees.

    Raises :class:`DubanError` for a unit that is not there.
    """
    if said := typed.strip():
        return homes.root_called(desk.session, said).id
    return root_of(desk.session)


def role_typed(typed: str) -> Role:
    """Give the role that was chosen. Raises :class:`DubanError` for none."""
    try:
        return Role(typed)
    except ValueError:
        raise DubanError("请选择角色。") from None


def _people(here: Here, status: int = 200, wrong: str = "") -> HTMLResponse:
    said = flash.said(here.request, DONE)
    with here.read() as desk:
        everybody = accounts.listed(desk.session)
        invited = invitations.waiting(desk.session, here.now)
        roots = homes.roots(desk.session)
    facts = {"people": everybody, "invited": invited, "roots": roots, "said": said, "wrong": wrong}
    return page(here, "office/accounts.html", status=status, section="accounts", **facts)


def _link(here: Here, token: str, **facts: Any) -> HTMLResponse:
    address = f"{here.counter.public_url}/setup/{token}"
    return page(here, "office/one_time_link.html", section="accounts", address=address, **facts)


def _known(desk: Desk, account_id: int) -> accounts.Person:
    found = accounts.person(desk.session, account_id)
    if found is None:
        raise AbsentError
    return found
