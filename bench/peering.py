"""Others at the same job, each in a process and a venv of its own: find what is due, hand it to a sink."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import sink
from .books import scratch
from .memory import MIB, Watch
from .report import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
VENVS = HERE.parent / "build" / "peers"
SIZES = (2_000, 20_000)
MOMENTS = 3
TIMES = 10.0  # as fast as what keeps a run for each unit, duban is to be


@dataclass(frozen=True)
class Peer:
    """One other way. ``most``: how many units it hands over at each moment; ``runs``: a run for each unit.

    ``kept``: its answers are kept, as duban's are.
    """

    name: str
    key: str
    most: tuple[int, int]
    runs: bool = False
    kept: bool = False


# Where all would take hours, fewer are handed over out of as many: the table says how many.
PEERS = (
    Peer("Huey, a task for each unit, answers kept", "huey", (2_000, 4_000), kept=True),
    Peer("APScheduler, a job each, answers kept", "apscheduler", (2_000, 4_000), kept=True),
    Peer("Huey as it comes, nothing kept", "huey", (2_000, 4_000)),
    Peer("APScheduler as it comes, nothing kept", "apscheduler", (2_000, 4_000)),
    Peer("Healthchecks' way, a check for each unit", "checks", (150, 100)),
    Peer("Prefect, a task run for each unit", "prefect", (200, 150), runs=True),
    Peer("Dagster, a dynamic output for each unit", "dagster", (40, 30), runs=True),
)


class Done(NamedTuple):
    """What one run came to: reminders handed over, seconds, and the peak of its memory in MiB."""

    handed: int
    seconds: float
    peak: float

    @property
    def rate(self) -> float:
        return self.handed / self.seconds


def run(options: Options) -> None:
    """Measure each at each size, and print the table."""
    sizes = (options.rows,) if options.rows else (20,) if options.small else SIZES
    pythons = {peer.key: _python(peer.key, make=not options.small) for peer in PEERS}
    print("\npeers · SQLite")
    for line in _NOTES:
        print(f"  {line}")
    for units in sizes:
        _size(units, pythons, options)


_NOTES = (
    "A monthly duty, three reminders to each unit, each posted to the same local HTTP sink; 8 threads each.",
    "Kept: what the sink answered is on the disk for each reminder; duban keeps it, whatever it is asked.",
    "Measured from the first look for what is due to the last answer. Making the units, and jobs and servers",
    "ready, is not measured, but duban's opening of its round is. Every peer with what is cheapest in it",
    "(bench/peers/); duban: advance and deliver on SQLite, without Prefect's engine. Peak: the process and",
    "all below it. The ratio is to duban's last run before; where all is handed over, that is right before.",
)


def _size(units: int, pythons: dict[str, Path | str], options: Options) -> None:
    print()
    _line(f"{units:,} units", "handed over", "time", "rate", "peak", "duban / it")
    ours = _ours(units)
    for number, peer in enumerate(PEERS):
        most = min(peer.most[units > SIZES[0]], units)
        if number and most == units:
            ours = _ours(units)
        python = pythons[peer.key]
        if isinstance(python, str):
            _line(peer.name, python)
            continue
        try:
            came = _measured((str(python), str(HERE / "peers" / f"with_{peer.key}.py")), units, most, peer)
        except subprocess.CalledProcessError as wrong:
            _line(peer.name, f"ended with {wrong.returncode}")
        else:
            _told(peer.name, came, units, _judged(peer, ours.rate / came.rate, options))


def _ours(units: int) -> Done:
    came = _measured((sys.executable, "-m", "bench.peers.ours"), units, units)
    _told("duban", came, units, "")
    return came


def _told(name: str, came: Done, units: int, judged: str) -> None:
    every = came.handed == units * MOMENTS
    handed = f"{came.handed:,}" if every else f"{came.handed:,} of {units * MOMENTS:,}"
    _line(name, handed, f"{came.seconds:.1f} s", f"{came.rate:,.0f}/s", f"{came.peak:,.0f} MiB", judged)


def _judged(peer: Peer, ratio: float, options: Options) -> str:
    limit = TIMES if peer.runs else 1.0
    met = "met" if ratio >= limit else "MISSED"
    return f"{ratio:,.1f} (>= {limit:g}: {'too small to judge' if options.small else met})"


def _line(name: str, *cells: str) -> None:
    """Print a row at once: what comes after may take minutes."""
    print(f"  {name:<42}{''.join(f'{cell:<17}' for cell in cells)}".rstrip(), flush=True)


def _measured(command: Sequence[str], units: int, most: int, peer: Peer | None = None) -> Done:
    """Run one in a process of its own, and see at the sink that each reminder came, once."""
    with scratch() as folder, sink.running() as taker:
        kept = ["kept"] if peer is not None and peer.kept else []
        asked = (*command, taker.url, str(folder), str(units), str(most), *kept)
        with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
            watch = Watch(process.pid)
            said, _ = process.communicate()
            watch.stop()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        came = json.loads(said.splitlines()[-1])
        assert taker.counted() == (came["handed"], came["handed"]), (command[-1], taker.counted())
    return Done(came["handed"], came["seconds"], watch.peak / MIB)


def _python(key: str, *, make: bool) -> Path | str:
    """Give the interpreter that has a peer's libraries, made at need; or why there is none."""
    wanted = HERE / "peers" / f"{key}.txt"
    place = VENVS / f"{key}-{sha256(wanted.read_bytes()).hexdigest()[:8]}"
    python, whole = place / "bin" / "python", place / "whole"
    if whole.exists():
        return python
    if not make:
        return "not installed yet"
    venv.create(place, clear=True, with_pip=True)
    install = (str(python), "-m", "pip", "install", "--quiet", "--requirement", str(wanted))
    done = subprocess.run(install, check=False, capture_output=True, text=True)  # noqa: S603 - pinned by us
    if done.returncode:
        return f"cannot be installed: {next(_errors(done.stderr), 'pip failed')}"
    whole.touch()
    return python


def _errors(said: str) -> Iterator[str]:
    return (line for line in said.splitlines() if line.startswith("ERROR"))
