"""The demo of a whole year: how long it takes, and how much memory at its peak."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, Popen
from time import perf_counter
from typing import TYPE_CHECKING

from .books import scratch
from .memory import MIB, Watch
from .report import Options, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 90.0
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
        watch = Watch(process.pid)
        code = process.wait()
    took = perf_counter() - begun
    watch.stop()
    assert code == 0, f"{' '.join(command)} ended with {code}"
    return took, watch.peak / MIB
