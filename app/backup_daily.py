"""The backup that a township need not think of: once a day, at the first hour at which the machine is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..calendar.dates import local_day
from ..ledger.sealed import key_from
from ..obligations.errors import DubanError
from . import backup
from .backup_shelf import RULE, made_at, thin

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..ledger.book import Book
    from .backup import Made
    from .settings import Settings


class Daily(NamedTuple):
    """What came of it: the backup that was made, none when the day had one; and the old ones deleted."""

    made: Made | None
    gone: tuple[str, ...]

    @property
    def told(self) -> dict[str, str]:
        """Say it in words, by heading."""
        if self.made is None:
            return {"结果": "今天已有备份"}
        return {
            "结果": "已备份并核对",
            "文件": str(self.made.path),
            "SHA-256": self.made.sha256,
            "行数": str(self.made.manifest.rows),
            "缺少的附件": str(len(self.made.manifest.missing)),
            "清理": f"{len(self.gone)}份（{RULE}）",
        }


def latest(folder: Path) -> str | None:
    """Give the name of the latest backup in a folder; None when there is none."""
    names = [path.name for path in folder.iterdir() if made_at(path.name)] if folder.is_dir() else []
    return max(names, default=None)


def key_of(path: Path | None) -> bytes | None:
    """Read a key file; raises :class:`DubanError` when it cannot be read or holds no key."""
    if path is None:
        return None
    try:
        return key_from(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise DubanError(f"读不到备份密钥文件 {path}。") from None


def daily(settings: Settings, book: Book, now: datetime) -> Daily:
    """Back the book up unless the day of ``now`` (Asia/Shanghai) has a backup, and delete what need not stay.

    Raises :class:`DubanError` as :func:`backup.make` does; then the old ones stay.
    """
    folder, key = settings.backups, key_of(settings.backup_key_file)
    last = latest(folder)
    day = made_at(last) if last else None
    if day is not None and day.date() >= local_day(now):
        return Daily(None, ())
    made = backup.make(book, settings.attachments, folder / backup.name_at(now), now, key)
    return Daily(made, tuple(thin(folder)))
