"""The people of a unit: added, changed, switched off; their links revoked or sent anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...documents.qr import qr_svg
from ...ledger import contacts, links, staffing
from ...ledger.staffing import ContactDraft
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number
from ..filled import Typed, word
from ..pages import page
from . import units

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Contact
    from ..access import Desk

router = APIRouter(include_in_schema=False)
People = Annotated[Here, Depends(may(Act.PEOPLE))]
Done = str | tuple[str, int]  # what the unit's page tells, with the number in it


@router.post("/units/{unit_id}/contacts")
def add(here: People, unit_id: Small, typed: Typed) -> Response:
    """Add a person to a unit."""
    try:
        with here.write() as desk:
            unit = units.unit_of(desk, unit_id, lock=True)
            staffing.add_contact(desk.session, unit, _draft(typed), desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return units.show(here, unit_id, wrong=str(wrong), typed=_said(typed, 0), status=422)
    return flash.went(here.request, f"/units/{unit_id}#people", "contact")


@router.post("/contacts/{contact_id}")
def change(here: People, contact_id: Small, typed: Typed) -> Response:
    """Change a person's facts; what waits for them goes the new way."""

    def do(desk: Desk, found: Contact) -> Done:
        moved = staffing.change_contact(desk.session, found, _draft(typed), desk.now, desk.caller.by)
        return ("contact-moved", moved) if moved else "contact"

    return _do(here, contact_id, do, _said(typed, contact_id))


@router.post("/contacts/{contact_id}/off")
def off(here: People, contact_id: Small) -> Response:
    """Let a person be told nothing more."""

    def do(desk: Desk, found: Contact) -> str:
        staffing.switch_off(desk.session, found, desk.now, desk.caller.by)
        return "off"

    return _do(here, contact_id, do)


@router.post("/contacts/{contact_id}/on")
def on(here: People, contact_id: Small) -> Response:
    """Let a person be told again."""

    def do(desk: Desk, found: Contact) -> str:
        staffing.switch_on(desk.session, found, desk.now, desk.caller.by)
        return "on"

    return _do(here, contact_id, do)


@router.post("/contacts/{contact_id}/revoke")
def revoke(here: People, contact_id: Small) -> Response:
    """Revoke every link of a person."""

    def do(desk: Desk, found: Contact) -> str:
        links.revoke(desk.session, found.id, desk.now, desk.caller.by)
        return "revoked"

    return _do(here, contact_id, do)


@router.post("/contacts/{contact_id}/link")
def send_link(here: People, contact_id: Small) -> Response:
    """Send a person a new link to the channel on file; at most one an hour."""

    def do(desk: Desk, found: Contact) -> str:
        if not found.active:
            raise DubanError(f"联系人“{found.name}”已停用，请先启用再发链接。")
        if links.send_new(desk.session, found.id, desk.now, desk.caller.by):
            return "sent"
        return "waiting" if links.waits(desk.session, found.id) else "soon"

    answer = _do(here, contact_id, do)
    here.counter.ring()
    return answer


@router.post("/contacts/{contact_id}/hand")
def hand_over(here: People, contact_id: Small) -> Response:
    """Make a link for the office to hand to a person, and show it, this once."""
    token = here.counter.new_token()
    with here.write() as desk:
        found = _contact(desk, contact_id, lock=True)
        if not found.active:
            raise DubanError(f"联系人“{found.name}”已停用，请先启用再给链接。")
        unit = units.unit_of(desk, found.unit_id)
        links.make(desk.session, found.id, "list", token, desk.now, desk.caller.by)
    address = f"{here.counter.public_url}/l/{token}"
    shown: dict[str, Any] = {
        "unit": unit,
        "contact": found,
        "address": address,
        "drawn": qr_svg(address, f"{unit.name}{found.name}的办理链接"),
        "until": here.now + links.LASTS["list"],
    }
    return page(here, "office/hand_over.html", section="units", **shown)


def _do(
    here: Here, contact_id: int, do: Callable[[Desk, Contact], Done], typed: dict[str, Any] | None = None
) -> Response:
    """Do it in one transaction; what is wrong is told on the unit's page, with what was typed."""
    with here.read() as desk:
        unit_id = _contact(desk, contact_id).unit_id
    try:
        with here.write() as desk:
            done = do(desk, _contact(desk, contact_id, lock=True))
    except AbsentError:
        raise
    except DubanError as wrong:
        return units.show(here, unit_id, wrong=str(wrong), typed=typed, status=422)
    said, numbers = (done, ()) if isinstance(done, str) else (done[0], done[1:])
    return flash.went(here.request, f"/units/{unit_id}#people", said, *numbers)


def _contact(desk: Desk, contact_id: int, *, lock: bool = False) -> Contact:
    found = contacts.contact(desk.session, contact_id, lock=lock)
    if found is None:
        raise AbsentError
    return found


def _said(typed: FormData, at: int) -> dict[str, Any]:
    return {"at": at, **{name: word(typed, name) for name in ("name", "phone", "email", "channel")}}


def _draft(typed: FormData) -> ContactDraft:
    named = (word(typed, "name"), word(typed, "phone"), word(typed, "email"))
    return ContactDraft(*named, number(word(typed, "channel")))
