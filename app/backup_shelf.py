"""Which daily backups stay: enough to go back a year, few enough for a small disk."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from .backup import ENDING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DAYS: Final = 14
WEEKS: Final = 8
MONTHS: Final = 12
RULE: Final = f"最近{DAYS}天每天留一份，最近{WEEKS}周每周留一份，最近{MONTHS}个月每月留一份"
_NAME = re.compile(rf"duban-(\d{{8}}-\d{{6}}){re.escape(ENDING)}")


def made_at(name: str) -> datetime | None:
    """Give when a backup of this name was made, by the clock of Asia/Shanghai; None for another file."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%d-%H%M%S") if found else None  # noqa: DTZ007 - a name has no zone


def staying(names: Iterable[str]) -> frozenset[str]:
    """Give which of these backups stay: the last of each of the latest days, weeks and months that have one.

    It is counted in days with a backup, not from today: who was switched off for a month keeps what there is.
    """
    dated = sorted(((at, name) for name in names if (at := made_at(name))), reverse=True)
    stays: set[str] = set()
    for most, span in ((DAYS, _day), (WEEKS, _week), (MONTHS, _month)):
        last: dict[tuple[int, ...], str] = {}
        for at, name in dated:
            last.setdefault(span(at), name)
        stays |= set(list(last.values())[:most])
    return frozenset(stays)


def thin(folder: Path) -> list[str]:
    """Delete the backups in a folder that need not stay, and their sums; gives their names, oldest first."""
    names = [path.name for path in folder.iterdir() if made_at(path.name)]
    gone = sorted(set(names) - staying(names))
    for name in gone:
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.sha256").unlink(missing_ok=True)
    return gone


def _day(at: datetime) -> tuple[int, ...]:
    return at.year, at.month, at.day


def _week(at: datetime) -> tuple[int, ...]:
    return tuple(at.isocalendar()[:2])


def _month(at: datetime) -> tuple[int, ...]:
    return at.year, at.month
