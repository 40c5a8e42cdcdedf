"""The journal to be read: the newest first, and one entry whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ...documents.plain_text import plain_line
from ...ledger import journal_list
from ...ledger.journal_list import EntryFilters
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..asked import Number
from ..pages import page
from . import words

if TYPE_CHECKING:
    from fastapi import Request

router = APIRouter(include_in_schema=False)
LIMIT = 100
LONGEST = 20_000  # characters of an entry that a page shows


@router.get("/journal")
def entries(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List entries, the newest first; ``after`` is the number below which to go on."""
    after, chosen = asked.whole(here.request, "after"), _filters(here.request)
    with here.read() as desk:
        found = journal_list.entries(desk.session, chosen, before=after, limit=LIMIT)
        names = journal_list.named(desk.session, found.rows)
    said = {"subject": chosen.subject, "by": chosen.by, "action": chosen.action}
    address = asked.filters("/journal", said).removesuffix("start=")
    return page(
        here,
        "supervise/journal.html",
        section="journal",
        found=found,
        names=names,
        chosen=chosen,
        after=after,
        address=address,
        words=words,
    )


def _filters(request: Request) -> EntryFilters:
    text = {name: plain_line(asked.text(request, name) or "") or None for name in ("subject", "by", "action")}
    return EntryFilters(**text)


@router.get("/journal/{seq}")
def entry(here: Annotated[Here, Depends(may(Act.LOOK))], seq: Number) -> HTMLResponse:
    """Show one entry as it is hashed; raises :class:`AbsentError`."""
    with here.read() as desk:
        found = journal_list.entry(desk.session, seq)
        names = journal_list.named(desk.session, [found] if found else [])
        following = journal_list.entry(desk.session, seq + 1)
    if found is None:
        raise AbsentError
    text = found.detail[:LONGEST]
    return page(
        here,
        "supervise/entry.html",
        section="journal",
        entry=found,
        about=words.subject(found.subject, names),
        text=text,
        cut=len(found.detail) > LONGEST,
        following=following,
        words=words,
    )
