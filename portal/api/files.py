"""Files that come for an obligation, one in a request, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse

from ...ledger import attachments, catalogue
from ..files import look_at, serve
from .described import ACTING, LOOKING_AT_ONE
from .kinds import Name, ObligationId, Sha256
from .limited import LimitedFile
from .once import Answer, Receiving
from .reading import Looking
from .shapes import obligation_shape
from .shapes_matter import Filed, FileShape

if TYPE_CHECKING:
    from ..access import Desk

router = APIRouter(route_class=LimitedFile)
_BINARY = "application/octet-stream"
FileName = Annotated[Name, Query(description="文件名", examples=["照片.jpg"])]
FileDigest = Annotated[Sha256, Path(description="附件的 SHA-256")]
_CONTENT = {_BINARY: {"schema": {"type": "string", "format": "binary"}}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "文件原样：照片（JPEG、PNG、WebP）、PDF、Word、Excel、WPS、纯文本；不超过15 MB。"
        "照片会缩小并去掉拍摄信息。",
        "content": _CONTENT,
    }
}
_THE_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "文件",
        "content": _CONTENT,
    }
}


@router.post(
    "/obligations/{obligation_id}/files",
    summary="上传附件",
    status_code=201,
    response_model=Filed,
    responses=ACTING,
    openapi_extra=_BODY,
)
def file(acting: Receiving, obligation_id: ObligationId, name: FileName) -> Response:
    """Keep a file for an obligation; a report may then name it by its SHA-256. The same file twice is one.

    What a file is, its content says, not its name.
    """
    with acting.here.read() as desk:
        found = desk.obligation(obligation_id)
    # Looked at and written before the book is opened for writing, where others would wait for it.
    kept = look_at(acting.body, name)
    with acting.here.read() as desk:
        attachments.check_room(desk.session, found, kept.sha256)
    attachments.store(acting.here.counter.attachments, kept.data)

    def work(desk: Desk) -> Answer:
        found = desk.obligation(obligation_id, lock=True)
        row = attachments.receive(desk.session, found, kept, desk.now, desk.caller.by)
        after = obligation_shape(catalogue.obligation(desk.session, found.id, desk.now))
        return Answer(Filed(obligation=after, file=FileShape.of(row)), 201)

    return acting.once(work)


@router.get(
    "/obligations/{obligation_id}/files/{sha256}",
    summary="下载附件",
    response_class=FileResponse,
    responses=LOOKING_AT_ONE | _THE_FILE,
)
def fetch(here: Looking, obligation_id: ObligationId, sha256: FileDigest) -> FileResponse:
    """Give a file of an obligation, to be saved and never shown in place."""
    with here.read() as desk:
        upload = desk.upload(obligation_id, sha256)
    return serve(here.counter.attachments, upload)
