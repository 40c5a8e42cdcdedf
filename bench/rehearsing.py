"""The demo of a whole year: how long it takes, and how much memory at its peak."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, Popen
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from .books import scratch
from .report import Options, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 90.0
PAUSE = 0.2  # seconds between two looks at the memory
MIB = 1 << 20
DUBAN = str(Path(sys.executable).with_name("duban"))


def run(options: Options) -> None:
    """Measure and print."""
    runs = options.pick(options.runs, 3, 1)
    notes = [
        f"The whole demo in a scratch folder, {runs} runs. Memory is that of all its processes together,"
    ]
    notes += ["pages that they share counted once, looked at five times a second."]
    report = Report("demo", options, notes)
    measured = [_measure(options) for _ in range(runs)]
    report.under("duban demo", [seconds for seconds, _ in measured], LIMIT)
    peaks = [peak for _, peak in measured]
    report.plain("peak memory", f"{median(peaks):,.0f} MiB", f"{min(peaks):,.0f} – {max(peaks):,.0f} MiB")
    report.print()


def _measure(options: Options) -> tuple[float, float]:
    with scratch() as folder:
        asked = ("--help",) if options.small else ("--data", str(folder / "demo"))
        return _watched((DUBAN, "demo", *asked))


def _watched(command: Sequence[str]) -> tuple[float, float]:
    """Give a command's seconds, and the most memory that all its processes had together, in MiB."""
    begun = perf_counter()
    with Popen(command, stdout=DEVNULL) as process:  # noqa: S603 - our own
        watch = _Watch(process.pid)
        code = process.wait()
    took = perf_counter() - begun
    watch.stop()
    assert code == 0, f"{' '.join(command)} ended with {code}"
    return took, watch.peak / MIB


class _Watch:
    """Looks at the memory of a process and of all below it until it is stopped; sees none but on Linux."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._over = Event()
        self._thread = Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            self.peak = max(self.peak, sum(map(_memory, _family(self._pid))))


def _family(pid: int) -> set[int]:
    """Give a process and all that descend from it."""
    parents = {int(one.name): _parent(one) for one in Path("/proc").glob("[0-9]*")}
    found, fresh = {pid}, {pid}
    while fresh := {child for child, parent in parents.items() if parent in fresh} - found:
        found |= fresh
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
