"""Prefect's server as ``duban up`` runs it: its environment, its port, its health, its left-over runs."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..obligations.errors import DubanError
from . import logs

if TYPE_CHECKING:
    from .settings import Settings

PATIENCE = 5.0  # seconds for one answer; Ctrl-C may have to wait for it
LOCAL = "127.0.0.1"
_ANYWHERE = {"0.0.0.0": LOCAL, "::": "::1", "": LOCAL}  # noqa: S104 - asked for by name, not bound to here
# A profile, a key or another address of the user's own Prefect must not lead ours astray.
_NOT_OURS = ("PREFECT_PROFILE", "PREFECT_API_KEY", "PREFECT_PROFILES_PATH")
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_LOGGING_COLORS": "false",
    "NO_COLOR": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONSAFEPATH": "1",  # rooms are no top-level modules, even when started in the repository's root
}
# What the server fetches for its own pages (lists of blocks and workers) it takes from its own copy instead.
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def address(settings: Settings) -> str:
    """Give the address of Prefect's page."""
    host = _ANYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def api_url(settings: Settings) -> str:
    """Give the address of Prefect's API: PREFECT_API_URL if that is set, else the one that we start."""
    return os.environ.get("PREFECT_API_URL") or f"{address(settings)}/api"


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment of the children: one data folder, one server, nothing that phones home."""
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    home = settings.data.resolve() / "prefect"
    ours = {
        "DUBAN_DATA": str(settings.data.resolve()),
        "DUBAN_HOST": settings.host,
        "DUBAN_PORT": str(settings.port),
        "DUBAN_PORTAL_HOST": settings.portal_host,
        "DUBAN_PORTAL_PORT": str(settings.portal_port),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"{address(settings)}/api",
        "NO_PROXY": _besides(os.environ.get("NO_PROXY", "")),
        "no_proxy": _besides(os.environ.get("no_proxy", "")),
    }
    kept = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs"}
    # Seen from other machines, the page must ask the server by the name that it was itself reached by.
    seen = {"PREFECT_SERVER_UI_API_URL": "/api"} if settings.host in _ANYWHERE else {}
    lines = logs.ENVIRONMENT if settings.log == logs.JSON else {}
    return kept | inherited | _QUIET | lines | ours | seen


def server_environment(settings: Settings) -> dict[str, str]:
    """Give the environment of the server, which has no business outside this machine."""
    return environment(settings) | dict.fromkeys(_PROXIES, _NOWHERE)


def _besides(listed: str) -> str:
    return ",".join([*([listed] if listed else []), LOCAL, "localhost", "::1"])


def refuse_taken_ports(settings: Settings) -> None:
    """Raise :class:`DubanError` when a port cannot be listened on, naming it and the setting."""
    _refuse_taken(settings.host, settings.port, "--host 或 DUBAN_HOST", "port")
    if settings.portal:
        refuse_taken_portal_port(settings)


def refuse_taken_portal_port(settings: Settings) -> None:
    """Raise :class:`DubanError` when the pages' port cannot be listened on, naming it and the setting."""
    _refuse_taken(settings.portal_host, settings.portal_port, "DUBAN_PORTAL_HOST", "portal-port")


def _refuse_taken(host: str, port: int, host_setting: str, option: str) -> None:
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Connections of a server that has just ended linger; they do not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except (socket.gaierror, UnicodeError) as wrong:
        raise DubanError(
            f"监听地址“{host}”不能使用。请用 {host_setting} 改为本机地址，如 127.0.0.1。"
        ) from wrong
    except OSError as wrong:
        raise DubanError(
            f"端口 {port}（地址 {host}）已被其他程序占用或不允许使用。"
            f"请用 --{option} 或环境变量 DUBAN_{option.replace('-', '_').upper()} 换一个端口，"
            f"例如：duban up --{option} {port % 65535 + 1}"
        ) from wrong


class Api:
    """Prefect's API over plain HTTP, since importing Prefect takes seconds.

    Methods raise :class:`OSError` or :class:`http.client.HTTPException` when the server does not answer.
    """

    def __init__(self, url: str) -> None:
        """Take the address of the API, which ends in ``/api``."""
        self._parts = urlsplit(url)

    def healthy(self) -> bool:
        """Tell whether the server is up."""
        with suppress(OSError, http.client.HTTPException, ValueError):
            return self.ask("GET", "/health") is True
        return False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request; gives the answer's JSON."""
        secure = self._parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._parts.hostname or LOCAL, self._parts.port, timeout=PATIENCE)
        try:
            sent = None if body is None else json.dumps(body).encode()
            connection.request(method, f"{self._parts.path.rstrip('/')}{path}", sent, _headers())
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= http.client.BAD_REQUEST:
                raise http.client.HTTPException(f"{answer.status} {path}: {said[:200]!r}")
            return json.loads(said) if said else None
        finally:
            connection.close()

    def runs(
        self, limit: int = 200, sort: str = "EXPECTED_START_TIME_ASC", **where: Any
    ) -> list[dict[str, Any]]:
        """Give the flow runs that a filter of Prefect's API selects."""
        return self.ask("POST", "/flow_runs/filter", {"flow_runs": where, "limit": limit, "sort": sort})

    def set_state(self, run: str, state: str, why: str) -> None:
        """Put a run into a state, whatever it is in."""
        body = {"state": {"type": state, "message": why}, "force": True}
        self.ask("POST", f"/flow_runs/{run}/set_state", body)

    def next_runs(self) -> dict[str, datetime]:
        """Give when each deployment by name runs next (UTC), for those with a schedule."""
        names = {one["id"]: str(one["name"]) for one in self.deployments()}
        found: dict[str, datetime] = {}
        for run in self.runs(state={"type": {"any_": ["SCHEDULED"]}}):
            name = names.get(run["deployment_id"] or "")
            if name is not None:
                found.setdefault(name, moment(run["expected_start_time"]))
        return found

    def scheduled(self) -> set[str]:
        """Give the names of the deployments that have a schedule."""
        return {str(one["name"]) for one in self.deployments() if one["schedules"]}

    def deployments(self) -> list[dict[str, Any]]:
        """Give the deployments."""
        return self.ask("POST", "/deployments/filter", {})


def _headers() -> dict[str, str]:
    given = os.environ.get("PREFECT_API_AUTH_STRING")
    known = {"Authorization": f"Basic {base64.b64encode(given.encode()).decode()}"} if given else {}
    return known | {"Content-Type": "application/json"}


def moment(text: str) -> datetime:
    """Read a time as Prefect's API writes it; gives UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def tidy(api: Api, now: datetime) -> int:
    """Settle what an earlier, cut-off ``serve`` left behind; gives how many runs. Only while none is running.

    A run that was under way would hold its deployment's one place for minutes; of runs that were missed
    only the last of each deployment is kept, since one run catches up on all.
    """
    begun = api.runs(state={"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}})
    for run in begun:
        api.set_state(run["id"], "CRASHED", "运行它的进程已经不在")
    past = {"type": {"any_": ["SCHEDULED"]}}
    missed = api.runs(
        state=past, expected_start_time={"before_": now.isoformat()}, sort="EXPECTED_START_TIME_DESC"
    )
    seen: set[str | None] = set()
    dropped: list[dict[str, Any]] = []
    for run in missed:
        (dropped if run["deployment_id"] in seen else []).append(run)
        seen.add(run["deployment_id"])
    for run in dropped:
        api.set_state(run["id"], "CANCELLED", "已由更晚的一次运行一并办理")
    return len(begun) + len(dropped)
