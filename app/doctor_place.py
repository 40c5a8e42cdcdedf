"""The data folder, the disk, the outbox and the key file."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

from ..calendar.dates import local_day
from .backup_daily import latest
from .backup_shelf import made_at
from .doctor_finding import Finding, doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from .settings import Settings

MEGABYTE = 1_000_000
SCARCE, LOW = 200, 1000  # megabytes
BACKUP_DAYS = 2
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def place_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check that the folders can be written to, that the disk has room, and that the key is its owner's."""
    data = settings.data.resolve()
    if not data.is_dir():
        yield wrong("数据目录", f"{data} 不存在", "运行 duban up 建立；或用 --data、DUBAN_DATA 指明所在")
        return
    yield _writable("数据目录", data)
    yield _disk(data)
    yield _writable("发件箱", settings.outbox)
    yield _key(settings, data / "secret.key")
    yield _backup(settings, now)


def _writable(item: str, folder: Path) -> Finding:
    if not folder.exists():
        return fine(item, f"{folder}（首次投递时建立）")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return wrong(item, f"{folder} 不能写入", "检查该文件夹的读写权限，以及是否属于运行 duban 的用户")
    return fine(item, str(folder))


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // MEGABYTE
    said = f"剩余 {free / 1000:.1f} GB" if free >= LOW else f"剩余 {free} MB"
    if free < SCARCE:
        return wrong("磁盘空间", said, "清理磁盘，或把数据目录移到更大的磁盘")
    return doubtful("磁盘空间", said, "尽早清理磁盘") if free < LOW else fine("磁盘空间", said)


def _backup(settings: Settings, now: datetime) -> Finding:
    last = latest(settings.backups)
    at = made_at(last) if last else None
    if at is None:
        return doubtful("备份", f"{settings.backups} 中还没有备份", "运行 duban backup")
    days = (local_day(now) - at.date()).days
    said = f"最近一份 {at:%m-%d %H:%M}"
    if days > BACKUP_DAYS:
        remedy = "运行 duban backup，并查看“备份”日程为何没有运行"
        return doubtful("备份", f"{said}，已有{days}天没有备份", remedy)
    return fine("备份", said)


def _key(settings: Settings, path: Path) -> Finding:
    if settings.secret_key.get_secret_value():
        return fine("密钥", "由 DUBAN_SECRET_KEY 提供")
    if not path.exists():
        return fine("密钥", "尚未建立（首次启动时建立）")
    if os.name == "posix" and path.stat().st_mode & FOR_OTHERS:
        return doubtful("密钥", f"{path} 可被其他用户读取", f"运行 chmod 600 {path}")
    return fine("密钥", f"{path}，仅所有者可读")
