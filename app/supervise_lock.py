"""One ``duban up`` for each data folder: a lock that the system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Generator

NAME = "up.lock"


@contextmanager
def hold(data: Path) -> Generator[bool]:
    """Hold the data folder; gives whether whoever held it before was cut off without cleaning up.

    Raises :class:`DubanError` naming the process that holds it now, or why the folder cannot be used.
    """
    path = data / NAME
    with _opened(path) as file:
        if not _locked(file):
            raise DubanError(_taken(data, _read(file)))
        cut_off = _read(file) != ""
        _write(file, str(os.getpid()))
        try:
            yield cut_off
        finally:
            _write(file, "")


def holder(data: Path) -> str | None:
    """Give the process number of the ``duban up`` that holds the data folder, None when there is none."""
    path = data / NAME
    if not path.exists():
        return None
    try:
        with path.open("r+", encoding="utf-8") as file:
            return None if _locked(file) else _read(file)
    except OSError:
        return None


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as wrong:
        raise DubanError(
            f"数据目录 {path.parent} 不能使用：{wrong.strerror}。请检查读写权限，或用 --data 另选。"
        ) from wrong


def _locked(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 20)  # a byte past the text, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _taken(data: Path, pid: str) -> str:
    who = f"（进程号 {pid}）" if pid else ""
    return (
        f"数据目录 {data} 正由另一个 duban up 使用{who}，本次没有启动。"
        "请使用已在运行的那一个，或先停止它，或用 --data 指定另一个目录。"
    )


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
