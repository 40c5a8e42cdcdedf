"""Where files lie: each under its SHA-256, in a folder named by its first two digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def place(folder: Path, digest: str) -> Path:
    """Give where the bytes of a file lie."""
    return folder / digest[:2] / digest
