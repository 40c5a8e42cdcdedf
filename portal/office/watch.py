"""Key persons and places at the desk, for the roles that the plan names; each look at one is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import local_day
from ...ledger import people, watch_list, watching
from ...ledger.watching import NewWatched
from ...obligations.errors import DubanError
from ...obligations.watching import Result
from .. import flash
from ..access import AbsentError, Act, ForbiddenError, Here, may
from ..asked import Small, filters, start, text
from ..filled import Typed, word
from ..naming import known_units, named_unit
from ..pages import page
from ..visiting import visit as visited
from .case import Attempt
from .units import day

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...ledger.tables import Watched
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Watching = Annotated[Here, Depends(may(Act.WATCH))]
LIMIT = 50
STATES = {"overdue": "逾期未回访", "abnormal": "最近一次回访有异常", "off": "已移出"}
DONE = {"added": "已列入，到期自动提醒责任单位回访。", "visit": "回访已登记。", "off": "已移出。"}
NAMES = ("key", "kind", "label", "unit", "since", "why")


@router.get("/watch")
def watch(here: Watching) -> HTMLResponse:
    """Show what this role may see, by when the next visit is due."""
    chosen = {name: text(here.request, name) or "" for name in ("state", "unit")}
    role = here.caller.role
    with here.write() as desk:
        units = people.called(desk.session, chosen["unit"]) if chosen["unit"] else None
        found = watch_list.watched(
            *(desk.session, here.now, role),
            state=chosen["state"],
            unit_ids=None if units is None else [one.id for one in units],
            start=start(here.request),
            limit=LIMIT,
        )
        watching.note_list(desk.session, [one.id for one in found.rows], desk.now, desk.caller.by)
        names = {one.rule.key: one.rule.name for one in watch_list.kinds(desk.session, here.now, role)}
    return page(
        *(here, "office/watch.html"),
        found=found,
        names=names,
        chosen=chosen,
        STATES=STATES,
        start=start(here.request),
        limit=LIMIT,
        address=filters("/watch", chosen),
        section="findings",
    )


@router.get("/watch/new")
def new(here: Watching) -> HTMLResponse:
    """Show the form for a new entry."""
    _refuse_reader(here)
    return _form(here, {"key": here.counter.new_token(), "since": local_day(here.now).isoformat()})


@router.post("/watch/new")
def add(here: Watching, typed: Typed) -> Response:
    """Enter a person or place."""
    _refuse_reader(here)
    try:
        with here.write() as desk:
            made = watching.add(desk.session, _draft(desk, typed), desk.now, desk.caller.by)
    except DubanError as wrong:
        return _form(here, {name: word(typed, name) for name in NAMES}, str(wrong))
    return flash.went(here.request, f"/watch/{made.id}", "added")


def _draft(desk: Desk, typed: FormData) -> NewWatched:
    known = {one.key: one for one in watch_list.kinds(desk.session, desk.now, desk.caller.role)}
    kind = known.get(word(typed, "kind"))
    if kind is None:
        raise DubanError("请选择类别。")
    return NewWatched(
        key=f"watch-{word(typed, 'key')}",
        slug=kind.slug,
        rule=kind.rule,
        label=word(typed, "label"),
        unit_id=named_unit(desk, word(typed, "unit")).id,
        since=day(word(typed, "since"), "列管日期"),
        why=word(typed, "why"),
    )


def _form(here: Here, said: dict[str, str], wrong: str = "") -> HTMLResponse:
    with here.read() as desk:
        facts: dict[str, Any] = {"units": known_units(desk)}
        facts["kinds"] = watch_list.kinds(desk.session, here.now, here.caller.role)
    facts |= {"said": dict.fromkeys(NAMES, "") | said, "wrong": wrong, "section": "findings"}
    return page(here, "office/watch_form.html", status=409 if wrong else 200, **facts)


@router.get("/watch/{watched_id}")
def entry(here: Watching, watched_id: Small) -> HTMLResponse:
    """Show an entry with its visits; that somebody looked is put on record first."""
    return _show(here, watched_id)


def _show(here: Here, watched_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.write() as desk:
        found = _found(desk, watched_id)
        watching.note_look(desk.session, found, desk.now, desk.caller.by)
        facts: dict[str, Any] = {"found": watch_list.whole(desk.session, found)}
    facts |= {"attempt": attempt, "done": flash.said(here.request, DONE), "Result": Result}
    return page(here, "office/watched.html", status=409 if attempt else 200, section="findings", **facts)


@router.post("/watch/{watched_id}/visit")
def visit(here: Watching, watched_id: Small, typed: Typed) -> Response:
    """Keep a visit that the unit told of, or that the office made."""
    return _do(here, watched_id, "visit", typed, lambda desk, found: visited(here, desk, found, typed))


@router.post("/watch/{watched_id}/off")
def off(here: Watching, watched_id: Small, typed: Typed) -> Response:
    """Take an entry off the list."""

    def do(desk: Desk, found: Watched) -> None:
        watching.take_off(desk.session, found, desk.now, desk.caller.by, why=word(typed, "why"))

    return _do(here, watched_id, "off", typed, do)


def _do(
    here: Here, watched_id: int, act: str, typed: FormData, do: Callable[[Desk, Watched], None]
) -> Response:
    _refuse_reader(here)
    try:
        with here.write() as desk:
            do(desk, _found(desk, watched_id))
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, watched_id, Attempt(act, typed, str(wrong)))
    return flash.went(here.request, f"/watch/{watched_id}", act)


def _refuse_reader(here: Here) -> None:
    """Raise :class:`ForbiddenError` for whoever may look, and not enter anything."""
    if not here.caller.may(Act.FIND):
        raise ForbiddenError


def _found(desk: Desk, watched_id: int) -> Watched:
    """Give an entry that this role may see; raises :class:`AbsentError` for any other."""
    found = watching.find(desk.session, watched_id)
    if found is None or not watch_list.may_see(desk.session, found, desk.caller.role):
        raise AbsentError
    return found
