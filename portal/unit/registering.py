"""What a unit's check has found is registered with its report: a short form, and what there is already."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import finding_files, finding_importing, finding_list, findings
from ...ledger.finding_importing import found_of
from ...ledger.matter import matter
from ...ledger.people import called as units_called
from ...ledger.tables import Round, Unit
from ...obligations.errors import DubanError
from ...obligations.findings import called
from ...obligations.words import Grade, State, Via
from ..access import AbsentError
from ..asked import Number
from ..findings_seen import NAMES, photos_of, read_typed, registers_findings, typed_of
from ..limits import Form
from ..naming import known_units
from ..pages import go, page
from .visit import Own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...ledger.matter import Matter
    from ...ledger.tables import Obligation
    from ...obligations.finding_entry import Entry
    from ..access import Desk, Here
    from ..limits import Sent

router = APIRouter(prefix="/l/{token}", include_in_schema=False)
USUAL = timedelta(days=15)  # the limit with which the form begins
LONGEST_KEY = 64


@router.get("/{obligation_id:int}/findings")
def look(here: Own, obligation_id: Number) -> HTMLResponse:
    """Show what is registered with this report, and the form for one more."""
    return _show(here, obligation_id, {}, {}, "")


@router.post("/{obligation_id:int}/findings")
def register(here: Own, obligation_id: Number, sent: Form) -> Response:
    """Register a finding; what is wrong is shown at its entry, with all that was typed."""
    typed = typed_of(sent) | {"key": sent.one("key")[:LONGEST_KEY]}
    with here.read() as desk:
        _open(desk, obligation_id)
        entry, faults = read_typed(desk, typed)
    if entry is None:
        return _show(here, obligation_id, typed, faults, f"有{len(faults)}处需要改正，还没有登记。")
    try:
        _record(here, obligation_id, sent, typed["key"], entry)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, obligation_id, typed, {}, here.told(wrong))
    here.counter.ring()
    return go(f"/l/{here.token}/{obligation_id}/findings?done=registered")


def _record(here: Here, obligation_id: int, sent: Sent, key: str, entry: Entry) -> None:
    photos = photos_of(here, sent)
    with here.write() as desk:
        owed, round_ = _open(desk, obligation_id)
        unit = next(one for one in units_called(desk.session, entry.unit) if one.code == entry.unit)
        key = f"link-{owed.id}-{key or here.counter.new_token()}"
        # The unit knows what it has found at its own; anybody else is told.
        said = found_of(entry, round_.slug, unit.id, key, Via.LINK, tell=unit.id != owed.unit_id)
        said = finding_importing.of_report(said, owed.id, round_.clause)
        done = findings.record(desk.session, said, here.now, here.caller.by, here.counter.means)
        finding_files.attach(desk.session, findings.first_step(desk.session, done.finding), photos)


def _open(desk: Desk, obligation_id: int) -> tuple[Obligation, Round]:
    """Give what is owed and its round; raises :class:`AbsentError` unless findings are registered with it."""
    owed = desk.obligation(obligation_id)
    round_ = desk.session.get_one(Round, owed.round_id)
    if not registers_findings(desk, round_) or owed.state == str(State.EXEMPT):
        raise AbsentError
    return owed, round_


def _show(
    here: Here, obligation_id: int, typed: Mapping[str, str], faults: Mapping[str, str], wrong: str
) -> HTMLResponse:
    with here.read() as desk:
        owed, _ = _open(desk, obligation_id)
        found = matter(desk.session, owed, here.now)
        facts: dict[str, Any] = {
            "m": found,
            "there": finding_list.of_report(desk.session, owed.id),
            "kinds": finding_list.kinds(desk.session),
            "units": known_units(desk),
            "unit": desk.session.get_one(Unit, owed.unit_id),
        }
    facts |= {"said": _said(here, found, typed), "faults": faults, "wrong": wrong}
    facts |= {"Grade": Grade, "called": called}
    facts["done"] = "已登记。" if here.request.query_params.get("done") == "registered" and not wrong else ""
    status = 422 if faults else 409 if wrong else 200
    return page(here, "unit/findings.html", status=status, **facts)


def _said(here: Here, found: Matter, typed: Mapping[str, str]) -> dict[str, str]:
    """Give what the form begins with: checked today by this unit, to be rectified by it within two weeks."""
    today = local_day(here.now)
    fresh = {
        "key": here.counter.new_token(),
        "found_at": today.isoformat(),
        "checked_by": here.caller.unit,
        "inspectors": here.caller.contact,
        "item": found.round.name,
        "due_at": (today + USUAL).isoformat(),
        "unit": here.caller.unit,
    }
    return dict.fromkeys((*NAMES, "key"), "") | (dict(typed) or fresh)
