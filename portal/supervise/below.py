"""From above: the sums of the subtrees below, and the way into each of them, to look only."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...calendar.dates import ZONE, local_day
from ...ledger import below
from ...ledger.people import unit as unit_by
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..asked import Small
from ..pages import go, page

if TYPE_CHECKING:
    from ...ledger.scope import Scope
    from ..access import Desk

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
_MONTH = timedelta(days=31)


@router.get("/below")
def sums(here: Looking) -> HTMLResponse:
    """Show the sums of each subtree right below, of what was due in a month."""
    first = asked.month(here.request, "month") or local_day(here.now).replace(day=1)
    after = (first + _MONTH).replace(day=1)
    since, until = (datetime.combine(day, time(), ZONE) for day in (first, after))
    with here.whole() as desk:
        scope = _asked(desk, here)
        found = below.subtrees(desk.session, scope, since, until, here.now)
        above = _above(desk, here, scope)
    return page(
        *(here, "supervise/below.html"),
        section="below",
        rows=found,
        scope=scope,
        above=above,
        month=f"{first:%Y-%m}",
        said=f"{first.year}年{first.month}月",
    )


def _asked(desk: Desk, here: Here) -> Scope | None:
    """Give the subtree whose sums are asked for, the caller's own unless one below it is named."""
    own, at = here.caller.scope, asked.whole(here.request, "at")
    if not at or (own is not None and at == own.unit_id):
        return own
    if unit_by(desk.session, at) is None:
        raise AbsentError
    found = below.scope_at(desk.session, at)
    if own is not None and not found.path.startswith(own.path):
        raise AbsentError
    return found


def _above(desk: Desk, here: Here, scope: Scope | None) -> int | None:
    """Give the unit whose sums led to these, 0 for the whole book; none for the caller's own."""
    own = here.caller.scope
    if scope is None or (own is not None and scope.unit_id == own.unit_id):
        return None
    unit = unit_by(desk.session, scope.unit_id)
    return 0 if unit is None or unit.parent_id is None else unit.parent_id


@router.post("/below/leave")
def leave(here: Looking) -> Response:
    """Go back to one's own."""
    return _look_at(here, None, "/below")


@router.post("/below/{unit_id}")
def enter(here: Looking, unit_id: Small) -> Response:
    """Look at a subtree as its own office sees it; nothing can be done there."""
    return _look_at(here, unit_id, "/today")


def _look_at(here: Here, unit_id: int | None, then: str) -> Response:
    if here.caller.sign_in_id is None:
        raise AbsentError
    with here.counter.book.write() as session:
        below.look_at(session, here.caller.sign_in_id, unit_id, here.caller.root)
    return go(then)
