"""Files that come with reports: their bytes lie in a folder, each under its SHA-256; the book says whose.

A file is written whole, flushed to the disk, before the book speaks of it; so a crash leaves at most a file
that nothing refers to.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from tempfile import mkstemp
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.errors import DubanError
from . import reports
from .explain import BookError
from .kept import UPLOADS
from .shelf import place
from .tables import Upload
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from .tables import Obligation

MOST = 30  # files for one obligation


class NotStoredError(BookError):
    """The folder takes no file just now: the disk is full, or it cannot be written."""

    said = "文件没有收下：服务器存不下。填写的内容没有丢失，请稍后再传，或先不传附件。"

    def __init__(self, why: str) -> None:
        super().__init__(f"文件没有收下：服务器存不下（{why}）。请检查磁盘空间和文件夹的写权限。")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that has been looked at and cleaned: what it is called, what it is, its bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Give the name under which it lies."""
        return sha256(self.data).hexdigest()


def store(folder: Path, data: bytes) -> str:
    """Write the bytes under their SHA-256, which it gives; the same bytes are written once.

    Raises :class:`NotStoredError`, and then nothing is left.
    """
    digest = sha256(data).hexdigest()
    target = place(folder, digest)
    try:
        if not target.exists():
            _write(target, data)
    except OSError as wrong:
        raise NotStoredError(wrong.strerror or "") from wrong
    return digest


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)  # noqa: PTH105 - mkstemp gives a name
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - the same
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    # The name of a new file is on the disk only once its folder is.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_room(session: Session, found: Obligation, digest: str, ahead: Iterable[str] = ()) -> None:
    """Raise :class:`DubanError` for a file too many, so that it is not written; one known already is none.

    ``ahead`` names those that come before it.
    """
    here = {one.sha256 for one in of(session, found.id)} | set(ahead)
    if digest not in here and len(here) >= MOST:
        raise DubanError(f"每项最多传{MOST}个附件，已经满了。")


def receive(session: Session, found: Obligation, file: FileFacts, now: datetime, by: str) -> Upload:
    """Note that a file, stored already, came for an obligation; the same file twice is one.

    Raises :class:`DubanError` when there are too many.
    """
    if (known := _known(session, found, file.sha256)) is not None:
        return known
    check_room(session, found, file.sha256)
    values = {
        "obligation_id": found.id,
        "sha256": file.sha256,
        "name": file.name,
        "media_type": file.media_type,
        "size": len(file.data),
        "at": now,
        "by": by,
    }
    written = insert_new(session, Upload, values, ("obligation_id", "sha256"))
    if written is None:
        raise DubanError("这个文件刚刚已经收到，请刷新页面。")
    row = session.scalars(select(Upload).where(Upload.id == written)).one()
    reports.enter(session, found, now, by, "file.received", UPLOADS.said(row))
    return row


def _known(session: Session, found: Obligation, digest: str) -> Upload | None:
    return session.scalar(select(Upload).where(Upload.obligation_id == found.id, Upload.sha256 == digest))


def of(session: Session, obligation_id: int) -> list[Upload]:
    """Give the files that came for an obligation, in the order in which they came."""
    query = select(Upload).where(Upload.obligation_id == obligation_id).order_by(Upload.id)
    return list(session.scalars(query))
