"""The files of a report, for the office and those who look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from ..access import Act, Here, may
from ..asked import Number
from ..files import Digest, serve

router = APIRouter(include_in_schema=False)


@router.get("/obligations/{obligation_id}/file/{sha256}")
def file(
    here: Annotated[Here, Depends(may(Act.LOOK))],
    obligation_id: Number,
    sha256: Digest,
    inline: str = "",
) -> FileResponse:
    """Give a file to save; a photo may be looked at."""
    with here.read() as desk:
        upload = desk.upload(obligation_id, sha256)
    return serve(here.counter.attachments, upload, inline=inline == "1")
