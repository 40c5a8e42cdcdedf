"""A binder in the making: what it is about, and where its parts go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..documents.archive import Archive, file_name
from ..documents.listing import Column, write_listing
from ..ledger.filed_scope import Filed
from ..ledger.shelf import place
from ..obligations.moments import in_words
from .ledgers import Scope

if TYPE_CHECKING:
    from ..ledger.book import Session

FOLDERS: Final = (
    *("方案", "台账", "上报材料", "隐患", "案件", "督办文书", "会议", "通报和总结"),
    *("督查检查", "回头看", "阶段条件", "高峰夜", "线索移送", "重大事件", "留痕"),
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A binder in the making: what it is about, as of when (UTC), where files lie, and the archive.

    ``host`` is where the pages are. ``slug`` and ``year`` are those of the scope, which a binder always has;
    ``lacking`` gathers what ought to be in it and is not there yet, which the contents tell.
    """

    session: Session
    scope: Scope
    as_of: datetime
    files: Path
    archive: Archive
    title: str
    slug: str
    year: int
    host: str
    lacking: list[str] = field(default_factory=list[str])

    @property
    def filed(self) -> Filed:
        """Give what it is about, as the ledger is asked."""
        return Filed(self.slug, self.year, self.as_of, self.scope.unit, self.scope.round_id)

    def add(self, folder: str, name: str, content: bytes | Iterable[bytes]) -> None:
        """Write a part into one of the numbered folders."""
        self.archive.add(self.path(folder, name), content)

    def listing(
        self, folder: str, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]
    ) -> None:
        """Write rows as a workbook into one of the folders; nothing where there are none."""
        there = [*rows]
        if there:
            said = [self.title, f"截至：{in_words(self.as_of)}"]
            data = write_listing(name, said, columns, there, "", sheet=name, dated=self.as_of)
            self.add(folder, f"{name}.xlsx", data)

    def add_stored(self, folder: str, where: str, digest: str, name: str) -> None:
        """Copy a file that somebody sent, by its SHA-256; one that is gone from the disk is told of."""
        path, part = place(self.files, digest), f"{where}/{digest[:8]} {file_name(name)}"
        if path.is_file():
            self.archive.add_file(self.path(folder, part), path)
        else:
            gone = f"附件“{name}”的文件不见了，校验码 {digest}。\n"
            self.add(folder, f"{part}（缺失）.txt", gone.encode())

    def path(self, folder: str, name: str) -> str:
        """Give the path of a part: the folder bears its place in the table of contents."""
        return f"{FOLDERS.index(folder) + 1:02d} {folder}/{name}"
