"""The scratch folder of a rehearsal: marked as such, and wiped only if it bears the mark."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError
from .supervise_lock import NAME as LOCK, hold

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

MARK = "演示数据.txt"
_SAID = """本文件夹由 duban demo 建立，里面的单位、联系人和上报都是虚构的，可以整个删除。
再次运行 duban demo 会清空本文件夹。
"""


@contextmanager
def fresh(folder: Path) -> Generator[None]:
    """Hold ``folder``, empty but for its mark, made if it is not there; nobody else may use it meanwhile.

    Raises :class:`DubanError`, having touched nothing, when it holds anything and bears no mark of ours, or
    when a ``duban up`` or another rehearsal is using it.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_strangers(folder)
        # The mark is there before anything else and stays throughout, so a wipe that was cut short can go on.
        (folder / MARK).write_text(_SAID, encoding="utf-8")
    with hold(folder):
        with _explained(folder):
            for child in folder.iterdir():
                _remove(child)
        yield


@contextmanager
def _explained(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as wrong:
        raise DubanError(
            f"演示文件夹 {folder} 用不了：{wrong.strerror}。请用 --data 另指定一个文件夹。"
        ) from wrong


def _refuse_strangers(folder: Path) -> None:
    mark = folder / MARK
    ours = mark.is_file() and mark.read_text(encoding="utf-8", errors="replace") == _SAID
    if not ours and any(folder.iterdir()):
        raise DubanError(
            f"文件夹 {folder} 里有别的内容，不是演示文件夹，没有改动它。请用 --data 另指定一个空文件夹。"
        )


def _remove(child: Path) -> None:
    if child.name in {MARK, LOCK}:
        return
    if child.is_dir() and not child.is_symlink():
        shutil.rmtree(child)
    else:
        child.unlink()
