"""A document that is sent up to be read as a plan: what it is, its text, and what the program proposes."""

from __future__ import annotations

from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, NamedTuple

from ...calendar.reviewing.proposing import propose
from ...documents.reading import text_of
from ...documents.uploads import DocumentKind, kind_of_document, safe_name
from ...ledger.attachments import FileFacts

if TYPE_CHECKING:
    from ...calendar.reviewing.shapes import Proposed

# A long document keeps a core busy for seconds; others wait, so that pages are answered meanwhile.
_AT_WORK = BoundedSemaphore(1)


class Read(NamedTuple):
    """A document's file as it is kept, and what was read in it."""

    file: FileFacts
    proposed: Proposed


def read(data: bytes, name: str) -> Read:
    """Read a document that came under a name; raises :class:`DubanError` saying why it cannot be read."""
    shown = Path(safe_name(name, "txt")).stem
    with _AT_WORK:
        text = text_of(data, Path(name).name or shown)
        kind = _kind(data, name)
        proposed = propose(text, Path(name).stem)
    return Read(FileFacts(safe_name(name, kind.extension), kind.media_type, data), proposed)


def _kind(data: bytes, name: str) -> DocumentKind:
    """Give what a document is that could be read: a page is served as bytes, never to be shown."""
    if data.startswith((b"%PDF-", b"PK")):
        return kind_of_document(data, name)
    if Path(name).suffix.lower() in (".html", ".htm") or data.lstrip()[:1] == b"<":
        return DocumentKind("application/octet-stream", "html")
    return DocumentKind("text/plain", "txt")
