"""A child process: its group, its log, its restarts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KEPT = 3  # older logs kept: .1 is the last one
LOG_BYTES = 8_000_000
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a restart; doubled each time
SETTLED = 60.0  # seconds after which a child counts as well, and its next restart is quick again


class Child:
    """One program that is kept running, in a process group of its own so that nothing it starts outlives it.

    All seconds are those of ``time.monotonic``.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the name to say (Chinese), a module with its arguments, the log file, and the environment.

        ``before`` is called before each start.
        """
        self.name, self.log, self._before = name, log, before
        self._command, self._environment = list(command), dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._born = 0.0
        self._pause = FIRST_PAUSE
        self.restart_at: float | None = None
        self.quick_deaths = 0

    @property
    def pid(self) -> int | None:
        """Give the process number while it runs."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Tell whether it has been started and not been found dead since."""
        return self._process is not None

    def start(self) -> None:
        """Start it; its output goes to the log, whole lines after what is there."""
        self.restart_at = None
        self._before()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        runner = [sys.executable, "-P", "-m", "duban.app.supervise_child", str(os.getpid())]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                [*runner, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
        self._born = time.monotonic()

    def died(self) -> int | None:
        """Give the exit code if it has died since it was last seen running, and say when to restart it."""
        if self._process is None or (code := self._process.poll()) is None:
            return None
        self.end(0)
        now = time.monotonic()
        if now - self._born >= SETTLED:
            self._pause, self.quick_deaths = FIRST_PAUSE, 0
        self.quick_deaths += 1
        self.restart_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        return code

    def end(self, grace: float) -> None:
        """Ask its group to end, wait up to ``grace`` seconds, then end whatever is left of the group."""
        if self._process is None:
            return
        if grace:
            _signal(self._process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        _signal(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it at once, to be found dead and restarted."""
        if self._process is not None:
            _signal(self._process.pid, signal.SIGKILL)

    def bound_log(self) -> None:
        """Put a log that has grown too large aside and go on with an empty one."""
        with suppress(OSError):
            if self.log.stat().st_size > LOG_BYTES:
                # The child holds the file open and appends, so it is emptied in place.
                shutil.copyfile(self.log, older(self.log, 1))
                os.truncate(self.log, 0)

    def last_words(self, lines: int = 12) -> str:
        """Give the end of the log, for when it will not start."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def older(log: Path, age: int) -> Path:
    """Give the name of a log that has been put aside."""
    return log.with_name(f"{log.name}.{age}")


def rotate(log: Path) -> None:
    """Put the log of an earlier start aside, and the oldest away."""
    for age in range(KEPT, 0, -1):
        newer = older(log, age - 1) if age > 1 else log
        if newer.exists():
            newer.replace(older(log, age))
