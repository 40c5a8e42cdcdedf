"""The memory of a process and of all below it, pages that they share counted once; none seen but on Linux."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

PAUSE = 0.2  # seconds between two looks
MIB = 1 << 20


class Watch:
    """Looks at the memory of a process and of all below it until it is stopped; ``peak`` is in bytes."""

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


def peak() -> int:
    """Give the most bytes that this process has held, without those of the process that started it."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


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
