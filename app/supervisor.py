"""``duban up``: the book, Prefect's server and the schedules, started, watched and stopped as one."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ..ledger.damage import refuse_damaged
from ..obligations.errors import DubanError
from . import at_once, clock, first_administrator, first_run, wiring
from .supervise_children import Child, rotate
from .supervise_household import LOOK, Household, local
from .supervise_lock import hold
from .supervise_prefect import (
    Api,
    address,
    environment,
    refuse_taken_ports,
    server_environment,
)
from .supervise_store import Store
from .supervise_watchman import Watchman

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from ..tasks.works import Works
    from .settings import Settings

    Say = Callable[[str], None]

UNTIL_FREE = 12.0  # seconds that the children of a killed supervisor may take to notice
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class Stop:
    """Whether somebody has asked to stop: Ctrl-C, SIGTERM, or the terminal being closed."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take the signal. The second one changes nothing: stopping is under way and soon over."""
        self.asked = True

    def going(self) -> bool:
        """Tell whether to go on."""
        return not self.asked


@contextmanager
def listening() -> Generator[Stop]:
    """Listen for the signals that stop the program."""
    stop = Stop()
    before = [(number, signal.signal(number, stop)) for number in _signals()]
    try:
        yield stop
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _signals() -> list[int]:
    # Under nohup the hang-up of the terminal is already ignored, and stays so.
    hangups = [getattr(signal, name) for name in ("SIGHUP",) if hasattr(signal, name)]
    heeded = [number for number in hangups if signal.getsignal(number) is not signal.SIG_IGN]
    return [signal.SIGINT, signal.SIGTERM, *heeded]


def up(settings: Settings, say: Say, *, empty: bool = False) -> None:
    """Start everything on the data folder and keep it running until asked to stop.

    ``say`` takes lines for the console; ``empty`` leaves out the example on a first start. Raises
    :class:`DubanError` when another one runs on the data, the port is taken, the book cannot be used, or the
    clock is behind the book.
    """
    with listening() as stop, hold(settings.data) as cut_off:
        _wait_for_port(settings, stop, patience=UNTIL_FREE if cut_off else 0)
        at_once.quieten(settings)
        works = wiring.assemble(settings)
        refuse_damaged(works.book)
        at_once.refuse_old_clock(works.book, clock.now())
        say(f"账簿：{works.book.name}")
        if not empty and (filled := first_run.fill(works.book, works.workdays, clock.now())):
            _say_first(filled, say)
            works = replace(works, at_any_hour=True)
        _say_first_administrator(settings, works, say)
        _keep(settings, works, stop, say)


def _wait_for_port(settings: Settings, stop: Stop, patience: float) -> None:
    """Refuse a taken port; after a kill, first let the children that were left notice and end."""
    until = time.monotonic() + patience
    while True:
        try:
            return refuse_taken_ports(settings)
        except DubanError:
            if time.monotonic() >= until or stop.asked:
                raise
        time.sleep(LOOK)


def _say_first(lines: list[str], say: Say) -> None:
    say("账簿是空的，已放入示例，供试用（不需要示例时，换一个数据目录并加 --empty 启动）：")
    for line in lines:
        say(f"  · {line}")


def _say_first_administrator(settings: Settings, works: Works, say: Say) -> None:
    where = first_administrator.invite(settings, works.book, clock.now()) if settings.portal else None
    if where is not None:
        say("还没有管理员。请在浏览器中打开下面的链接设置账号（一次有效，72小时内）：")
        say(f"  {where}")


def _keep(settings: Settings, works: Works, stop: Stop, say: Say) -> None:
    logs = settings.data.resolve() / "logs"
    store = Store(settings.data.resolve() / "prefect")
    server = Child(
        "Prefect 服务",
        ["prefect", "server", "start", "--host", settings.host, "--port", str(settings.port)],
        logs / "prefect.log",
        server_environment(settings),
        before=lambda: _set_aside_damaged(store, say),
    )
    serve = Child("日程", ["duban.flows.serve"], logs / "serve.log", environment(settings))
    pages = Child("办事页面", ["duban.portal.serve"], logs / "portal.log", environment(settings))
    for child in (server, serve, pages):
        rotate(child.log)
    api = Api(f"{address(settings)}/api")
    watchman = Watchman(works, api, clock.now(), say)
    household = Household(server, serve, pages if settings.portal else None, api, say, store, watchman)
    try:
        # The server takes a while to be ready; the book is brought up meanwhile.
        household.start()
        _today(works, stop, say)
        _say_where(settings, logs, say)
        household.watch(works.book, stop.going)
    finally:
        household.end()


def _set_aside_damaged(store: Store, say: Say) -> None:
    if (aside := store.set_aside_damaged()) is not None:
        say(f"Prefect 的数据库已损坏，移到 {aside}，另建新的：只少了以往的运行记录，账簿不受影响。")


def _today(works: Works, stop: Stop, say: Say) -> None:
    """Do what is due today, so that the outbox need not wait for the first scheduled run."""
    brought = at_once.bring_up(works, clock.now(), stop.going)
    for line in brought.done:
        say(f"  · {line}")
    for line in brought.failed:
        say(f"  ✗ 未能处理：{line}")
    sent = at_once.deliver(works, clock.now(), stop.going)
    say(f"已推进到此刻：办理{len(brought.done)}项，发出提醒{sent.sent}条" + _rest(works, sent))


def _rest(works: Works, sent: at_once.Delivered) -> str:
    said = f"，{sent.dead}条无法送达（请运行 duban doctor）" if sent.dead else ""
    count, first = at_once.waiting(works.book)
    return said + (f"，另有{count}条待 {local(first)} 起发出。" if count and first else "。")


def _say_where(settings: Settings, logs: object, say: Say) -> None:
    say(f"发件箱：{settings.outbox}")
    say(f"运行日志：{logs}")
    if settings.portal:
        say(f"办事页面：{settings.portal_url}")
    say(f"Prefect 页面：{address(settings)}")
    if settings.host not in LOCAL_HOSTS:
        say("注意：Prefect 页面对其他机器开放，且没有登录；只应在可信的内网这样使用。")
    say("停止：按 Ctrl-C。检查运行情况：duban doctor")
