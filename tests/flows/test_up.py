"""``duban up`` for real: a Prefect server, the served deployments, a schedule that fires by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
# A machine under load may be several times slower than one at rest.
START, SCHEDULED, SOON = 120.0, 150.0, 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(data: Path, port: int) -> list[str]:
    ports = ["--port", str(port), "--portal-port", str(free_port())]
    return [sys.executable, "-m", "duban.app.cli", "up", "--data", str(data), *ports]


def environment() -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUBAN_"))
    }
    return inherited | {"DUBAN_ADVANCE_CRON": "* * * * *", "PYTHONUNBUFFERED": "1"}


class Running:
    """A ``duban up`` in a process of its own, with what it has said."""

    def __init__(self, data: Path, port: int, said: Path) -> None:
        self.port, self._said = port, said
        with said.open("wb") as out:
            self.process = subprocess.Popen(
                command(data, port),
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment(),
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def wait_for(self, what: Callable[[], T | None], seconds: float) -> T:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := what():
                return found
            assert self.process.poll() is None, self.said
            time.sleep(0.2)
        raise AssertionError(f"{what}\n{self.said}")

    def says(self, words: str, seconds: float) -> None:
        self.wait_for(lambda: words in self.said, seconds)

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def child(self, words: str) -> int | None:
        """The number of the child whose command line has these words."""
        return next(
            (pid for pid, parent, line in processes() if parent == self.process.pid and words in line), None
        )

    def stop(self, how: signal.Signals) -> float:
        """Press Ctrl-C, or end it as a service manager does; gives the seconds until it was gone."""
        asked = time.monotonic()
        self.process.send_signal(how)
        assert self.process.wait(60) == 0, self.said
        return time.monotonic() - asked


def processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]


def of_this_test(port: int, groups: set[int]) -> list[str]:
    """The processes that are left: of the children's groups, or with the port on their command line."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pgid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 1) for line in listed.stdout.splitlines())
    return [row[1] for row in rows if len(row) == 2 and (int(row[0]) in groups or f"--port {port}" in row[1])]


@contextmanager
def up(data: Path, port: int) -> Generator[Running]:
    running = Running(data, port, data.parent / f"said-{time.monotonic_ns()}.txt")
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def scheduled_run(running: Running) -> dict[str, Any] | None:
    """A run of ``advance`` that nobody started by hand and that has completed."""
    where = {
        "flows": {"name": {"any_": ["advance"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    found = running.ask("/flow_runs/filter", where)
    return next((run for run in found if run["auto_scheduled"]), None)


def opens(running: Running) -> bool:
    """Tell whether the pages answer where `up` says that they are."""
    where = running.said.partition("办事页面：")[2].split("\n")[0]
    try:
        with urllib.request.urlopen(f"{where}/health", timeout=5) as answer:  # noqa: S310
            return answer.read() == b"ok"
    except OSError:
        return False


def done(data: Path) -> dict[str, list[Any]]:
    """What the book says of rounds that were opened and of messages that were taken, each time one row."""
    asked = {
        "opened": "SELECT subject FROM journal WHERE action = 'round.opened'",
        "taken": "SELECT message_id FROM attempts WHERE ok",
    }
    with closing(sqlite3.connect(data / "book.sqlite")) as book:
        return {kind: book.execute(query).fetchall() for kind, query in asked.items()}


def refused(data: Path, port: int) -> str:
    made = subprocess.run(command(data, port), capture_output=True, text=True, check=False, env=environment())
    assert made.returncode == 1
    return made.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows 没有进程组")
def test_up_runs_its_schedule_restarts_what_dies_and_outlives_prefects_database(
    tmp_path: Path,
) -> None:
    data, port = tmp_path / "data", free_port()
    with up(data, port) as running:
        running.says("账簿是空的，已放入示例", SOON)
        running.says("已推进到此刻", SOON)
        running.says("还没有管理员", SOON)
        running.wait_for(lambda: opens(running), SOON)
        assert f"（进程号 {running.process.pid}）" in refused(data, free_port())
        running.says("日程已生效", START)

        for file in (data / "prefect").glob("prefect.db*"):
            file.unlink()
        running.says("数据库文件不在了", SOON)
        # The schedules are registered anew, whether they died with the server or were found missing there.
        running.wait_for(lambda: running.said.count("日程已生效") > 1, START)

        before = running.wait_for(lambda: running.child("duban.flows.serve"), SOON)
        os.kill(before, signal.SIGKILL)
        running.says("日程意外退出（被信号 9 终止）", SOON)
        running.says("日程已重新启动", SOON)
        run = running.wait_for(lambda: scheduled_run(running), SCHEDULED)
        assert run["state_name"] == "Completed"
        assert run["name"].startswith("推进 · ")
        for kind, things in done(data).items():
            assert len(things) == len(set(things)) > 0, kind

        after = running.child("duban.flows.serve")
        server = running.child("prefect server")
        assert after not in (None, before)
        assert server is not None

        assert running.stop(signal.SIGINT) < 15
        assert "已停止" in running.said
        assert of_this_test(port, {before, after or 0, server}) == []

    with up(data, port) as again:
        again.says("已推进到此刻", SOON)
        assert "示例" not in again.said
        assert again.stop(signal.SIGTERM) < 15
        assert of_this_test(port, set()) == []
