"""A backup of the whole book with its attachments: one file, from one moment, checked before it is kept.

It is a .zip of plain lines (``ledger.copying``), so that it can be read without this program and restored
on either database. With a key it is sealed (``ledger.sealed``). The key of the channels' secrets is not
in it.
"""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import IO, TYPE_CHECKING, Any, cast

from ..calendar.dates import ZONE
from ..documents.archive import BLOCK, SUMS, Archive
from ..ledger import copying
from ..ledger.copying import Head, Sum
from ..ledger.sealed import Sealer, is_sealed, opened
from ..ledger.shelf import place
from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from sqlalchemy.orm import Session

    from ..ledger.book import Book

FORMAT = 1
MANIFEST = "备份说明.json"
ENDING = ".duban"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: when it was made (UTC), the book's shape, its journal's head, what tables sum to.

    ``files`` are the attachments by SHA-256; ``missing`` are those that the book names and the disk has not.
    """

    made_at: datetime
    revision: str
    head: Head
    tables: Mapping[str, Sum]
    files: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Give how many rows there are in all."""
        return sum(one.rows for one in self.tables.values())

    def as_json(self) -> bytes:
        """Give the manifest as it is kept."""
        said = {
            "format": FORMAT,
            "made_at": f"{self.made_at:%Y-%m-%dT%H:%M:%SZ}",
            "revision": self.revision,
            "journal": self.head._asdict(),
            "tables": {
                name: {**one._asdict(), "columns": copying.columns(name)} for name, one in self.tables.items()
            },
            "files": self.files,
            "missing": self.missing,
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that has been written, read again and found whole; ``sha256`` is of the file."""

    path: Path
    manifest: Manifest
    sha256: str
    size: int


def name_at(now: datetime) -> str:
    """Give the name of a backup made at ``now``, by the clock of Asia/Shanghai; names sort by time."""
    return f"duban-{now.astimezone(ZONE):%Y%m%d-%H%M%S}{ENDING}"


def make(book: Book, files: Path, target: Path, now: datetime, key: bytes | None = None) -> Made:
    """Write a backup to ``target`` while the program goes on, and read it again; nothing half-written stays.

    Raises :class:`DubanError` when there is a file of that name, the disk is full, or what was read again is
    not what was written.
    """
    if target.exists():
        raise DubanError(f"已有文件 {target}，没有覆盖；请换一个文件名。")
    part = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = mkstemp(dir=target.parent, prefix=".part-")
        with os.fdopen(handle, "wb") as out:
            manifest = _write(book, files, out, now, key)
            out.flush()
            os.fsync(out.fileno())
        made = Made(target, manifest, _sum_of(Path(part)), Path(part).stat().st_size)
        check(Path(part), key)
        Path(part).replace(target)
        target.with_name(f"{target.name}.sha256").write_text(
            f"{made.sha256}  {target.name}\n", encoding="utf-8"
        )
    except OSError as wrong:
        raise DubanError(
            f"备份没有写成：{wrong.strerror or wrong}（{target}）。请检查磁盘空间和写权限。"
        ) from wrong
    finally:
        if part:
            Path(part).unlink(missing_ok=True)
    return made


def check(path: Path, key: bytes | None = None) -> Manifest:
    """Read a backup through and give what it holds; raises :class:`DubanError` naming what is wrong in it."""
    with unpacked(path, key) as archive:
        return checked(archive)


@contextmanager
def unpacked(path: Path, key: bytes | None) -> Generator[zipfile.ZipFile]:
    """Open a backup; raises :class:`DubanError` when it is none, damaged, or sealed with another key."""
    try:
        with (
            path.open("rb") as source,
            closing(_plain(source, key)) as plain,
            zipfile.ZipFile(plain) as archive,
        ):
            yield archive
    except FileNotFoundError:
        raise DubanError(f"没有文件 {path}。") from None
    except zipfile.BadZipFile as wrong:
        raise DubanError(f"{path} 不是备份文件，或者已损坏（{wrong}）。") from wrong


def _write(book: Book, files: Path, out: IO[bytes], now: datetime, key: bytes | None) -> Manifest:
    if key is None:
        return _archive(book, files, out, now)
    with closing(Sealer(out, key)) as sealer:
        return _archive(book, files, cast("IO[bytes]", sealer), now)


def _archive(book: Book, files: Path, out: IO[bytes], now: datetime) -> Manifest:
    sums: dict[str, Sum] = {}
    with Archive(out, now.astimezone(ZONE)) as archive:
        with book.read() as session:
            head, named = copying.head(session), copying.files(session)
            for table in copying.tables():
                archive.add(table_name(table), _summed(session, table, sums))
        there = [digest for digest in named if place(files, digest).is_file()]
        for digest in there:
            archive.add_file(file_name(digest), place(files, digest))
        missing = tuple(sorted(set(named) - set(there)))
        revision = book.revision() or ""
        manifest = Manifest(now.astimezone(UTC), revision, head, sums, tuple(there), missing)
        archive.add(MANIFEST, manifest.as_json())
        archive.seal()
    return manifest


def _summed(session: Session, table: str, sums: dict[str, Sum]) -> Iterator[bytes]:
    count, digest = 0, sha256()
    for line in copying.lines(session, table):
        said = f"{line}\n".encode()
        count += 1
        digest.update(said)
        yield said
    sums[table] = Sum(count, digest.hexdigest())


def _plain(source: IO[bytes], key: bytes | None) -> IO[bytes]:
    if not is_sealed(source):
        return source
    if key is None:
        raise DubanError("这份备份是加密的，请用 --key 指明密钥文件。")
    # A .zip is read from its end, so it has to be whole first.
    plain = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115 - whoever opened closes
    try:
        for piece in opened(source, key):
            plain.write(piece)
    except BaseException:
        plain.close()
        raise
    plain.seek(0)
    return plain


def checked(archive: zipfile.ZipFile) -> Manifest:
    """Compare each part with the list of sums, and the tables with the manifest; gives that.

    Raises :class:`DubanError` naming what does not fit.
    """
    try:
        listed = archive.read(SUMS).decode()
        said: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except KeyError:
        raise DubanError("这个文件中没有备份说明和校验清单，不是 duban 的备份，或者没有写完。") from None
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in listed.splitlines())}
    if set(sums) != set(archive.namelist()) - {SUMS}:
        raise DubanError("备份中的文件与校验清单不一致：有文件缺少，或者多出。")
    for name, digest in sums.items():
        with archive.open(name) as part:
            if _digest(iter(lambda part=part: part.read(BLOCK), b"")) != digest:
                raise DubanError(f"备份中的“{name}”与校验清单不符，已损坏或被改动。")
    if said.get("format") != FORMAT or set(said["tables"]) != set(copying.tables()):
        raise DubanError("这份备份的格式或表与本程序不同；请用做备份时的程序恢复，再升级程序。")
    tables = {name: Sum(one["rows"], one["sha256"]) for name, one in said["tables"].items()}
    for name, one in tables.items():
        if sums.get(table_name(name)) != one.sha256:
            raise DubanError(f"备份说明中“{name}”的校验与内容不符。")
    head = Head(said["journal"]["seq"], said["journal"]["hash"])
    at, files, missing = datetime.fromisoformat(said["made_at"]), said["files"], said["missing"]
    return Manifest(at, said["revision"], head, tables, tuple(files), tuple(missing))


def table_name(table: str) -> str:
    """Give where a table lies in a backup."""
    return f"tables/{table}.jsonl"


def file_name(digest: str) -> str:
    """Give where an attachment lies in a backup."""
    return f"attachments/{digest}"


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(iter(lambda: file.read(BLOCK), b""))


def _digest(blocks: Iterator[bytes]) -> str:
    digest = sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
