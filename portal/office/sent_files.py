"""Files that the office sends up to be read, not for a report: taken with a limit, found again by hash."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import Response

from ...ledger import attachments
from ...ledger.attachments import NotStoredError
from ...obligations.errors import DubanError
from ..access import AbsentError

if TYPE_CHECKING:
    from ..access import Here
    from ..limits import Sent

MOST_BYTES = 5_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 64 * 1024


def only_file(form: Sent, name: str) -> tuple[str, bytes]:
    """Give the name and the bytes of the one file that was chosen; raises :class:`DubanError` for none.

    Raises :class:`NotStoredError` too. Nothing is held beyond the limit: it is counted while it is read.
    """
    files = form.files(name)
    if name in form.unstored:
        raise NotStoredError(form.unstored[name])
    if name in form.refused:
        raise _too_large()
    if not files:
        raise DubanError("请先选择文件。")
    data, file = bytearray(), files[0].file
    while chunk := file.read(_CHUNK):
        data += chunk
        if len(data) > MOST_BYTES:
            raise _too_large()
    return files[0].filename or "", bytes(data)


def _too_large() -> DubanError:
    return DubanError(f"文件过大，没有收下；请不超过{MOST_BYTES // 1_000_000} MB，文件中的图片请先删去。")


def kept(here: Here, digest: str) -> bytes:
    """Give the bytes of a file that was sent up before; raises :class:`AbsentError` when there is none."""
    place = attachments.place(here.counter.attachments, digest)
    try:
        size = place.stat().st_size
        if size > MOST_BYTES:
            raise AbsentError
        return place.read_bytes()
    except OSError:
        raise AbsentError from None


def download(data: bytes, name: str) -> Response:
    """Give a workbook to be saved under a name."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=XLSX, headers=headers)
