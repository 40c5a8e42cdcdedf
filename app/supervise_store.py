"""The file in which Prefect's server keeps its runs: the book is the truth, so this one may be lost.

A server goes on with a file that was deleted under it for as long as its connections last, and mixes it with
an empty one when it opens another. So whoever watches over it looks whether the file is still the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger.damage import is_damaged

if TYPE_CHECKING:
    from pathlib import Path

NAME = "prefect.db"


class Store:
    """Prefect's own SQLite file; where the server has its database elsewhere, there is none."""

    def __init__(self, home: Path) -> None:
        """Take Prefect's folder."""
        self._path = home / NAME
        self._opened: tuple[int, int] | None = None

    def note(self) -> None:
        """Take note of which file it is, when the server has just begun to answer."""
        self._opened = self._there()

    def is_lost(self) -> bool:
        """Tell whether the file that the server opened is gone from its place."""
        return self._opened is not None and self._there() != self._opened

    def set_aside_damaged(self) -> Path | None:
        """Rename the file when it is damaged, for the server to make a new one; gives the new name.

        Only while the server is not running. The one that was renamed before is overwritten.
        """
        if not self._path.exists() or not is_damaged(self._path):
            return None
        for end in ("-wal", "-shm"):
            self._path.with_name(NAME + end).unlink(missing_ok=True)
        return self._path.replace(self._path.with_name(f"{NAME}.damaged"))

    def _there(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
