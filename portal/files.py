"""A file of a report: looked at when it comes, and served so that it can do nothing in our pages."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import Path
from fastapi.responses import FileResponse

from ..documents.photos import clean_image, is_image
from ..documents.uploads import kind_of_document, safe_name
from ..ledger.attachments import FileFacts, place
from .access import AbsentError

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from ..ledger.tables import FindingFile, PlanDraft, Upload

# How an address names a file; of anything else no database is asked.
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
# What our own encoder makes; nothing else is ever shown inside a page.
SHOWN = frozenset({"image/jpeg", "image/png"})
# A large photo takes two hundred megabytes while it is looked at.
_AT_WORK = BoundedSemaphore(2)
_POLICY = "default-src 'none'; sandbox"


def look_at(data: bytes, name: str) -> FileFacts:
    """Give a file cleaned and with a harmless name; raises :class:`DubanError` for what is not taken."""
    if not is_image(data):
        kind = kind_of_document(data, name)
        return FileFacts(safe_name(name, kind.extension), kind.media_type, data)
    with _AT_WORK:
        image = clean_image(data)
    return FileFacts(safe_name(name, image.extension), image.media_type, image.data)


def serve(
    folder: FilePath, upload: Upload | FindingFile | PlanDraft, *, inline: bool = False
) -> FileResponse:
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
