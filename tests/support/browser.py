"""A site that really listens, and a Chromium that opens it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from duban.portal import site

from .desk import Desk

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these Chromium looks for its maker's hosts, which a test must not.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
PHONE, TABLET, DESKTOP = 360, 768, 1440


def chromium_path() -> str:
    """Give where Chromium is; skips where there is none, except in CI, where it must be there."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("浏览器未测：请先安装 Chromium（Debian、Ubuntu：apt install chromium fonts-noto-cjk）")
    assert found is not None, "CI 中没有 Chromium"
    return found


@contextmanager
def chromium() -> Generator[Browser]:
    """Run a headless Chromium."""
    path = chromium_path()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


def window(
    browser: Browser, width: int, *, cookie: str = "", at: str = "", js: bool = True
) -> BrowserContext:
    """Give a fresh window of this width; with ``cookie``, signed in at the site ``at``."""
    height = 740 if width < TABLET else 900
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=width < TABLET,
        java_script_enabled=js,
    )
    if cookie:
        context.add_cookies([{"name": "duban", "value": cookie, "url": at}])
    return context


@dataclass
class Door:
    """What stands before a site; while ``refuses`` is a status, that is all that some methods are given."""

    app: ASGIApp
    refuses: int = 0
    shuts: frozenset[str] = frozenset({"POST"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shut = self.refuses and scope["type"] == "http" and scope["method"] in self.shuts
        app = PlainTextResponse("busy", self.refuses) if shut else self.app
        await app(scope, receive, send)


@contextmanager
def listening(desk: Desk) -> Generator[str]:
    """Let the site of a desk listen on a port of this machine; gives its address."""
    with behind_a_door(desk) as (address, _):
        yield address


@contextmanager
def behind_a_door(desk: Desk) -> Generator[tuple[str, Door]]:
    """Let the site of a desk listen behind a door; gives its address and the door."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    desk.counter = replace(desk.counter, public_url=address)
    door = Door(site.create(desk.counter))
    config = uvicorn.Config(door, host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the site did not start"
        time.sleep(0.01)
    try:
        yield address, door
    finally:
        server.should_exit = True
        thread.join(10)
