"""Local servers that take what the senders send, and misbehave when told to. 127.0.0.1 only."""

from __future__ import annotations

import json
import socket
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType


Server = TypeVar("Server", ThreadingTCPServer, ThreadingHTTPServer)


@dataclass(frozen=True)
class Reply:
    """What the HTTP sink answers; `stall` answers only when the sink closes, `drop` never answers.

    With `leave` it answers, and hangs up without having said that it would.
    """

    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    stall: bool = False
    drop: bool = False
    leave: bool = False


def code(errcode: int, errmsg: str = "", *, status: int = 200) -> Reply:
    """Give a reply in the manner of WeCom and DingTalk."""
    return Reply(status, json.dumps({"errcode": errcode, "errmsg": errmsg}, ensure_ascii=False))


def lark(number: int, msg: str = "", *, status: int = 200) -> Reply:
    """Give a reply in the manner of Feishu."""
    return Reply(status, json.dumps({"code": number, "msg": msg}, ensure_ascii=False))


STALL = Reply(stall=True)
DROP = Reply(drop=True)
LIE = Reply(200, "<html>请先登录上网认证</html>")


@dataclass(frozen=True)
class Seen:
    """One request that came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Give the body, parsed."""
        return json.loads(self.body)


class Sink:
    """What both servers have: a thread, the connections that are open, and a clean end."""

    def __init__(
        self, server: ThreadingTCPServer | ThreadingHTTPServer, tls: ssl.SSLContext | None = None
    ) -> None:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        self.closing = Event()
        self.lock = Lock()
        self._open: set[socket.socket] = set()
        self._server = server
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def opened(self, connection: socket.socket) -> None:
        with self.lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self.lock:
            self._open.discard(connection)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        with self.lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class HttpSink(Sink):
    """Answers each request with the next of `replies`, then with `always`; keeps what it saw in `seen`."""

    def __init__(
        self,
        replies: Iterable[Reply] = (),
        *,
        always: Reply | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.replies = deque(replies)
        self.always = always or Reply()
        self.seen: list[Seen] = []
        self.connections = 0
        super().__init__(_quiet_http(self), tls)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def take(self, seen: Seen) -> Reply:
        with self.lock:
            self.seen.append(seen)
            return self.replies.popleft() if self.replies else self.always


def _quiet_http(sink: HttpSink) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer, or Nagle's algorithm would be measured
        disable_nagle_algorithm = True

        def setup(self) -> None:
            sink.opened(self.request)
            with sink.lock:
                sink.connections += 1
            super().setup()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            sink.closed(self.request)

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            seen = Seen(parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()), body)
            self._reply(sink.take(seen))

        do_GET = do_POST  # noqa: N815 - named by http.server

        def _reply(self, reply: Reply) -> None:
            if reply.stall:
                sink.closing.wait(30)
            if reply.stall or reply.drop:
                self.close_connection = True
                return
            content = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(content)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            # Where more was announced than comes, the end must come too.
            cut = "Content-Length" in reply.headers
            self.close_connection = self.close_connection or reply.leave or cut

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    return _start(server)


def _start(server: Server) -> Server:
    server.daemon_threads = False
    server.request_queue_size = 64
    server.allow_reuse_address = True
    server.server_bind()
    server.server_activate()
    return server


@dataclass(frozen=True)
class Mailed:
    """One message that came in, as it was sent."""

    sender: str
    to: str
    text: str


class SmtpSink(Sink):
    """A small mail server; `says` gives its line for a verb (EHLO, AUTH, MAIL, RCPT, DATA, END, GREET).

    A line of "stall" or "drop" does that instead. With `tls` the whole conversation is encrypted; with
    `starttls` it is once the client asks.
    """

    def __init__(
        self,
        says: dict[str, str] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self.says = says or {}
        self.starttls = starttls
        self.mailed: list[Mailed] = []
        self.commands: list[str] = []
        super().__init__(_smtp(self), tls)


def _smtp(sink: SmtpSink) -> ThreadingTCPServer:
    class Handler(StreamRequestHandler):
        def setup(self) -> None:
            sink.opened(self.request)
            super().setup()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            sink.closed(self.request)
            self.request.close()

        def handle(self) -> None:
            with suppress(OSError, ConnectionError):
                _converse(self, sink)

    return _start(ThreadingTCPServer(("127.0.0.1", 0), Handler, bind_and_activate=False))


DEFAULTS = {
    "GREET": "220 sink ready",
    "EHLO": "250-sink\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 ok",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "END": "250 2.0.0 Ok: queued as 4F2A1",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


def _converse(handler: StreamRequestHandler, sink: SmtpSink) -> None:
    sender = to = ""
    if not _say(handler, sink, "GREET"):
        return
    while line := handler.rfile.readline().decode().rstrip("\r\n"):
        verb = line[:4].upper()
        sink.commands.append(verb if verb == "AUTH" else line)
        if not _say(handler, sink, verb) or verb == "QUIT":
            return
        if verb == "STAR" and sink.starttls:
            _encrypt(handler, sink.starttls)
        sender = line[10:].partition(" ")[0] if verb == "MAIL" else sender
        to = line[8:] if verb == "RCPT" else to
        if verb == "DATA" and sink.says.get("DATA", "354").startswith("354"):
            text = _until_dot(handler)
            if not _say(handler, sink, "END"):
                return
            if sink.says.get("END", "250").startswith("250"):
                sink.mailed.append(Mailed(sender.strip("<>"), to.strip("<>"), text))


def _encrypt(handler: StreamRequestHandler, tls: ssl.SSLContext) -> None:
    handler.request = tls.wrap_socket(handler.request, server_side=True)
    handler.rfile.close()
    handler.setup()


def _say(handler: StreamRequestHandler, sink: SmtpSink, verb: str) -> bool:
    line = sink.says.get(verb, DEFAULTS.get(verb, "502 not implemented"))
    if line == "stall":
        sink.closing.wait(30)
    if line in {"stall", "drop"}:
        return False
    handler.wfile.write(line.encode("gb18030") + b"\r\n")
    return True


def _until_dot(handler: StreamRequestHandler) -> str:
    lines: list[str] = []
    while (line := handler.rfile.readline().decode()) not in {".\r\n", ""}:
        lines.append(line.removeprefix(".").rstrip("\r\n"))
    return "\n".join(lines)
