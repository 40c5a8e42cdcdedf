"""An HTTP server that takes whatever is posted and answers 200, in its own process: ``python -m bench.sink``.

It must be much faster than what it measures, so it reads no more of a request than where it ends.
``GET /`` answers how many requests with a body have come, how many distinct Idempotency-Keys they had, and
which of these came more than once.
Given a number of seconds it answers each letter so long after it has come, as a provider far away does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import urlopen

from .forking import served

if TYPE_CHECKING:
    from collections.abc import Generator

SEPARATOR = b"\r\n\r\n"
LENGTH = b"content-length:"
KEY = b"idempotency-key:"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Conversation(asyncio.Protocol):
    """One connection: a POST is counted and answered when its body is whole, a GET at once."""

    def __init__(self, counter: Counter[str], wait: float) -> None:
        self.counter, self.wait = counter, wait
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(SEPARATOR)) >= 0:
            head = self.waiting[:end].lower()
            whole = end + len(SEPARATOR) + int(_header(head, LENGTH) or 0)
            if len(self.waiting) < whole:
                return
            self.waiting = self.waiting[whole:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"get"):
            again = [key for key, times in self.counter.items() if times > 1]
            self._say(json.dumps([self.counter.total(), len(self.counter), again]).encode())
            return
        self.counter[_header(head, KEY).decode()] += 1
        if self.wait:
            asyncio.get_running_loop().call_later(self.wait, self._say, b"{}")
        else:
            self._say(b"{}")

    def _say(self, said: bytes) -> None:
        self.transport.write(HEAD % len(said) + said)


def _header(head: bytes, name: bytes) -> bytes:
    return head.partition(b"\r\n" + name)[2].partition(b"\r\n")[0].strip()


async def serve(wait: float) -> None:
    """Answer until killed, each letter after so many seconds; the first line printed is the port."""
    counter = Counter[str]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(counter, wait), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Sink:
    """A running sink."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"

    def counted(self) -> tuple[int, int]:
        """Give how many requests and how many distinct keys have come."""
        posts, keys, _ = self._asked()
        return posts, keys

    def again(self) -> set[str]:
        """Give the keys that have come more than once."""
        return set(self._asked()[2])

    def _asked(self) -> tuple[int, int, list[str]]:
        with urlopen(self.url) as answer:  # noqa: S310 - our own address
            return json.load(answer)


@contextmanager
def running(wait: float = 0.0) -> Generator[Sink]:
    """Give a sink in a process of its own, which answers each letter after so many seconds."""
    with served("bench.sink", wait) as port:
        yield Sink(port)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
