"""A sheet that is drafted by hand: the form, filled in with the facts of its matter, and what was typed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import in_force, sheet_drafts, sheet_listing, sheet_prefill
from ...ledger.sheet_drafts import NAMES, Entry
from ...ledger.tables import Finding
from ...obligations.errors import DubanError
from ...obligations.sheet_moves import DIRECT, MOST_DAYS, Draft
from ...obligations.words import Rung
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import number, text
from ..filled import Typed, word
from ..naming import chosen_plan, known_units, named_unit
from ..pages import page
from .sheet_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import FormData

    from ...ledger.sheet_prefill import Prefilled
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Drafting = Annotated[Here, Depends(may(Act.DRAFT))]
ABOUT = ("obligation", "finding", "listing")


@router.get("/sheets/new")
def new(here: Drafting) -> HTMLResponse:
    """Show the form, about an obligation (``?obligation=``), a finding (``?finding=``) or neither."""
    asked = {name: text(here.request, name) or "" for name in (*ABOUT, "rung")}
    rung = _rung(asked["rung"])
    with here.read() as desk:
        known = _known(desk, asked, rung)
    draft = known.draft if known else sheet_prefill.blank(rung)
    return _form(here, asked | {"rung": str(rung)} | {name: str(one) for name, one in asdict(draft).items()})


@router.post("/sheets/new")
def enter(here: Drafting, typed: Typed) -> Response:
    """Keep the draft; it waits to be signed by somebody else."""
    try:
        with here.write() as desk:
            entry = _entry(desk, typed)
            made = sheet_drafts.enter(desk.session, entry, draft_of(typed), desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        said = {name: word(typed, name) for name in (*ABOUT, *NAMES, "plan", "unit", "reason")}
        return _form(here, said | {"rung": str(_rung(word(typed, "rung")))}, str(wrong))
    return flash.went(here.request, f"/sheets/{made.id}", "drafted")


def draft_of(typed: FormData) -> Draft:
    """Give what was typed of a draft; a limit that is no number is as if it were nought."""
    said = {name: word(typed, name) for name in NAMES if name != "limit_days"}
    return Draft(**said, limit_days=number(word(typed, "limit_days")) or 0)


def _form(here: Here, said: Mapping[str, str], wrong: str = "") -> HTMLResponse:
    facts: dict[str, Any] = {"said": {"plan": "", "unit": "", "reason": ""} | dict(said), "wrong": wrong}
    with here.read() as desk:
        known = _known(desk, said, _rung(said["rung"]))
        if known is None:
            facts["plans"] = in_force.plans_in_force(desk.session, desk.now)
            facts["units"] = known_units(desk)
    facts |= {"known": known, "rung": _rung(said["rung"]), "MOST_DAYS": MOST_DAYS}
    status = 409 if wrong else 200
    return page(here, "supervise/sheet_new.html", status=status, **facts, **WORDS, section="sheets")


def _rung(said: str) -> Rung:
    return Rung(said) if said in DIRECT else Rung.DUBAN


def _known(desk: Desk, said: Mapping[str, str], rung: Rung) -> Prefilled | None:
    """Give the facts of the matter that is named; raises :class:`AbsentError` when it is not there."""
    obligation_id, finding_id = number(said["obligation"]), number(said["finding"])
    if obligation_id is not None:
        found = desk.obligation(obligation_id)
        return sheet_prefill.of_obligation(desk.session, found.id, rung, desk.now)
    if finding_id is None:
        return None
    if desk.session.get(Finding, finding_id) is None:
        raise AbsentError
    return sheet_prefill.of_finding(desk.session, finding_id, rung, desk.now)


def _entry(desk: Desk, typed: FormData) -> Entry:
    said = {name: word(typed, name) for name in ABOUT}
    rung, reason = word(typed, "rung"), word(typed, "reason")
    known = _known(desk, said, _rung(rung))
    if known is None:
        plan, unit = chosen_plan(desk, word(typed, "plan")), named_unit(desk, word(typed, "unit"))
        return Entry(rung, plan.slug, unit.id, reason)
    finding_id = number(said["finding"]) if not said["obligation"] else None
    listing = bool(said["listing"]) and finding_id is not None
    if listing:
        sheet_listing.check_listable(desk.session.get_one(Finding, finding_id))
    return Entry(
        *(rung, known.series, known.unit_id, reason),
        cause=sheet_listing.LISTING if listing else "direct",
        obligation_id=number(said["obligation"]),
        finding_id=finding_id,
    )
