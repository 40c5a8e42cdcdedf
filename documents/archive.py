"""An archive written as it grows: the same parts give the same bytes, and a list of SHA-256 sums ends it.

Nothing of it is held in memory but one block, and the names and sums of what has been written.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Final, Self

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

BLOCK: Final = 1 << 20
SUMS: Final = "SHA256SUMS.txt"
_UNFIT: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
_PACKED: Final = frozenset({"docx", "xlsx", "jpg", "jpeg", "png", "zip", "pdf"})
_REGULAR: Final = 0o100644 << 16
_UNIX: Final = 3


def file_name(text: str, longest: int = 80) -> str:
    """Give a name that every system takes for a file: no separators, no control characters, not too long."""
    plain = "".join(letter for letter in text.translate(_UNFIT) if letter.isprintable()).strip(" .")
    return plain[:longest].rstrip(" .") or "未命名"


@dataclass(slots=True)
class Archive:
    """A .zip that is being written to a file; every part bears the same moment, and a name of its own."""

    out: IO[bytes]
    dated: datetime
    sums: dict[str, str] = field(default_factory=dict[str, str])
    _zip: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        """Begin the archive."""
        self._zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        """Give the archive; it is ended at the end of the block, whole or not."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self._zip.close()

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Write a part; names are paths with ``/``. Raises DubanError for a name that is taken already."""
        if name in self.sums:
            raise DubanError(f"资料中有两份文件同名：{name}。")
        blocks, digest = ((content,) if isinstance(content, bytes) else content), sha256()
        with self._zip.open(self._entry(name), "w", force_zip64=True) as part:
            for block in blocks:
                digest.update(block)
                _ = part.write(block)
        self.sums[name] = digest.hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """Write a file of the disk as a part, block by block."""
        with path.open("rb") as file:
            self.add(name, iter(lambda: file.read(BLOCK), b""))

    def seal(self) -> str:
        """Write the list of sums, as ``sha256sum --check`` reads it, last of all; gives its own sum."""
        listed = "".join(f"{digest}  {name}\n" for name, digest in self.sums.items()).encode()
        self.add(SUMS, listed)
        return self.sums[SUMS]

    def _entry(self, name: str) -> zipfile.ZipInfo:
        at = self.dated
        entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        # What is packed already does not get smaller; the system that writes it must not show in the bytes.
        packed = name.rpartition(".")[2].lower() in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.create_system, entry.external_attr = _UNIX, _REGULAR
        return entry
