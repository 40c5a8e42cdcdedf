"""Bodies counted while they are read, so that nobody fills the memory."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import Message, Receive

LARGEST_JSON = 1_000_000
LARGEST_FILE = 15_000_000


class Limited(APIRoute):
    """A route that refuses a body above 1 MB with 413, as soon as it is known to be too large."""

    most = LARGEST_JSON

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler over a request whose body is counted."""
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if _declared(request) > self.most:
                raise HTTPException(413)
            return await plain(Request(request.scope, _counted(request.receive, self.most)))

        return handle


class LimitedFile(Limited):
    """The same for a file of at most 15 MB."""

    most = LARGEST_FILE


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def _counted(receive: Receive, most: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413)
        return message

    return counted
