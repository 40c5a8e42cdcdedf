"""A provider on its bad days, in a process of its own: ``python -m bench.provider SEED``.

By chance, from the seed, it answers well, late, with an error, with a lie (200 and a code that means no),
with half an answer, by hanging up, or not at all. ``/cgi-bin/…`` is a robot, anything else a webhook, whose
200 is no lie. ``GET /`` gives how often it did each; after ``GET /well`` it has none but good days.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

from .forking import served

if TYPE_CHECKING:
    from collections.abc import Generator

WEIGHTS = {
    "well": 68, "late": 6, "an error": 6, "a lie": 10, "half an answer": 3, "hung up": 5, "no answer": 2,
}  # fmt: skip
LATE = 0.1  # seconds
PATIENCE = 1.0  # for which the program waits: LATE is within it
SEPARATOR, LENGTH = b"\r\n\r\n", b"content-length:"
OK, LIE = b'{"errcode":0,"errmsg":"ok"}', b'{"errcode":45009,"errmsg":"api freq out of limit"}'


class Provider:
    """How it answers, and how often it has."""

    def __init__(self, seed: int) -> None:
        self._chance, self.well = random.Random(seed), False  # noqa: S311 - to repeat it, not to hide it
        self.told: Counter[str] = Counter()

    def way(self, path: bytes) -> str:
        [way] = ["well"] if self.well else self._chance.choices([*WEIGHTS], [*WEIGHTS.values()])
        return "well" if way == "a lie" and not path.startswith(b"/cgi-bin/") else way


class Conversation(asyncio.Protocol):
    """One connection, which may end early."""

    def __init__(self, provider: Provider) -> None:
        self._provider, self._waiting = provider, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(SEPARATOR)) >= 0:
            head = self._waiting[:end]
            length = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
            whole = end + len(SEPARATOR) + int(length or 0)
            if len(self._waiting) < whole:
                return
            self._waiting = self._waiting[whole:]
            method, path = head.split(b" ", 2)[:2]
            (self._tell if method == b"GET" else self._take)(path)

    def _tell(self, path: bytes) -> None:
        self._provider.well |= path == b"/well"
        self._answer(200, json.dumps(self._provider.told).encode())

    def _take(self, path: bytes) -> None:
        way = self._provider.way(path)
        if way in {"well", "late"}:
            asyncio.get_running_loop().call_later(LATE * (way == "late"), self._accept, way)
            return
        self._provider.told[way] += 1
        if way == "an error":
            self._answer(503, b"busy")
        elif way == "a lie":
            self._answer(200, LIE)
        elif way == "half an answer":
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n" + OK[:9])
            self._transport.close()
        elif way == "hung up":
            self._transport.abort()

    def _accept(self, way: str) -> None:
        self._provider.told[way] += 1
        self._answer(200, OK)

    def _answer(self, status: int, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))


async def serve(seed: int) -> None:
    """Answer until killed; the first line printed is the port."""
    provider = Provider(seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(provider), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Running:
    """A running provider."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def told(self) -> Counter[str]:
        """Give how often it answered in each way."""
        with urlopen(f"{self.url}/") as answer:  # noqa: S310 - our own address
            return Counter(json.load(answer))

    def get_well(self) -> None:
        """Let it answer well from here on."""
        with urlopen(f"{self.url}/well"):  # noqa: S310 - our own address
            pass


@contextmanager
def running(seed: int) -> Generator[Running]:
    """Give a provider in a process of its own."""
    with served("bench.provider", seed) as port:
        yield Running(port)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
