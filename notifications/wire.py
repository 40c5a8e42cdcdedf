"""Posting to one provider over connections that stay open from letter to letter.

A letter must neither come twice nor count as failed because the other side had hung up on a connection that
was kept. So one is kept for a moment only, is looked at before it is used again, and a letter of which not a
byte has left goes over a new one. Once a byte has left nobody knows what was read: that is a failure.
"""

from __future__ import annotations

import ssl
from collections import deque
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    getproxies,
    proxy_bypass,
)
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import HookSettings, Security

# A provider's answer is a line of JSON; nobody can fill our memory with more than this.
ANSWER_BYTES = 65_536
KEPT = 0.5  # seconds; servers that keep a connection at all wait for longer
OURS = frozenset({"Connection", "Content-Length", "Transfer-Encoding"})  # say how the request itself is read
NAMED = {"User-Agent": "duban", "Accept-Encoding": "identity"}


def trust(security: Security) -> ssl.SSLContext:
    """Give the TLS context for a channel; raises OSError or ssl.SSLError when `ca_file` is no good."""
    context = ssl.create_default_context(cafile=security.ca_file)
    if not security.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def wire(settings: HookSettings) -> Wire | ProxyWire:
    """Give the way to a channel's address, as the system's proxies have it; raises as :func:`trust` does."""
    parts = urlsplit(settings.url)
    if getproxies().get(parts.scheme) and not proxy_bypass(parts.netloc):
        return ProxyWire(settings)
    return Wire(settings)


class _Line(HTTPConnection):
    """A connection that knows whether anything of the letter has left."""

    left = False

    def send(self, data: Any) -> None:
        """Send what belongs to a letter; called by the library."""
        if not self.left:
            # One call of the system, or one record of TLS: when it fails, the other side has read nothing.
            data = data[self.sock.send(data) :]
            self.left = True
        self.sock.sendall(data)


class _SecureLine(_Line, HTTPSConnection):
    """The same with TLS."""


class Wire:
    """Posts straight to the provider; safe to use from several threads at once. Follows no redirect."""

    def __init__(self, settings: HookSettings) -> None:
        """Take where to post and whom to trust; raises as :func:`trust` does."""
        parts, security = urlsplit(settings.url), settings.security
        self._host, self._timeout = parts.netloc.rpartition("@")[2], security.timeout
        # Reading the system's authorities takes some 30 ms, so only for those who need them.
        wanted = parts.scheme == "https" or security.ca_file
        context = trust(security) if wanted else None
        self._context = context if parts.scheme == "https" else None
        self._idle: deque[tuple[float, _Line]] = deque()
        finalize(self, _hang_up, self._idle)

    def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Post to an address at the channel's host; gives the status and what is said, at most 64 KiB of it.

        Raises OSError and HTTPException for whatever the network does.
        """
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {name.title(): value for name, value in headers.items()}
        asked = target, content, NAMED | {name: named[name] for name in named.keys() - OURS}
        if (kept := self._kept()) is not None:
            try:
                return self._ask(kept, *asked)
            except OSError:
                if kept.left:
                    raise
        return self._ask(self._new(), *asked)

    def _new(self) -> _Line:
        if self._context is None:
            return _Line(self._host, timeout=self._timeout)
        return _SecureLine(self._host, timeout=self._timeout, context=self._context)

    def _kept(self) -> _Line | None:
        """Give the connection that was used last, if the other side has not hung up on it."""
        while self._idle:
            try:
                since, line = self._idle.pop()
            except IndexError:  # another thread has just taken it
                return None
            if monotonic() - since < KEPT and _is_quiet(line):
                return line
            line.close()
        return None

    def _ask(self, line: _Line, target: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        line.left = False
        try:
            if line.sock is None:
                line.connect()
            line.request("POST", target, content, headers)
            response = line.getresponse()
            status, said = response.status, _whole(response)
        except BaseException:
            line.close()
            raise
        if line.sock is not None and response.isclosed():
            self._idle.append((monotonic(), line))
        else:  # the other side hangs up, or says more than anybody reads
            response.close()
            line.close()
        return status, said


def _whole(response: HTTPResponse) -> bytes:
    """Read an answer, or as much as anybody reads of it.

    Raises :class:`ConnectionAbortedError` for one that broke off, whatever it began with: that is no answer,
    and ``read`` with a limit does not say so.
    """
    said, announced = response.read(ANSWER_BYTES), response.headers.get("Content-Length", "")
    if announced.isdecimal() and len(said) < min(int(announced), ANSWER_BYTES):
        raise ConnectionAbortedError(f"{len(said)}/{announced}")
    return said


def _is_quiet(line: _Line) -> bool:
    """Tell whether nothing has come unasked; an end has."""
    try:
        return not select([line.sock], [], [], 0)[0]
    except (OSError, ValueError):
        return False


def _hang_up(idle: deque[tuple[float, _Line]]) -> None:
    for _, line in idle:
        line.close()


class ProxyWire:
    """Posts through the system's proxies, each letter over a connection of its own. Follows no redirect.

    A redirected POST turns into a GET, whose 200 would look like a delivery.
    """

    def __init__(self, settings: HookSettings) -> None:
        """Take where to post and whom to trust; raises as :func:`trust` does."""
        self._timeout = settings.security.timeout
        self._director = OpenerDirector()
        self._director.add_handler(ProxyHandler())
        self._director.add_handler(HTTPHandler())
        if urlsplit(settings.url).scheme == "https" or settings.security.ca_file:
            self._director.add_handler(HTTPSHandler(context=trust(settings.security)))
        self._director.addheaders = [("User-Agent", "duban")]

    def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Post to an address, as :meth:`Wire.post` does."""
        # settings.py lets only http and https through
        request = Request(address, content, dict(headers), method="POST")  # noqa: S310
        with self._director.open(request, timeout=self._timeout) as response:
            return response.status, _whole(response)
