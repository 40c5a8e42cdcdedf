"""What every request passes: no forged request, no foreign content, no secret in the log."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from .callers import COOKIE
from .problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("duban.portal")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Addresses hold tokens: they must not leave with a click on a foreign link. Not no-referrer, with which
    # browsers send `Origin: null` and so could not prove that a form is ours.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
YEAR: Final = "max-age=31536000"


class Guard:
    """Refuses requests forged by other sites, sets the security headers, and logs without secrets."""

    def __init__(
        self, app: ASGIApp, public_url: str, broken: Callable[[Request, Exception], Response]
    ) -> None:
        self._app, self._broken = app, broken
        self._origin = public_url
        self._secure = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, begun_answer = perf_counter(), 500, False

        async def answer(message: Message) -> None:
            nonlocal status, begun_answer
            if message["type"] == "http.response.start":
                status, begun_answer = message["status"], True
                self._dress(MutableHeaders(scope=message))
            await send(message)

        try:
            if self._forged(scope["method"], Headers(scope=scope)):
                await _refusal(scope)(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        except Exception as wrong:
            # Answered here, so that this page too is dressed; raised on, so that the log has the cause.
            if not begun_answer:
                await self._broken(Request(scope), wrong)(scope, receive, answer)
            raise
        finally:
            _log(scope, status, begun)

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        if self._secure:
            headers.setdefault("strict-transport-security", YEAR)

    def _forged(self, method: str, headers: Headers) -> bool:
        """Tell whether a writing request comes from another site, by what the browser itself says of it.

        A browser that says neither (older than 2020) is trusted only where no cookie could speak for it: a
        link's address is itself the secret.
        """
        if method in SAFE:
            return False
        if (site := headers.get("sec-fetch-site")) is not None:
            return site != "same-origin"
        if (origin := headers.get("origin")) is not None:
            return not self._ours(origin, headers.get("host", ""))
        return COOKIE in headers.get("cookie", "")

    def _ours(self, origin: str, host: str) -> bool:
        return origin == self._origin or (bool(host) and urlsplit(origin).netloc == host)


def _refusal(scope: Scope) -> Response:
    said = "请求不是从本站页面发出的，没有办理。请从本站页面重新操作。"
    return problem(403, said) if scope["path"].startswith("/api/") else PlainTextResponse(said, 403)


def _log(scope: Scope, status: int, begun: float) -> None:
    # The route's pattern, not the address: addresses hold tokens.
    route = getattr(scope.get("route"), "path", "-")
    spent = (perf_counter() - begun) * 1000
    facts = {"method": scope["method"], "route": route, "status": status, "milliseconds": round(spent)}
    more = {"event": "request", "counts": facts}
    log.info("%s %s %d %.0fms", scope["method"], route, status, spent, extra=more)
