"""A workbook handed to a browser to save, with a Chinese name; who took it out is entered in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi.responses import Response

from ...ledger import journal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..access import Here

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def hand_out(here: Here, what: str, name: str, content: bytes, detail: Mapping[str, Any]) -> Response:
    """Enter that ``what`` was exported, then give the file; without the entry nobody gets it."""
    with here.write() as desk:
        # Writing a long list takes a while, so the entry has the time at which it was done.
        journal.append(desk.session, here.counter.now(), here.caller.by, f"{what}.exported", what, detail)
    named = f"attachment; filename=\"{what}.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=XLSX, headers={"content-disposition": named})
