"""The children of ``duban up``: Prefect's server, ``serve``, which needs it, and the pages, which do not."""

from __future__ import annotations

import http.client
import time
from typing import TYPE_CHECKING

from ..ledger.journal import ClockWentBack
from ..obligations.errors import DubanError
from ..obligations.moments import SHANGHAI
from . import at_once, clock
from .supervise_prefect import tidy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ..ledger.book import Book
    from .supervise_children import Child
    from .supervise_prefect import Api
    from .supervise_store import Store
    from .supervise_watchman import Watchman

    Say = Callable[[str], None]

LOOK = 0.25  # seconds between two looks at the children
HEALTH = 0.5  # seconds between two questions to the server
SLOW = 20.0  # seconds after which a start is said to take long
MINUTE = 60.0
CHECK = 15.0  # seconds between two looks at whether the server still does its work
DEAF = 12  # such looks without an answer (three minutes), after which a running server is restarted
WRONG = 2  # such looks at which it can only say that it failed: its database is gone or damaged
GRACE_SERVE, GRACE_SERVER, GRACE_PAGES = 7.0, 5.0, 3.0
HOPELESS = 4  # quick deaths before it ever answered, after which the server is given up
_SILENT = (OSError, ValueError, http.client.HTTPException)


def local(at: datetime) -> str:
    """Give a moment as the console shows it."""
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


class Household:
    """Starts the pages, the server and then ``serve``, restarts what dies, ends all; says what it does."""

    def __init__(
        self,
        server: Child,
        serve: Child,
        pages: Child | None,
        api: Api,
        say: Say,
        store: Store,
        watchman: Watchman | None = None,
    ) -> None:
        self._store, self._watchman = store, watchman
        self._server, self._serve, self._api, self._say = server, serve, api, say
        self._pages = pages
        self._children = [server, serve, *([pages] if pages else [])]
        self._healthy = False  # the server's present process has answered
        self._ever = False
        self._announced = False
        self._asked_at = 0.0
        self._clock_said = False
        self._check_at = 0.0
        self._deaf, self._wrong = 0, 0
        self._registered = set[str]()

    def start(self) -> None:
        """Start the pages and the server; ``serve`` follows when the server answers."""
        self._begun = time.monotonic()
        self._slow_at = self._begun + SLOW
        self._server.start()
        if self._pages:
            self._pages.start()

    def watch(self, book: Book, going: Callable[[], bool]) -> None:
        """Keep both running while ``going``. Raises :class:`DubanError` when the server will not start."""
        minute = time.monotonic() + MINUTE
        while going():
            self._look()
            self._look_at_server()
            if time.monotonic() >= minute:
                minute += MINUTE
                self._look_at_clock(book)
                if self._watchman:
                    self._watchman.look(clock.now())
                for child in self._children:
                    child.bound_log()
            time.sleep(LOOK)

    def end(self) -> None:
        """End all; ``serve`` before the server, since it tells the server."""
        self._say("正在停止……")
        if self._pages:
            self._pages.end(GRACE_PAGES)
        self._serve.end(GRACE_SERVE)
        self._server.end(GRACE_SERVER)
        self._say("已停止。再次运行 duban up 即可接着办理。")

    def _look(self) -> None:
        for child in self._children:
            if (code := child.died()) is not None:
                self._on_death(child, code)
            if child.restart_at is not None and time.monotonic() >= child.restart_at:
                self._restart(child)
        if self._server.running and not self._healthy:
            self._ask()
        if self._healthy and not self._serve.running and self._serve.restart_at is None:
            self._start_serve()
        elif self._serve.running and not self._announced:
            self._announce()

    def _on_death(self, child: Child, code: int) -> None:
        if child is self._server:
            self._healthy = False
            if not self._ever and child.quick_deaths >= HOPELESS:
                raise DubanError(
                    f"{child.name}启动不了（日志：{child.log}），最后几行：\n{child.last_words()}"
                )
        pause = max(0.0, (child.restart_at or 0) - time.monotonic())
        self._say(
            f"{_time()} {child.name}意外退出（{_why(code)}），{pause:.0f}秒后重新启动。日志：{child.log}"
        )

    def _restart(self, child: Child) -> None:
        if child is not self._serve:
            child.start()
            self._say(f"{_time()} {child.name}已重新启动（进程号 {child.pid}）。")
        elif self._healthy and self._start_serve():
            self._say(f"{_time()} {child.name}已重新启动（进程号 {child.pid}）。")

    def _ask(self) -> None:
        if time.monotonic() < self._asked_at + HEALTH:
            return
        self._asked_at = time.monotonic()
        self._healthy = self._api.healthy()
        if self._healthy:
            self._store.note()
            self._check_at = 0.0  # with another database it knows no schedules
        if self._healthy and not self._ever:
            self._ever = True
            self._say(f"{_time()} {self._server.name}已就绪，用时{time.monotonic() - self._begun:.0f}秒。")
        elif not self._ever and time.monotonic() > self._slow_at:
            self._slow_at = float("inf")
            self._say(f"{self._server.name}首次启动要建立数据库，请稍候……")

    def _start_serve(self) -> bool:
        """Start ``serve`` when the server lets its last runs be settled; gives whether it did."""
        if time.monotonic() < self._asked_at + HEALTH:
            return False
        self._asked_at = time.monotonic()
        try:
            tidy(self._api, clock.now())
        except _SILENT:
            return False  # it has just gone, or its database has; to be asked again
        self._serve.start()
        self._announced = False
        return True

    def _announce(self) -> None:
        """Say when the schedules fire next, once Prefect has planned it."""
        if time.monotonic() < self._asked_at + HEALTH:
            return
        self._asked_at = time.monotonic()
        try:
            planned, scheduled = self._api.next_runs(), self._api.scheduled()
        except _SILENT:
            return
        if scheduled and scheduled <= planned.keys():
            self._announced, self._registered = True, scheduled
            said = "，".join(f"{name} {local(at)}" for name, at in sorted(planned.items()))
            self._say(f"{_time()} 日程已生效。下次运行：{said}")

    def _look_at_server(self) -> None:
        """End a server that runs and has long not answered, or has lost its database."""
        if self._healthy and (why := self._ailment()):
            self._say(f"{_time()} {self._server.name}{why}，将重新启动。")
            self._healthy, self._deaf, self._wrong = False, 0, 0
            self._server.kill()

    def _ailment(self) -> str | None:
        if self._store.is_lost():
            return "的数据库文件不在了，或已被换掉"
        if time.monotonic() < self._check_at:
            return None
        self._check_at = time.monotonic() + CHECK
        try:
            there = {str(one["name"]) for one in self._api.deployments()}
        except OSError:
            self._deaf += 1
        except _SILENT:
            self._wrong += 1
        else:
            self._deaf = self._wrong = 0
            self._register_again(there)
        if self._wrong >= WRONG:
            return "读不了自己的数据库"
        return "已有3分钟没有应答" if self._deaf >= DEAF else None

    def _register_again(self, there: set[str]) -> None:
        """Start ``serve`` anew when the server no longer knows its schedules: its database is another."""
        if self._announced and self._serve.running and not self._registered <= there:
            self._say(f"{_time()} Prefect 的数据库中没有日程了，将重新登记。账簿不受影响。")
            self._serve.end(0)

    def _look_at_clock(self, book: Book) -> None:
        """Say it when the clock has gone back while running: every run fails until someone has looked."""
        try:
            at_once.refuse_old_clock(book, clock.now())
            self._clock_said = False
        except ClockWentBack as wrong:
            if not self._clock_said:
                self._say(f"{_time()} {wrong}")
            self._clock_said = True
        except DubanError as wrong:
            self._say(f"{_time()} {wrong}")


def _time() -> str:
    return clock.now().astimezone(SHANGHAI).strftime("%H:%M:%S")


def _why(code: int) -> str:
    return f"被信号 {-code} 终止" if code < 0 else f"退出码 {code}"
