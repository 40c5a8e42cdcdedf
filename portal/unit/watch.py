"""A unit looks at a person or place that it is to visit, and says what it found; each look is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from ...ledger import watch_list, watching
from ...obligations.errors import DubanError
from ...obligations.watching import Result
from ..access import AbsentError
from ..asked import Small
from ..filled import Typed
from ..office.case import Attempt
from ..pages import go, page
from ..visiting import visit as visited
from .visit import Own

if TYPE_CHECKING:
    from ...ledger.tables import Watched
    from ..access import Desk, Here

router = APIRouter(prefix="/l/{token}/watch", include_in_schema=False)


@router.get("/{watched_id}")
def look(here: Own, watched_id: Small) -> HTMLResponse:
    """Show an entry to the unit whose task it is."""
    return _show(here, watched_id)


def _show(here: Here, watched_id: int, attempt: Attempt | None = None) -> HTMLResponse:
    with here.write() as desk:
        found = _mine(desk, watched_id)
        watching.note_look(desk.session, found, desk.now, desk.caller.by)
        facts: dict[str, Any] = {"found": watch_list.whole(desk.session, found), "attempt": attempt}
    return page(here, "unit/watched.html", status=409 if attempt else 200, Result=Result, **facts)


@router.post("/{watched_id}")
def visit(here: Own, watched_id: Small, typed: Typed) -> Response:
    """Keep a visit."""
    try:
        with here.write() as desk:
            visited(here, desk, _mine(desk, watched_id), typed)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _show(here, watched_id, Attempt("visit", typed, str(wrong)))
    return go(f"/l/{here.token}?done=visit")


def _mine(desk: Desk, watched_id: int) -> Watched:
    """Give an entry that this unit is to visit still; raises :class:`AbsentError` for any other."""
    found = watching.find(desk.session, watched_id)
    if found is None or found.unit_id != desk.caller.unit_id or found.off_at is not None:
        raise AbsentError
    return found
