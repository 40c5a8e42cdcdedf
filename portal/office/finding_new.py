"""A finding is registered at the desk: who checked, what was found where, what is to be done by when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import addressed, finding_files, finding_importing, finding_list, findings, people
from ...ledger.in_force import plans_in_force
from ...obligations.errors import DubanError
from ...obligations.words import Grade, Via
from .. import flash
from ..access import Act, Here, may
from ..asked import text
from ..findings_seen import NAMES, photos_of, read_typed, typed_of
from ..limits import Form
from ..naming import chosen_plan, known_units
from ..pages import page
from .findings import DONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...obligations.finding_entry import Entry
    from ..access import Desk
    from ..limits import Sent

router = APIRouter(include_in_schema=False)
Finding_ = Annotated[Here, Depends(may(Act.FIND))]
USUAL = timedelta(days=15)  # the limit with which a form begins
KEPT = ("found_at", "checked_by", "inspectors", "item", "unit", "due_at")  # from one finding to the next


@router.get("/findings/new")
def new(here: Finding_) -> HTMLResponse:
    """Show the form; its address may carry what it begins with, as for the next finding of one check."""
    said = {name: text(here.request, name) or "" for name in ("plan", *KEPT)}
    said["found_at"] = said["found_at"] or local_day(here.now).isoformat()
    said["due_at"] = said["due_at"] or (local_day(here.now) + USUAL).isoformat()
    return _form(here, said | {"key": here.counter.new_token()}, {}, "")


@router.post("/findings/new")
def record(here: Finding_, sent: Form) -> Response:
    """Register it; what is wrong is shown at its entry, with all that was typed."""
    typed = typed_of(sent) | {"plan": sent.one("plan"), "key": sent.one("key")}
    with here.read() as desk:
        entry, faults = read_typed(desk, typed)
    if entry is None:
        return _form(here, typed, faults, f"有{len(faults)}处需要改正，还没有登记。")
    try:
        number, alone = _recorded(here, sent, typed, entry)
    except DubanError as wrong:
        return _form(here, typed, {}, str(wrong))
    here.counter.ring()
    if sent.one("more"):
        kept = {name: typed[name] for name in ("plan", *KEPT)}
        return flash.went(here.request, f"/findings/new?{_query(kept)}", "recorded-more")
    return flash.went(here.request, f"/findings/{number}", "recorded-alone" if alone else "recorded")


def _recorded(here: Here, sent: Sent, typed: Mapping[str, str], entry: Entry) -> tuple[int, bool]:
    photos = photos_of(here, sent)
    with here.write() as desk:
        slug, unit_id = chosen_plan(desk, typed["plan"]).slug, _unit(desk, entry.unit)
        said = finding_importing.found_of(entry, slug, unit_id, f"desk-{typed['key']}", Via.DESK)
        done = findings.record(desk.session, said, here.now, here.caller.by, here.counter.means)
        finding_files.attach(desk.session, findings.first_step(desk.session, done.finding), photos)
        return done.finding.id, addressed.alone(desk.session, unit_id)


def _unit(desk: Desk, code: str) -> int:
    return next(one.id for one in people.called(desk.session, code) if one.code == code)


def _query(kept: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in kept.items() if value})


def _form(here: Here, said: Mapping[str, str], faults: Mapping[str, str], wrong: str) -> HTMLResponse:
    with here.read() as desk:
        facts: dict[str, Any] = {
            "plans": plans_in_force(desk.session, here.now),
            "units": known_units(desk),
            "kinds": finding_list.kinds(desk.session),
        }
    facts |= {"said": dict.fromkeys((*NAMES, "plan", "key"), "") | dict(said), "faults": faults}
    facts |= {"wrong": wrong, "Grade": Grade, "done": flash.said(here.request, DONE)}
    status = 422 if faults else 409 if wrong else 200
    return page(here, "office/finding_new.html", status=status, section="findings", **facts)
