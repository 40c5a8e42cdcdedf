"""What a benchmark says: aligned rows, medians with their spread, and a ratio against its target."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = "2026-11-23"
SEED = 20231  # chance, to be repeated


@dataclass(frozen=True)
class Options:
    """How much to measure; None leaves it to the benchmark. ``small`` only shows that it runs.

    ``pages`` asks the pages of a country's book too.
    """

    small: bool = False
    rows: int | None = None
    runs: int | None = None
    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")
    seed: int = SEED
    pages: bool = False

    def pick(self, asked: int | None, full: int, small: int) -> int:
        """Give what was asked for, else the size that fits."""
        if asked is not None:
            return asked
        return small if self.small else full


@dataclass
class Report:
    """The table of one benchmark, printed when it is whole."""

    title: str
    options: Options
    notes: list[str] = field(default_factory=list[str])
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def seconds(self, what: str, values: Sequence[float], per: int | None = None) -> None:
        """Add a row of times, with ``per`` things a second at the median."""
        rate = f"{per / median(values):,.0f}/s" if per else ""
        self.rows.append((what, time(median(values)), _span(values), rate, ""))

    def ratio(self, what: str, values: Sequence[float], limit: float, *, at_least: bool = False) -> None:
        """Add a row of ratios, one for each run, judged by their median."""
        middle = median(values)
        met = middle >= limit if at_least else middle <= limit
        target = f"{'>=' if at_least else '<='} {limit:g}: {self._verdict(met=met)}"
        self.rows.append((what, f"{middle:.2f}", f"{min(values):.2f} – {max(values):.2f}", "", target))

    def beside(self, what: str, values: Sequence[float]) -> None:
        """Add a row of ratios that have no target."""
        self.rows.append((what, f"{median(values):.2f}", f"{min(values):.2f} – {max(values):.2f}", "", ""))

    def under(self, what: str, values: Sequence[float], limit: float) -> None:
        """Add a row of times that are to stay under ``limit`` seconds."""
        target = f"< {time(limit)}: {self._verdict(met=median(values) < limit)}"
        self.rows.append((what, time(median(values)), _span(values), "", target))

    def most(self, what: str, value: float, limit: float) -> None:
        """Add a row of memory that is to stay within ``limit``, both in MiB."""
        target = f"<= {limit:g} MiB: {self._verdict(met=value <= limit)}"
        self.rows.append((what, f"{value:,.0f} MiB", "", "", target))

    def _verdict(self, *, met: bool) -> str:
        if self.options.small:
            return "too small to judge"
        return "met" if met else "MISSED"

    def plain(self, what: str, value: str, remark: str = "") -> None:
        """Add a row as it is."""
        self.rows.append((what, value, remark, "", ""))

    def print(self) -> None:
        """Print the table."""
        head = ("", "median", "min – max", "rate", "target")
        lines = [head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        print(f"\n{self.title}")
        for note in self.notes:
            print(f"  {note}")
        for line in lines:
            name, *cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            print("  ".join(["", name, *cells]).rstrip())


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Give the ratio of each run; the two of a run were measured one right after the other."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def _span(values: Sequence[float]) -> str:
    return f"{time(min(values))} – {time(max(values))}"


def time(seconds: float) -> str:
    """Give a time in the unit that suits it."""
    return f"{seconds:.2f} s" if seconds >= 0.995 else f"{seconds * 1000:.1f} ms"


def machine() -> str:
    """Name the machine and what runs on it; PostgreSQL's version stands with its figures."""
    return (
        f"{_cpu()}, {os.cpu_count()} cores; Python {platform.python_version()}; "
        f"SQLite {sqlite3.sqlite_version}; {platform.system()} {platform.release()}"
    )


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - a device of the kernel, not a file
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
