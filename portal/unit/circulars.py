"""Bulletins as a unit reads them: on its list for a month, as they left."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from ...app.papers_bulletin import issued_name
from ...documents.official import DOCX
from ...ledger import circular_list
from ...obligations.circular_names import circular_number
from ..access import AbsentError
from ..asked import Small
from .also_kind import Also
from .visit import Own

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session

router = APIRouter(prefix="/l/{token}/circulars", include_in_schema=False)


@router.get("/{circular_id}.docx")
def paper(here: Own, circular_id: Small) -> Response:
    """Give a bulletin that was sent to the unit."""
    with here.read() as desk:
        unit_id = desk.caller.unit_id
        found = circular_list.of_unit(desk.session, unit_id, here.now, circular_id) if unit_id else []
        if not found:
            raise AbsentError
        data, name = circular_list.content(desk.session, circular_id), issued_name(found[0])
    named = f"attachment; filename=\"paper.docx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=DOCX, headers={"content-disposition": named})


def mine(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the bulletins of the last month, for a unit's list."""
    return [
        Also(
            "通报",
            one.title,
            f"circulars/{one.id}.docx",
            f"{circular_number(one.kind, one.numbered_in or 0, one.number)}，Word 文件。",
            None,
            "查看",
        )
        for one in circular_list.of_unit(session, unit_id, now)
    ]
