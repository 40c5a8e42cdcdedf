"""Receiving: a round's reports side by side with last round's, taken many at once or sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...ledger import accepting, desk_queries, receiving, round_counts
from ...obligations.outcome import Tally
from ...obligations.words import State
from .. import asked
from ..access import Act, Here, may
from ..asked import Small
from ..back import after, done_words, here_now
from ..filled import Typed, in_words, words
from ..pages import page
from .acts import version_seen
from .case import QUICK, Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...ledger.accepting import Taken
    from ...ledger.receiving import ReceivingSheet, SheetRow
    from ...ledger.tables import Upload
    from ..access import Desk

    Field = Mapping[str, Any]

router = APIRouter(include_in_schema=False)
LIMIT = 100
# What part of a round to show: its name in the address, what it is called, and the states in it.
PARTS: dict[str, tuple[str, tuple[State, ...]]] = {
    "waiting": ("待接收", (State.SUBMITTED,)),
    "missing": ("未报", (State.OWED,)),
    "returned": ("已退回", (State.RETURNED,)),
    "accepted": ("已接收", (State.ACCEPTED,)),
    "exempt": ("免报", (State.EXEMPT,)),
    "all": ("全部", ()),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One cell: this round's answer, its files, and the last round's."""

    text: str
    files: Sequence[Upload]
    before: str


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's row: what the book says, its answers in words, and what the forms need to know."""

    row: SheetRow
    answers: Sequence[Answer]
    case: Case


@router.get("/rounds/{round_id}")
def round_page(here: Annotated[Here, Depends(may(Act.LOOK))], round_id: Small) -> HTMLResponse:
    """Show a round's units with what each has reported."""
    return _show(here, round_id)


@router.post("/rounds/{round_id}/accept")
def accept(here: Annotated[Here, Depends(may(Act.RECEIVE))], round_id: Small, typed: Typed) -> Response:
    """Take the reports that were ticked, each in the version that was seen; the others are told."""
    seen = {
        int(one): version_seen(typed, f"version-{one}")
        for one in words(typed, "take")
        if one.isascii() and one.isdecimal() and int(one) <= asked.MOST
    }
    with here.write() as desk:
        found = desk.round(round_id)
        taken = accepting.accept_many(desk.session, found.id, seen, here.now, here.caller.by)
    if taken.refused or not taken.accepted:
        return _show(here, round_id, taken, status=409)
    return after(here.request, typed, f"/rounds/{round_id}", "accept-many", len(taken.accepted))


def _show(here: Here, round_id: int, taken: Taken | None = None, status: int = 200) -> HTMLResponse:
    start = asked.start(here.request)
    with here.read() as desk:
        found = desk.round(round_id)
        counts = desk_queries.states_of(desk.session, found.id)
        part = _part(here, counts)
        sheet = receiving.sheet(
            desk.session, found.id, here.now, states=PARTS[part][1], offset=start, limit=LIMIT
        )
        lines = _lines(desk, sheet)
        tallies = round_counts.count_now(desk.session, [found.id], None, here.now)
        plan = desk_queries.plan_title(desk.session, found.plan_id)
    facts: dict[str, Any] = {
        "round": found,
        "plan": plan,
        "sheet": sheet,
        "lines": lines,
        "tally": tallies.get(found.id, Tally()),
        "parts": [(key, name, _count(states, counts)) for key, (name, states) in PARTS.items()],
        "part": part,
        "start": start,
        "limit": LIMIT,
        "address": asked.filters(f"/rounds/{round_id}", {"show": part}),
        "ticked": here.request.query_params.get("all") == "1",
        "returning": asked.whole(here.request, "return"),
        "back": f"/rounds/{round_id}" if taken else here_now(here.request),
        "taken": taken,
        "done": done_words(here.request),
        "QUICK": QUICK,
    }
    return page(here, "office/receiving.html", status=status, section="year", **facts)


def _part(here: Here, counts: Mapping[State, int]) -> str:
    asked_for = here.request.query_params.get("show", "")
    return asked_for if asked_for in PARTS else "waiting" if counts[State.SUBMITTED] else "all"


def _count(states: Sequence[State], counts: Mapping[State, int]) -> int:
    return sum(counts[state] for state in states or State)


def _lines(desk: Desk, sheet: ReceivingSheet) -> list[Line]:
    files = desk_queries.files_of(desk.session, [row.obligation_id for row in sheet.rows])
    form: Sequence[Field] = sheet.round.form
    return [_line(row, form, files.get(row.obligation_id, ())) for row in sheet.rows]


def _line(row: SheetRow, form: Sequence[Field], files: Sequence[Upload]) -> Line:
    version = row.latest.version if row.latest else 0
    case = Case(row.obligation_id, row.state, version, row.due_at, form)
    return Line(row, [_answer(field, row, files) for field in form], case)


def _answer(field: Field, row: SheetRow, files: Sequence[Upload]) -> Answer:
    answers: Mapping[str, Any] = row.latest.answers if row.latest else {}
    answer, before = answers.get(field["key"]), row.before.answers if row.before else {}
    if field["type"] == "files" and isinstance(answer, list):
        named: set[Any] = set(answer)  # pyright: ignore[reportUnknownArgumentType] - of JSON
        return Answer("", [one for one in files if one.sha256 in named], "")
    # Last round's files are of no use beside this round's; its text, where the papers lay, is.
    was = "" if field["type"] == "files" else in_words(field, before)
    return Answer(in_words({**field, "unit": ""}, answers), (), was)
