"""A backup becomes a book again: all or nothing, and proved equal to what was backed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import attachments, copying, journal
from ..obligations.errors import DubanError
from .backup import checked, file_name, table_name, unpacked

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from ..ledger.book import Book
    from ..ledger.copying import Head, Sum
    from .backup import Manifest


def restore(path: Path, book: Book, files: Path, key: bytes | None = None) -> Manifest:
    """Put a backup into a book that is empty, all or nothing, with its attachments, and prove it equal.

    Equal is: each table sums to the same, the journal's head is the same, and the proof of the whole passes.
    Raises :class:`DubanError` otherwise, and when the book is not empty or the backup is of another shape.
    """
    with unpacked(path, key) as archive:
        manifest = checked(archive)
        book.migrate()
        if manifest.revision != book.revision():
            raise DubanError(
                f"备份的结构版本是 {manifest.revision}，本程序是 {book.revision()}；"
                "请用做备份时的程序恢复，再升级程序。"
            )
        for digest in manifest.files:
            attachments.store(files, archive.read(file_name(digest)))
        with book.write() as session:
            if not copying.is_empty(session):
                raise DubanError(f"账簿 {book.name} 中已有内容，没有恢复；请恢复到一本空的账簿。")
            for table in copying.tables():
                copying.fill(session, table, _lines(archive, table))
            prove(session, manifest.tables, manifest.head, None if manifest.missing else files)
    return manifest


def prove(session: Session, sums: Mapping[str, Sum], head: Head, files: Path | None) -> None:
    """Compare what was just filled in with what it was taken from, and prove it in itself.

    ``files`` is the folder of attachments, if their bytes are to be proved too. Raises :class:`DubanError`
    for the first thing that does not fit.
    """
    copying.restart_numbers(session)
    session.flush()
    session.expire_all()
    for name, one in sums.items():
        if copying.sum_of(copying.lines(session, name)) != one:
            raise DubanError(f"写入的表“{name}”与原来的不一致，全部撤回，没有写入。")
    if copying.head(session) != head:
        raise DubanError("写入的留痕末条与原来的不一致，全部撤回，没有写入。")
    found = journal.verify(session, files=files)
    if not found.ok:
        raise DubanError(f"写入的账簿没有通过核验，全部撤回，没有写入：{found.reason_zh}。")


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[str]:
    with archive.open(table_name(table)) as part:
        for line in part:
            yield line.decode().rstrip("\n")
