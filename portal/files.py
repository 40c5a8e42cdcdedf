"""A file that came with a report, served so that it can do nothing: named by us, not opened in our pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import FileResponse

from ..ledger.attachments import place
from .access import AbsentError

if TYPE_CHECKING:
    from pathlib import Path

    from ..ledger.tables import Upload

# What our own encoder makes; nothing else is ever shown inside a page.
SHOWN = frozenset({"image/jpeg", "image/png"})
_POLICY = "default-src 'none'; sandbox"


def serve(folder: Path, upload: Upload, *, inline: bool = False) -> FileResponse:
    """Give a file to save, or with ``inline`` a photo to look at.

    Raises :class:`AbsentError` when its bytes are not there.
    """
    path = place(folder, upload.sha256)
    if not path.is_file():
        raise AbsentError
    how = "inline" if inline and upload.media_type in SHOWN else "attachment"
    headers = {
        "content-disposition": f"{how}; filename*=UTF-8''{quote(upload.name, safe='')}",
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        # The address names the content, so it never changes; but only who may see it keeps it.
        "cache-control": "private, max-age=86400",
    }
    return FileResponse(path, media_type=upload.media_type, headers=headers)
