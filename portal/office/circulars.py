"""Bulletins and summaries at the desk: read as they are or were issued, signed, declined, drafted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from ...app.papers import name_of
from ...app.papers_bulletin import circular_paper, issued_name
from ...documents.official import DOCX, write
from ...ledger import circular_list, circulars, journal
from ...obligations.circular_names import QUARTERS
from ...obligations.errors import DubanError
from .. import flash
from ..access import AbsentError, Act, Here, may
from ..asked import Small, number
from ..filled import Typed, word
from .papers_index import offer
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.datastructures import FormData

    from ...ledger.book import Session
    from ...ledger.tables import Circular
    from ..access import Desk

router = APIRouter(prefix="/papers/circulars", include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
Drafting = Annotated[Here, Depends(may(Act.DRAFT))]
Signing = Annotated[Here, Depends(may(Act.SIGN))]


@router.get("/{circular_id}.docx")
def paper(here: Looking, circular_id: Small) -> Response:
    """Give what was issued, to the byte as it left, or the draft as it stands."""
    with here.read() as desk:
        found = _there(desk, circular_id)
        if found.issued_at is not None:
            data, name = circular_list.content(desk.session, found.id), issued_name(found)
        else:
            made = circular_paper(desk.session, found, *here.office)
            data, name = write(made), name_of(made)
    with here.write() as desk:
        detail = {"kind": "circular", "circular": circular_id}
        journal.append(desk.session, here.counter.now(), here.caller.by, "paper.exported", "paper", detail)
    return sent(data, name)


@router.post("/draft")
def draft(here: Drafting, typed: Typed) -> Response:
    """Draft the paper of a quarter that is over, or with no quarter of the year."""
    try:
        with here.write() as desk:
            about = word(typed, "plan"), number(word(typed, "year")) or 0, _quarter(typed)
            circulars.draft(desk.session, *about, desk.now, desk.caller.by)
    except DubanError as wrong:
        return offer(here, str(wrong))
    return flash.went(here.request, "/papers", "drafted")


@router.post("/{circular_id}/sign")
def sign(here: Signing, circular_id: Small) -> Response:
    """Sign a draft: it gets its number, is kept as it is now, and leaves."""

    def written(row: Circular) -> bytes:
        return write(circular_paper(desk.session, row, *here.office))

    try:
        with here.write() as desk:
            _there(desk, circular_id)
            who = (desk.now, desk.caller.by, here.counter.means)
            done = circulars.sign(desk.session, circular_id, *who, write=written)
    except AbsentError:
        raise
    except DubanError as wrong:
        return offer(here, str(wrong))
    here.counter.ring()
    return flash.went(here.request, "/papers", "signed-untold" if done.untold else "signed")


@router.post("/{circular_id}/drop")
def drop(here: Signing, circular_id: Small, typed: Typed) -> Response:
    """Decline to sign, saying why."""
    try:
        with here.write() as desk:
            _there(desk, circular_id)
            circulars.drop(desk.session, circular_id, desk.now, desk.caller.by, word(typed, "reason"))
    except AbsentError:
        raise
    except DubanError as wrong:
        return offer(here, str(wrong))
    return flash.went(here.request, "/papers", "dropped")


def _there(desk: Desk, circular_id: int) -> Circular:
    found = circular_list.find(desk.session, circular_id)
    if found is None:
        raise AbsentError
    return found


def waiting(session: Session, _now: datetime) -> list[Pending]:
    """Give what waits for a signature."""
    count = circular_list.waiting(session)
    return [Pending(f"{count}份季度通报或年度总结待签发", count, "/papers#circulars", Act.SIGN)]


def sent(data: bytes, name: str) -> Response:
    """Give a paper to save under its Chinese name."""
    named = f"attachment; filename=\"paper.docx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=DOCX, headers={"content-disposition": named})


def _quarter(typed: FormData) -> int:
    asked = number(word(typed, "quarter")) or 0
    return asked if asked in QUARTERS else 0
