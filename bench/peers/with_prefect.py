"""One Prefect task run for each unit, mapped in a flow, with a Prefect server of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from job import THREADS, Hand, Units, asked, measure

if TYPE_CHECKING:
    from collections.abc import Generator

HERE = asked()


@contextmanager
def server() -> Generator[None]:
    """Start a server and wait till it answers; that is not measured."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    os.environ |= {
        "PREFECT_HOME": str(HERE.folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_CLIENT_MAX_RETRIES": "20",  # its server answers 503 while its SQLite is busy
    }
    command = (
        str(Path(sys.executable).with_name("prefect")),
        "server",
        "start",
        "--port",
        str(port),
        "--no-ui",
    )
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                    break
            except (URLError, OSError):
                time.sleep(0.3)
        try:
            yield
        finally:
            process.terminate()


with server():
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE
    from prefect.futures import wait
    from prefect.task_runners import ThreadPoolTaskRunner

    hand, units = Hand(HERE.sink), Units(HERE)

    @task(cache_policy=NO_CACHE)
    def one(unit: int, moment: str) -> None:
        """Remind one unit."""
        hand(unit, moment)

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=THREADS))
    def remind(moment: str) -> None:
        """Remind all that are due."""
        wait(one.map(units.due(moment), moment))

    measure(min(HERE.most, HERE.units), remind, units.carry_on)
