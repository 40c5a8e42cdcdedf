"""Sends requests that are ready as bytes over a few connections: ``python -m bench.posting PORT FILE …``.

It must be much lighter than what it measures, which runs beside it on two cores, so it reads no more of an
answer than its status, where it leads and where it ends.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, run
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATOR = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
LOST = 0  # the status of a request whose connection broke


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of the requests: seconds in all, each one's seconds, and how many of each status."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]


def send(
    folder: Path, port: int, requests: Sequence[bytes], connections: int, rate: float | None = None
) -> Sent:
    """Send the requests from a process of its own, as fast as they are answered or ``rate`` a second.

    At a rate each one's seconds count from when it was to leave, so that one that had to wait for a free
    connection is not flattered.
    """
    path = folder / "requests.pickle"
    path.write_bytes(pickle.dumps(list(requests)))
    words = (sys.executable, "-m", "bench.posting", port, path, connections, rate or 0)
    done = run([str(word) for word in words], stdout=PIPE, check=True, text=True)  # noqa: S603 - our own
    said = json.loads(done.stdout)
    statuses = {int(status): count for status, count in said["statuses"].items()}
    return Sent(said["seconds"], said["latencies"], statuses)


@dataclass(slots=True)
class Run:
    """The requests that wait, the connections that are free, and what has been answered."""

    loop: asyncio.AbstractEventLoop
    over: asyncio.Event
    total: int
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque[tuple[float, bytes]])
    idle: deque[Any] = field(default_factory=deque[Any])  # conversations
    latencies: list[float] = field(default_factory=list[float])
    statuses: Counter[int] = field(default_factory=Counter[int])

    def add(self, at: float, request: bytes) -> None:
        self.waiting.append((at, request))
        self.go()

    def go(self) -> None:
        while self.waiting and self.idle:
            self.idle.popleft().ask(*self.waiting.popleft())

    def answered(self, status: int, seconds: float) -> None:
        self.latencies.append(seconds)
        self.statuses[status] += 1
        if len(self.latencies) == self.total:
            self.over.set()


class Conversation(asyncio.Protocol):
    """One connection, kept alive: it asks one thing at a time."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.asked: float | None = None
        self.heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.run.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.asked is not None:
            self._done(LOST)

    def ask(self, at: float, request: bytes) -> None:
        self.asked = at or self.run.loop.time()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        end = self.heard.find(SEPARATOR)
        if end < 0:
            return
        head = self.heard[:end].lower()
        if len(self.heard) < end + len(SEPARATOR) + int(head.partition(LENGTH)[2].partition(b"\r")[0] or 0):
            return
        self.heard = b""
        self._done(int(head[9:12]))
        self.run.idle.append(self)
        self.run.go()

    def _done(self, status: int) -> None:
        assert self.asked is not None
        seconds, self.asked = self.run.loop.time() - self.asked, None
        self.run.answered(status, seconds)


async def post(port: int, requests: Sequence[bytes], connections: int, rate: float) -> Sent:
    """Send the requests and give what came of them; raises TimeoutError when answers stay away."""
    loop = asyncio.get_running_loop()
    here = Run(loop, asyncio.Event(), len(requests))
    for _ in range(connections):
        await loop.create_connection(lambda: Conversation(here), "127.0.0.1", port)
    begun = loop.time()
    if rate:
        for number, request in enumerate(requests):
            at = begun + number / rate
            loop.call_at(at, here.add, at, request)
    else:
        here.waiting.extend((0, request) for request in requests)
        here.go()
    await asyncio.wait_for(here.over.wait(), 600)
    return Sent(loop.time() - begun, here.latencies, dict(here.statuses))


def main() -> None:
    """Send what the file holds and print what came of it as JSON."""
    port, path, connections, rate = sys.argv[1:]
    requests = pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by the process that started this
    sent = asyncio.run(post(int(port), requests, int(connections), float(rate)))
    json.dump({"seconds": sent.seconds, "latencies": sent.latencies, "statuses": sent.statuses}, sys.stdout)


if __name__ == "__main__":
    main()
