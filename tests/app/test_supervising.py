"""The parts of ``duban up``, without Prefect: the lock, the port, the children, what is left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from duban.app.settings import Settings
from duban.app.supervise_children import Child, rotate
from duban.app.supervise_household import Household
from duban.app.supervise_lock import NAME, hold, holder
from duban.app.supervise_prefect import (
    Api,
    address,
    environment,
    refuse_taken_portal_port,
    refuse_taken_ports,
    server_environment,
    tidy,
)
from duban.app.supervise_store import Store
from duban.app.supervise_watchman import Watchman
from duban.obligations.errors import DubanError

HOLD = (
    "import sys, pathlib\nfrom duban.app.supervise_lock import hold\nwith hold(pathlib.Path(sys.argv[1])):\n"
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("PREFECT_", "DUBAN_")):
            monkeypatch.delenv(name)


def test_a_second_holder_of_the_data_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with hold(tmp_path) as cut_off:
        assert cut_off is False
        assert holder(tmp_path) == str(os.getpid())
        said = f"正由另一个 duban up 使用（进程号 {os.getpid()}）"
        with pytest.raises(DubanError, match=said), hold(tmp_path):
            pass
    assert holder(tmp_path) is None
    with hold(tmp_path) as cut_off:
        assert cut_off is False


def test_the_lock_of_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    program = HOLD + "    print('held', flush=True)\n    sys.stdin.read()\n"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"held\n"
        assert holder(tmp_path) == str(killed.pid)
        killed.kill()
    assert (tmp_path / NAME).read_text() == str(killed.pid)
    with hold(tmp_path) as cut_off:
        assert cut_off is True


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(DubanError, match="不能使用"), hold(tmp_path / "data"):
        pass


def test_a_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DubanError, match=rf"端口 {port}.*已被其他程序占用.*--port 或环境变量 DUBAN_PORT"):
            refuse_taken_ports(Settings(port=port, portal=False))
    refuse_taken_ports(Settings(port=port, portal=False))


def test_a_host_that_is_no_host_is_named() -> None:
    # Too long for a name, so that nobody is asked about it.
    with pytest.raises(DubanError, match=r"监听地址“x{64}”不能使用"):
        refuse_taken_ports(Settings(host="x" * 64, port=4999))


def test_nothing_of_the_users_own_prefect_reaches_ours_and_nothing_phones_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_PROFILE", "cloud")
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_secret")
    monkeypatch.setenv("PREFECT_API_URL", "https://api.prefect.cloud/api")
    monkeypatch.setenv("NO_PROXY", "intranet")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    made = environment(Settings(data=tmp_path, port=4310))
    assert "PREFECT_PROFILE" not in made
    assert "PREFECT_API_KEY" not in made
    assert made["PREFECT_API_URL"] == "http://127.0.0.1:4310/api"
    assert made["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert made["DUBAN_DATA"] == str(tmp_path)
    assert made["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert made["DO_NOT_TRACK"] == "1"
    assert made["NO_PROXY"] == "intranet,127.0.0.1,localhost,::1"
    # Reminders may go through the office's proxy; the server has nobody to call.
    assert made["HTTPS_PROXY"] == "http://proxy:3128"
    assert server_environment(Settings(data=tmp_path))["HTTPS_PROXY"] == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200"),
        ("0.0.0.0", "http://127.0.0.1:4200"),  # noqa: S104 - no socket is opened
        ("::", "http://[::1]:4200"),
        ("192.168.1.5", "http://192.168.1.5:4200"),
    ],
)
def test_the_page_is_reached_at_an_address_that_works(host: str, page: str) -> None:
    assert address(Settings(host=host)) == page


def child(tmp_path: Path, *command: str) -> Child:
    return Child("试验", command, tmp_path / "logs" / "child.log", dict(os.environ))


def until(what: Any, seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := what()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(what)


def test_a_child_that_dies_is_noticed_and_restarted_later_each_time(tmp_path: Path) -> None:
    one = child(tmp_path, "json.tool", "/no/such/file")
    one.start()
    assert until(one.died) != 0
    assert not one.running
    first = (one.restart_at or 0) - time.monotonic()
    assert 0 < first <= 1
    assert one.died() is None
    one.start()
    until(one.died)
    assert 1 < (one.restart_at or 0) - time.monotonic() <= 2
    assert one.quick_deaths == 2
    assert "no/such/file" in one.last_words()


def test_a_child_ends_when_asked_and_its_group_with_it(tmp_path: Path) -> None:
    one = child(tmp_path, "http.server", "--bind", "127.0.0.1", "0")
    one.start()
    until(lambda: "Serving" in one.last_words() or None)
    group = one.pid or 0
    begun = time.monotonic()
    one.end(10)
    assert time.monotonic() - begun < 5
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    one.end(10)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n"
        "time.sleep(600)\n"
    )
    one = Child("试验", ["deaf"], tmp_path / "log", {**os.environ, "PYTHONPATH": str(tmp_path)})
    one.start()
    until(lambda: "deaf" in one.last_words() or None)
    group = one.pid or 0
    one.end(0.5)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_a_child_does_not_outlive_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys, time, pathlib\nfrom duban.app.supervise_children import Child\n"
        "command = ['http.server', '--bind', '127.0.0.1', '0']\n"
        "one = Child('x', command, pathlib.Path(sys.argv[1]), dict(os.environ))\n"
        "one.start()\nprint(one.pid, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "log")], stdout=subprocess.PIPE
    ) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        until(lambda: "Serving" in (tmp_path / "log").read_text() or None)
        supervisor.send_signal(signal.SIGKILL)
    until(lambda: _gone(pid))


def _gone(pid: int) -> bool | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")  # dead, and waiting for init to take note
    return True if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z" else None


def test_logs_of_earlier_starts_are_kept_and_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    for start in range(6):
        rotate(log)
        log.write_text(f"start {start}")
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {
        "serve.log": "start 5", "serve.log.1": "start 4", "serve.log.2": "start 3", "serve.log.3": "start 2",
    }  # fmt: skip


def test_a_log_that_has_grown_too_large_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.app.supervise_children.LOG_BYTES", 10)
    one = child(tmp_path)
    one.log.parent.mkdir()
    one.log.write_text("short")
    one.bound_log()
    assert one.log.read_text() == "short"
    one.log.write_text("much too long")
    one.bound_log()
    assert one.log.read_text() == ""
    assert one.log.with_name("child.log.1").read_text() == "much too long"


class FakeApi(Api):
    """Prefect's runs in memory."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        self.all = runs

    def runs(
        self, limit: int = 200, sort: str = "EXPECTED_START_TIME_ASC", **where: Any
    ) -> list[dict[str, Any]]:
        found = [run for run in self.all if run["state_type"] in where["state"]["type"]["any_"]]
        before = where.get("expected_start_time", {}).get("before_")
        found = [run for run in found if before is None or run["expected_start_time"] < before]
        return sorted(found, key=lambda run: run["expected_start_time"], reverse=sort.endswith("DESC"))

    def set_state(self, run: str, state: str, why: str) -> None:
        next(one for one in self.all if one["id"] == run)["state_type"] = state


def run(number: str, deployment: str, state: str, at: str) -> dict[str, Any]:
    return {"id": number, "deployment_id": deployment, "state_type": state, "expected_start_time": at}


def test_of_the_runs_that_were_missed_only_the_last_is_kept_and_half_done_ones_make_room() -> None:
    api = FakeApi(
        [
            run("1", "deliver", "RUNNING", "2026-11-20T01:00:00+00:00"),
            run("2", "deliver", "SCHEDULED", "2026-11-20T01:10:00+00:00"),
            run("3", "deliver", "SCHEDULED", "2026-11-20T01:20:00+00:00"),
            run("4", "advance", "SCHEDULED", "2026-11-20T02:00:00+00:00"),
            run("5", "deliver", "SCHEDULED", "2026-11-24T00:00:00+00:00"),
        ]
    )
    assert tidy(api, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) == 2
    assert {one["id"]: one["state_type"] for one in api.all} == {
        "1": "CRASHED", "2": "CANCELLED", "3": "SCHEDULED", "4": "SCHEDULED", "5": "SCHEDULED",
    }  # fmt: skip


class Ill(FakeApi):
    """A server that is up, knows its schedules, and from its third answer on is as a test wants it."""

    def __init__(self, ill: Exception | None) -> None:
        super().__init__([])
        self.ill, self.asked, self.names = ill, 0, ["推进"]

    def healthy(self) -> bool:
        return True

    def next_runs(self) -> dict[str, datetime]:
        return dict.fromkeys(self.names, datetime(2026, 11, 20, tzinfo=UTC))

    def scheduled(self) -> set[str]:
        return {*self.names}

    def deployments(self) -> list[dict[str, Any]]:
        self.asked += 1
        if self.ill and self.asked > 2:
            raise self.ill
        return [{"name": name} for name in self.names]


class Home:
    """A household of programs that do nothing, with what it has said."""

    def __init__(self, home: Path, api: Api) -> None:
        command = ("http.server", "--bind", "127.0.0.1", "0")
        self.server, self.serve = child(home / "server", *command), child(home / "serve", *command)
        self.said: list[str] = []
        self.looks: list[datetime] = []
        watchman = cast("Watchman", SimpleNamespace(look=self.looks.append))
        said, store = self.said.append, Store(home)
        self.household = Household(self.server, self.serve, None, api, said, store, watchman)
        self.household.start()

    def until(self, words: str, book: Any) -> None:
        end = time.monotonic() + 20
        self.household.watch(book, lambda: not self.has_said(words) and time.monotonic() < end)
        assert self.has_said(words), self.said

    def has_said(self, words: str) -> bool:
        return any(words in line for line in self.said)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINUTE", "CHECK", "HEALTH", "LOOK"):
        monkeypatch.setattr(f"duban.app.supervise_household.{name}", 0.01)


@pytest.mark.parametrize(
    ("ill", "why"),
    [
        (TimeoutError(), "试验已有3分钟没有应答，将重新启动"),
        (http.client.HTTPException("500"), "试验读不了自己的数据库，将重新启动"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_a_server_that_runs_but_no_longer_answers_is_restarted(
    tmp_path: Path, sqlite_book: Any, ill: Exception, why: str
) -> None:
    home = Home(tmp_path, Ill(ill))
    try:
        first = home.server.pid
        home.until("试验已重新启动", sqlite_book)
        assert home.server.pid not in (None, first)
    finally:
        home.household.end()
    assert len(home.looks) >= 3
    assert home.has_said(why)
    assert home.has_said("试验意外退出（被信号 9 终止）")


@pytest.mark.usefixtures("quick")
def test_a_server_whose_database_is_deleted_under_it_is_restarted(tmp_path: Path, sqlite_book: Any) -> None:
    file = tmp_path / "prefect.db"
    file.touch()
    home = Home(tmp_path, Ill(None))
    try:
        home.until("日程已生效", sqlite_book)
        assert not home.has_said("重新启动")
        file.unlink()
        home.until("试验的数据库文件不在了，或已被换掉，将重新启动", sqlite_book)
        home.until("试验已重新启动", sqlite_book)
    finally:
        home.household.end()


@pytest.mark.usefixtures("quick")
def test_schedules_that_the_server_no_longer_knows_are_registered_again(
    tmp_path: Path, sqlite_book: Any
) -> None:
    api = Ill(None)
    home = Home(tmp_path, api)
    try:
        home.until("日程已生效", sqlite_book)
        first, api.names = home.serve.pid, []
        home.until("没有日程了，将重新登记", sqlite_book)
        api.names = ["推进"]
        home.said.clear()
        home.until("日程已生效", sqlite_book)
        assert home.serve.pid not in (None, first)
    finally:
        home.household.end()


def prefects_file(home: Path) -> Path:
    """Put a whole SQLite file of several pages where Prefect has its own."""
    file = home / "prefect.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE runs (name TEXT)")
        made.executemany("INSERT INTO runs VALUES (?)", [("推进" * 100,)] * 200)
        made.commit()
    return file


def test_a_file_of_prefect_that_is_whole_empty_or_absent_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.set_aside_damaged() is None
    file = prefects_file(tmp_path)
    assert store.set_aside_damaged() is None
    file.write_bytes(b"")
    assert store.set_aside_damaged() is None
    assert [path.name for path in tmp_path.iterdir()] == ["prefect.db"]


@pytest.mark.parametrize("harm", ["garbage", "a page", "half"])
def test_a_damaged_file_of_prefect_is_set_aside_for_a_new_one(tmp_path: Path, harm: str) -> None:
    file = prefects_file(tmp_path)
    whole = file.read_bytes()
    (tmp_path / "prefect.db-wal").write_bytes(b"")
    file.write_bytes(
        {
            "garbage": b"\xd5" * 9000,
            "a page": whole[:8192] + b"\xd5" * 4096 + whole[12288:],
            "half": whole[: len(whole) // 8192 * 4096],
        }[harm]
    )
    harmed = file.read_bytes()
    assert Store(tmp_path).set_aside_damaged() == tmp_path / "prefect.db.damaged"
    assert [path.name for path in tmp_path.iterdir()] == ["prefect.db.damaged"]
    assert (tmp_path / "prefect.db.damaged").read_bytes() == harmed


@pytest.fixture
def hopeless(tmp_path: Path) -> Iterator[Household]:
    server = child(tmp_path, "json.tool", "/no/such/file")
    serve, api = child(tmp_path, "http.server"), Api("http://127.0.0.1:9/api")
    household = Household(server, serve, None, api, print, Store(tmp_path))
    yield household
    household.end()


def test_a_server_that_will_not_start_is_given_up_with_the_end_of_its_log(
    hopeless: Household, sqlite_book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.app.supervise_children.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("duban.app.supervise_children.LONGEST_PAUSE", 0.01)
    hopeless.start()
    with pytest.raises(DubanError, match=r"(?s)试验启动不了.*no/such/file"):
        hopeless.watch(sqlite_book, lambda: True)


def test_pages_that_die_are_started_again_whatever_prefect_does(tmp_path: Path, sqlite_book: Any) -> None:
    command = ("http.server", "--bind", "127.0.0.1", "0")
    server, serve, pages = (child(tmp_path / name, *command) for name in ("server", "serve", "pages"))
    said: list[str] = []
    api = Api("http://127.0.0.1:9/api")
    household = Household(server, serve, pages, api, said.append, Store(tmp_path))
    try:
        household.start()
        first = pages.pid
        pages.kill()
        household.watch(sqlite_book, lambda: not any("已重新启动" in line for line in said))
        assert pages.pid not in (None, first)
    finally:
        household.end()
    assert pages.pid is None


def test_a_taken_port_of_the_pages_is_named_with_the_setting_that_changes_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DubanError, match=rf"端口 {port}.*--portal-port 或环境变量 DUBAN_PORTAL_PORT"):
            refuse_taken_portal_port(Settings(portal_port=port))
