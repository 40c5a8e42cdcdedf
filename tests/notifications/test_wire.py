"""Connections that stay open from letter to letter: none comes twice, none fails that was not sent."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from duban.notifications import wire
from duban.notifications.channels import Channel, Letter, Sender, build
from support.sink import DROP, HttpSink, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def sender(sink: HttpSink, tmp_path: Path) -> Sender:
    return hook(sink.url, tmp_path)


def hook(url: str, folder: Path) -> Sender:
    return build(Channel("短信网关", "webhook", {"url": f"{url}/sms?a=b", "timeout": 2}), folder)


class Peer:
    """A server that reads one request on each connection, answers, and then does as it is told."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._door.accept()
                self._open.append(line)
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request or not request.endswith(b"}"):
            request += line.recv(65_536)
        self.seen.append(request)
        line.sendall(WHOLE)

    def hang_up(self) -> None:
        for line in self._open:
            line.close()

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()
        self.hang_up()


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


def test_letters_one_after_the_other_share_a_connection(
    sender: Sender, sink: HttpSink, letter: Letter
) -> None:
    answers = [sender.send(replace(letter, key=f"k{number}")) for number in range(5)]
    assert [one.text for one in answers] == ["HTTP 200 {}"] * 5
    assert [one.headers["Idempotency-Key"] for one in sink.seen] == ["k0", "k1", "k2", "k3", "k4"]
    assert {one.path for one in sink.seen} == {"/sms"}
    assert sink.connections == 1


def test_a_letter_goes_over_a_new_connection_when_the_other_side_has_hung_up(
    sender: Sender, sink: HttpSink, letter: Letter
) -> None:
    sink.always = Reply(leave=True)
    for number in range(3):
        assert sender.send(replace(letter, key=f"k{number}")).ok
        time.sleep(0.05)  # its end has come by now
    assert [one.headers["Idempotency-Key"] for one in sink.seen] == ["k0", "k1", "k2"]
    assert sink.connections == 3


def test_a_letter_of_which_nothing_could_leave_goes_over_a_new_connection(
    peer: Peer, tmp_path: Path, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reset(line: HTTPConnection) -> bool:
        line.sock.shutdown(socket.SHUT_WR)  # takes no byte, as one that the other side resets after the look
        return True

    monkeypatch.setattr(wire, "_is_quiet", reset)
    sender = hook(peer.url, tmp_path)
    assert sender.send(letter).ok
    assert sender.send(letter).ok
    assert len(peer.seen) == 2


def test_a_letter_that_has_left_and_was_not_answered_is_a_failure_and_is_not_sent_again(
    sender: Sender, sink: HttpSink, letter: Letter
) -> None:
    assert sender.send(letter).ok
    sink.always = DROP
    answer = sender.send(letter)
    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text.startswith("连接中断")
    assert (len(sink.seen), sink.connections) == (2, 1)


def test_a_connection_that_was_idle_for_longer_than_a_moment_is_not_used_again(
    sender: Sender, sink: HttpSink, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sender.send(letter).ok
    monkeypatch.setattr(wire, "KEPT", 0.0)
    assert sender.send(letter).ok
    assert sink.connections == 2


def test_what_nobody_reads_to_its_end_does_not_answer_the_next_letter(
    sender: Sender, sink: HttpSink, letter: Letter
) -> None:
    sink.replies.append(Reply(200, "x" * 200_000))
    assert sender.send(letter).ok
    assert sender.send(letter).text == "HTTP 200 {}"
    assert sink.connections == 2


@pytest.mark.parametrize("name", ["content-length", "Transfer-Encoding", "CONNECTION"])
def test_a_header_of_the_office_does_not_change_where_a_request_ends(
    sink: HttpSink, tmp_path: Path, letter: Letter, name: str
) -> None:
    settings = {"url": sink.url, "timeout": 2, "headers": {name: "1", "x-office": "甲".encode().hex()}}
    sender = build(Channel("短信网关", "webhook", settings), tmp_path)
    assert sender.send(letter).ok
    assert sender.send(letter).ok
    assert [one.json["key"] for one in sink.seen] == ["2023-03-31/示例一村/张三"] * 2
    assert {one.headers["X-Office"] for one in sink.seen} == {"e794b2"}


def test_the_system_s_proxy_is_used_where_there_is_one(
    sink: HttpSink, tmp_path: Path, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
            pass

    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_address[1]}")
        answer = hook("http://platform.example", tmp_path).send(letter)
        server.shutdown()
    assert (answer.ok, asked) == (True, ["http://platform.example/sms?a=b"])
    assert sink.seen == []
