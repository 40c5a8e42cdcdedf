"""Asks a site in this process, through the interface that a server uses; what is timed is the site alone."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope


class Answer(NamedTuple):
    """A status, the bytes of the body, and the seconds until the site was done."""

    status: int
    body: bytes
    seconds: float


async def get(app: ASGIApp, address: str, cookie: str = "") -> Answer:
    """Get an address and wait for the whole answer."""
    status, parts = 0, list[bytes]()
    over, asked = asyncio.Event(), False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await over.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    begun = perf_counter()
    await app(_scope(address, cookie), receive, send)
    spent = perf_counter() - begun
    over.set()
    return Answer(status, b"".join(parts), spent)


def _scope(address: str, cookie: str) -> Scope:
    path, _, query = address.partition("?")
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"duban={cookie}".encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    return scope
