"""Units close, merge and split from a day on: the forms, and what is told before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import contacts, namings, people, reorganise
from ...ledger.reorganise import Division, LetOff, Merger, NewUnit
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number, whole
from ..filled import Typed, word, words
from ..pages import page
from .units import day, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.datastructures import FormData

    from ...ledger.tables import Unit
    from ..access import Desk

router = APIRouter(include_in_schema=False)
People = Annotated[Here, Depends(may(Act.PEOPLE))]
FEWEST_PARTS, MOST_PARTS = 2, 9


@router.get("/units/{unit_id}/close")
def close_form(here: People, unit_id: Small) -> HTMLResponse:
    """Show what a unit still owes and which plans name it, before it is closed."""
    return _close_form(here, unit_id)


@router.post("/units/{unit_id}/close")
def close(here: People, unit_id: Small, typed: Typed) -> Response:
    """Close a unit from a day on."""
    try:
        on = day(word(typed, "on"), "停用日期")
        with here.write() as desk:
            unit_of(desk, unit_id)
            reorganise.close(desk.session, unit_id, on, desk.now, desk.caller.by, _let_off(typed))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _close_form(here, unit_id, typed, str(wrong))
    return flash.went(here.request, f"/units/{unit_id}", "closed")


@router.post("/units/{unit_id}/keep")
def keep(here: People, unit_id: Small) -> Response:
    """Take back a closing that lies ahead."""
    with here.write() as desk:
        unit_of(desk, unit_id)
        reorganise.keep(desk.session, unit_id, desk.now, desk.caller.by)
    return flash.went(here.request, f"/units/{unit_id}", "kept")


@router.get("/units/merge")
def merge_form(here: People) -> HTMLResponse:
    """Show which units there are to merge; then, with some chosen, what the merger needs."""
    return _merge_form(here, _numbers(here.request.query_params.getlist("unit")))


@router.post("/units/merge")
def merge(here: People, typed: Typed) -> Response:
    """Merge units from a day on."""
    chosen = _numbers(words(typed, "unit"))
    try:
        merger = Merger(
            tuple(chosen),
            _into(typed),
            day(word(typed, "on"), "合并日期"),
            frozenset(_numbers(words(typed, "contact"))),
            unite_tags=word(typed, "tags") == "yes",
        )
        with here.write() as desk:
            done = reorganise.merge(desk.session, merger, desk.now, desk.caller.by, _let_off(typed))
    except DubanError as wrong:
        return _merge_form(here, chosen, typed, str(wrong))
    return flash.went(here.request, f"/units/{done.unit_ids[0]}", "merged")


@router.get("/units/{unit_id}/split")
def split_form(here: People, unit_id: Small) -> HTMLResponse:
    """Show what a division needs."""
    return _split_form(here, unit_id, whole(here.request, "parts") or FEWEST_PARTS)


@router.post("/units/{unit_id}/split")
def split(here: People, unit_id: Small, typed: Typed) -> Response:
    """Split a unit from a day on."""
    parts = len(typed.getlist("code"))
    try:
        division = _division(unit_id, typed)
        with here.write() as desk:
            unit_of(desk, unit_id)
            reorganise.split(desk.session, division, desk.now, desk.caller.by, _let_off(typed))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _split_form(here, unit_id, parts, typed, str(wrong))
    return flash.went(here.request, f"/units/{unit_id}", "split")


def _division(unit_id: int, typed: FormData) -> Division:
    columns = [[str(one).strip() for one in typed.getlist(name)] for name in ("code", "name", "kind")]
    into = tuple(NewUnit(*row) for row in zip(*columns, strict=False))
    contacts = {n: frozenset(_numbers(words(typed, f"contact-{n}"))) for n in range(len(into))}
    return Division(unit_id, into, day(word(typed, "on"), "拆分日期"), contacts)


def _into(typed: FormData) -> NewUnit | int:
    if word(typed, "into") == "new":
        return NewUnit(word(typed, "code"), word(typed, "name"), word(typed, "kind"))
    if not (there := _numbers([word(typed, "there")])):
        raise DubanError("请选择并入哪个单位，或填写新单位。")
    return there[0]


def _let_off(typed: FormData) -> LetOff:
    return LetOff(frozenset(_numbers(words(typed, "off"))), word(typed, "reason"))


def _numbers(said: Iterable[str]) -> list[int]:
    return [found for one in said if (found := number(one))]


def _facts(desk: Desk, units: Sequence[Unit], typed: FormData | None) -> dict[str, Any]:
    """Give what these forms show: units, what they still owe, who is there, which plans name them."""
    ids = [unit.id for unit in units]
    return {
        "units": units,
        "names": {unit.id: unit.name for unit in units},
        "open": people.still_open(desk.session, ids),
        "contacts": contacts.contacts(desk.session, ids, desk.now),
        "below": [one for id_ in ids for one in people.below(desk.session, id_)],
        "namings": namings.namings(desk.session, units, desk.now),
        "how": namings.HOW,
        "typed": typed,
        "on": word(typed, "on") if typed else local_day(desk.now).isoformat(),
        "off": _numbers(words(typed, "off")) if typed else [],
        "reason": word(typed, "reason") if typed else "",
        "kinds": people.kinds(desk.session),
        "today": local_day(desk.now),
    }


def _close_form(here: Here, unit_id: int, typed: FormData | None = None, wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        unit = unit_of(desk, unit_id)
        facts = _facts(desk, [unit], typed)
    return _shown(here, "office/unit_close.html", wrong, unit=unit, **facts)


def _merge_form(
    here: Here, ids: Sequence[int], typed: FormData | None = None, wrong: str = ""
) -> HTMLResponse:
    with here.read() as desk:
        today = local_day(desk.now)
        chosen = people.there(desk.session, ids, today)
        there = people.offered(desk.session, today, ids)
        facts = _facts(desk, chosen, typed)
    said = {name: word(typed, name) if typed else "" for name in ("into", "there", "code", "name", "kind")}
    if typed is None and chosen:
        said |= {"into": "new", "kind": chosen[0].kind}
    picked = set(words(typed, "contact")) if typed else None
    united = typed is None or word(typed, "tags") == "yes"
    template = "office/unit_merge.html" if chosen else "office/unit_choose.html"
    return _shown(here, template, wrong, there=there, said=said, picked=picked, united=united, **facts)


def _split_form(
    here: Here, unit_id: int, parts: int, typed: FormData | None = None, wrong: str = ""
) -> HTMLResponse:
    with here.read() as desk:
        unit = unit_of(desk, unit_id)
        facts = _facts(desk, [unit], typed)
    many = min(max(parts, FEWEST_PARTS), MOST_PARTS)
    rows = [_part(typed, n, unit) for n in range(many)]
    more = many + 1 if many < MOST_PARTS else 0
    return _shown(here, "office/unit_split.html", wrong, unit=unit, parts=rows, more=more, **facts)


def _part(typed: FormData | None, at: int, unit: Unit) -> dict[str, Any]:
    """Give what the form says of one part: what was typed, or the kind of the unit that is split."""
    said: dict[str, Any] = {"code": "", "name": "", "kind": unit.kind, "contacts": set[str]()}
    if typed is None:
        return said
    for name in ("code", "name", "kind"):
        listed = typed.getlist(name)
        said[name] = str(listed[at]) if at < len(listed) else ""
    return said | {"contacts": set(words(typed, f"contact-{at}"))}


def _shown(here: Here, template: str, wrong: str, **facts: Any) -> HTMLResponse:
    return page(here, template, status=422 if wrong else 200, wrong=wrong, section="units", **facts)
