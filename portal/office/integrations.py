"""Programs that may use the API: a token each, shown once, revocable."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import homes, integrations
from ...obligations.errors import DubanError
from .. import flash
from ..access import Here
from ..asked import Small
from ..limits import Form
from ..pages import page
from .accounts import Rule, role_typed, root_typed

router = APIRouter(include_in_schema=False)
DONE = {"revoked": "接口已停用，原密钥不再有效。"}


@router.get("/integrations")
def programs(here: Rule) -> HTMLResponse:
    """Show every program that may come in, and those that may no more."""
    return _programs(here, said=flash.said(here.request, DONE))


@router.post("/integrations")
def make(here: Rule, form: Form) -> HTMLResponse:
    """Let a program in, and show its token this once."""
    name, token = form.one("name"), here.counter.new_token()
    try:
        with here.write() as desk:
            role = role_typed(form.one("role"))
            root = root_typed(desk, form.one("under"))
            made = integrations.make(desk.session, name, role, token, here.now, here.caller.by, root)
    except DubanError as wrong:
        return _programs(here, 422, wrong=str(wrong), name=name, role=form.one("role"))
    return page(here, "office/one_time_token.html", section="accounts", made=made, role=role, token=token)


@router.post("/integrations/{integration_id}/revoke")
def revoke(here: Rule, integration_id: Small) -> Response:
    """Let a program in no more."""
    with here.write() as desk:
        integrations.revoke(desk.session, integration_id, here.now, here.caller.by)
    return flash.went(here.request, "/integrations", "revoked")


def _programs(here: Here, status: int = 200, **facts: Any) -> HTMLResponse:
    with here.read() as desk:
        programs, roots = integrations.listed(desk.session), homes.roots(desk.session)
    facts = {"roots": roots, "said": "", "wrong": "", "name": "", "role": ""} | facts
    return page(
        here, "office/integrations.html", status=status, section="accounts", programs=programs, **facts
    )
