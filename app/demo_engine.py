"""The year through Prefect's engine: a local server of its own, and the flow of each kind once.

The server is started while the first months go by without it, since it takes longer to start than they take.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ..obligations.errors import DubanError
from ..obligations.moments import SHANGHAI
from . import at_once, wiring
from .settings import Settings
from .supervise_children import Child
from .supervise_prefect import LOCAL, Api, api_url, environment, server_environment

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import datetime
    from pathlib import Path

    from ..ledger.agenda import Due
    from ..tasks.works import Works

KINDS = (
    *("year", "quarter", "month", "meeting", "phase", "window", "ladder", "findings", "inspection"),
    "appraisal",
)
# What takes a fresh seed: a flow would take one of its own, and the year would not come out the same.
BY_LOT = ("inspections", "lots")
FROM_MONTH = (
    9  # the month from which on the engine is used; by then its server is up, and every kind still comes
)
CUE_HOUR = 9  # when reminders are made, so that there is something to send
FEW = 4  # things due, each a flow run of its own below that of ``advance``
PATIENCE = 90.0  # seconds for the server to answer
_GRACE = 5.0
_QUIET = {
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_UI_ENABLED": "false",
    "DUBAN_SEND_THREADS": "1",
    "DUBAN_PORTAL": "false",  # nobody serves pages for a rehearsal, so its messages carry no links
}


@dataclass(frozen=True, slots=True)
class Run:
    """One flow run as Prefect recorded it."""

    flow: str
    name: str
    state: str


class Engine:
    """Prefect's server for one rehearsal, and what has been run through it."""

    def __init__(self, settings: Settings, year: int) -> None:
        """Take the settings of the scratch folder, where Prefect's own state goes too, and the year."""
        self._api = Api(api_url(settings))
        log = settings.data / "prefect" / "server.log"
        command = [
            "prefect",
            "server",
            "start",
            "--host",
            LOCAL,
            "--port",
            str(settings.port),
            "--no-services",
        ]
        self._server = Child("Prefect 服务", command, log, server_environment(settings) | _QUIET)
        self._ready = False
        self._kinds = set(KINDS)
        self._once = {"advance", "deliver"}
        self._from = (year, FROM_MONTH)

    def __enter__(self) -> Self:
        """Start the server and do not wait for it."""
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self._server.end(_GRACE)

    def bring_up(self, works: Works, now: datetime) -> list[str]:
        """Bring the book up: the first of each kind by its flow, once all of it by ``advance``."""
        from ..flows import advance

        if not self._is_for_advance(works, now):
            return advance.bring_up(works, now, self._handle).failed
        self._once.discard("advance")
        advance.advance(now=now)
        return []

    def deliver(self, works: Works, now: datetime) -> None:
        """Send what may leave, once by the flow ``deliver``: the first time that it may after ``advance``."""
        if self._once != {"deliver"} or works.resting(now):
            at_once.deliver(works, now)
            return
        from ..flows.deliver import deliver

        self._once.clear()
        deliver(now=now)

    def _is_for_advance(self, works: Works, now: datetime) -> bool:
        """Tell whether this is the moment for it: every kind has been run, and a reminder or two are due."""
        from ..tasks.rounds import list_due

        local = now.astimezone(SHANGHAI)
        if "advance" not in self._once or self._kinds or not works.workdays.is_workday(local.date()):
            return False
        due = list_due.fn(works, now)
        by_lot = any(one.what in BY_LOT for one in due)
        return local.hour == CUE_HOUR and 0 < len(due) <= FEW and not by_lot

    def _handle(self, works: Works, due: Due, now: datetime) -> list[str]:
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from ..flows import advance

        if due.flow not in self._kinds or due.what in BY_LOT or (now.year, now.month) < self._from:
            return advance.plainly(works, due, now)
        self._await()
        self._kinds.discard(due.flow)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            return advance.by_flow(works, due, now)

    def _await(self) -> None:
        begun = time.monotonic()
        while not self._ready:
            self._ready = self._api.healthy()
            if not self._ready:
                self._refuse_dead(time.monotonic() - begun)
                time.sleep(0.2)

    def _refuse_dead(self, waited: float) -> None:
        if waited > PATIENCE or self._server.died() is not None:
            raise DubanError(f"演示用的 Prefect 服务没有启动。它最后说：\n{self._server.last_words()}")

    def runs(self) -> list[Run]:
        """Give the flow runs in the order in which they began."""
        if not self._ready:
            return []
        flows = {one["id"]: one["name"] for one in self._api.ask("POST", "/flows/filter", {})}
        return [_run(one, flows) for one in self._api.runs(sort="START_TIME_ASC")]


def _run(one: Mapping[str, Any], flows: Mapping[str, str]) -> Run:
    return Run(flows[one["flow_id"]], one["name"], one["state_name"])


class Plain:
    """The same functions without the engine."""

    def __enter__(self) -> Self:
        """Nothing needs starting."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing needs ending."""

    def runs(self) -> list[Run]:
        """Nothing has been run by the engine."""
        return []

    def bring_up(self, works: Works, now: datetime) -> list[str]:
        """Bring the book up to ``now``."""
        return at_once.bring_up(works, now).failed

    def deliver(self, works: Works, now: datetime) -> None:
        """Send all that may leave by ``now``."""
        at_once.deliver(works, now)


def settings_of(folder: Path) -> Settings:
    """Give the settings of a rehearsal, whatever the environment says of another book."""
    return Settings(data=folder, host=LOCAL, port=_free_port())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


@contextmanager
def surroundings(folder: Path) -> Generator[Settings]:
    """Make the environment that of the scratch folder alone, so that flows find its book and its server.

    To be entered before Prefect is imported, which reads it then.
    """
    before = dict(os.environ)
    for name in [name for name in before if name.startswith(("DUBAN_", "PREFECT_"))]:
        del os.environ[name]
    settings = settings_of(folder)
    os.environ.update(environment(settings) | _QUIET)
    wiring.works.cache_clear()
    try:
        yield Settings()
    finally:
        wiring.works.cache_clear()
        os.environ.clear()
        os.environ.update(before)
