"""A visit as it is typed into a form, from a unit's link and at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import watching
from ..ledger.means import Doing
from ..obligations.watching import Result
from .filled import word

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ..ledger.tables import Watched
    from .access import Desk, Here

SEEN = {"yes": True, "no": False}


def visit(here: Here, desk: Desk, found: Watched, typed: FormData) -> None:
    """Keep a visit as typed; raises :class:`DubanError` saying what is missing."""
    result = {str(one): one for one in Result}.get(word(typed, "result"))
    seen, text = SEEN.get(word(typed, "seen")), word(typed, "text")
    doing = Doing(desk.now, desk.caller.by, here.counter.means)
    watching.visit(desk.session, found, doing, seen=seen, result=result, text=text)
