"""How soon ``duban plan show`` answers."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from .books import scratch
from .report import Options, Report, ratios

LIMIT = 0.7
PLANS = ("erong-dafei", "changzhou-ranfang", "gongan-dafeizhiwei")
DUBAN = str(Path(sys.executable).with_name("duban"))


@dataclass(frozen=True)
class Command:
    """A command to time; ``cached`` lets Python find bytecode, even the standard library's, in a cache."""

    name: str
    words: tuple[str, ...]
    cached: bool = True

    def timed(self, cache: Path) -> float:
        """Run it and give the seconds."""
        setting = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        setting["PYTHONPYCACHEPREFIX"] = str(cache if self.cached else cache / "none")
        if not self.cached:
            setting["PYTHONDONTWRITEBYTECODE"] = "1"
        begun = perf_counter()
        subprocess.run(self.words, check=True, capture_output=True, env=setting)  # noqa: S603 - our own
        return perf_counter() - begun


def run(options: Options) -> None:
    """Measure and print."""
    runs = options.pick(options.runs, 9, 1)
    plans = 1 if options.small else len(PLANS)
    shows = [Command(f"duban plan show {slug}", (DUBAN, "plan", "show", slug)) for slug in PLANS[:plans]]
    first = Command("the last one, nothing compiled yet", shows[-1].words, cached=False)
    bare = Command("python -c pass", (sys.executable, "-c", "pass"))
    prefect = Command("python -c 'import prefect'", (sys.executable, "-c", "import prefect"))
    notes = [f"Each a process of its own, from start to end; turn about, {runs} runs after one unmeasured."]
    report = Report("show", options, notes)
    spent = _turn_about([*shows, first, bare, prefect], runs, unmeasured=0 if options.small else 1)
    for command in shows:
        report.under(command.name, spent[command], LIMIT)
    for command in (first, bare, prefect):
        report.seconds(command.name, spent[command])
    report.beside("ratio, the last one to 'import prefect'", ratios(spent[shows[-1]], spent[prefect]))
    report.print()


def _turn_about(commands: list[Command], runs: int, unmeasured: int) -> dict[Command, list[float]]:
    spent: dict[Command, list[float]] = {command: [] for command in commands}
    with scratch() as cache:
        for number in range(unmeasured + runs):
            for command in commands:
                took = command.timed(cache)
                if number >= unmeasured:
                    spent[command].append(took)
    return spent
