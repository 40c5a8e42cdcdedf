"""Forms that were not written as our pages write them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response

from support.desk import Desk

MULTIPART = "multipart/form-data; boundary=x"
STRANGERS = ("/sign-in", "/sign-in/code", "/lost", "/setup/abc")


def part(name: str, value: bytes, more: str = "") -> bytes:
    """Give one part of a form, with whatever else its heading says."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


def sent(desk: Desk, body: bytes, kind: str = MULTIPART, path: str = "/sign-in") -> Response:
    return desk.stranger().post(path, content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    "charset", ["punycode", "unicode_escape", "utf-7", "utf-16", '"latin-1"', "gbk", "none-such", '""']
)
def test_a_form_in_another_charset_is_refused_unread(desk: Desk, charset: str) -> None:
    body = part("name", b"\\ud800") + part("password", b"a-b") + b"--x--\r\n"
    answer = sent(desk, body, f"multipart/form-data; charset={charset}; boundary=x")
    assert answer.status_code == 400
    assert "请求的内容读不懂，没有办理。" in answer.text


@pytest.mark.parametrize("more", ["", "; charset=utf-8", '; charset="UTF-8"', "; charset=utf8"])
def test_a_form_in_utf_8_is_read_whether_it_says_so_or_not(desk: Desk, more: str) -> None:
    body = part("name", "王文书".encode()) + part("password", b"x") + b"--x--\r\n"
    answer = sent(desk, body, MULTIPART + more)
    assert answer.status_code == 401
    assert 'value="王文书"' in answer.text


def test_the_charset_of_a_part_is_not_heeded(desk: Desk) -> None:
    heading = "\r\nContent-Type: text/plain; charset=unicode_escape"
    answer = sent(desk, part("name", b"\\u738b", heading) + b"--x--\r\n")
    assert answer.status_code == 401
    assert 'value="\\u738b"' in answer.text


@pytest.mark.parametrize("path", STRANGERS)
def test_a_stranger_sends_no_file(desk: Desk, path: str) -> None:
    body = part("name", b"a", '; filename="a.jpg"') + b"--x--\r\n"
    answer = sent(desk, body, path=path)
    assert answer.status_code == 400
    assert "请求的内容读不懂，没有办理。" in answer.text


@pytest.mark.parametrize("path", STRANGERS)
def test_a_stranger_is_read_no_further_than_a_form_goes(desk: Desk, path: str) -> None:
    def endless() -> Iterator[bytes]:
        yield b"name="
        for _ in range(9):
            yield b"a" * 20_000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    declared = desk.stranger().post(path, content=b"name=" + b"a" * 64_000, headers=headers)
    counted = desk.stranger().post(path, content=endless(), headers=headers)
    assert (declared.status_code, counted.status_code) == (413, 413)
    assert "提交的内容过大，没有收下；请删减后再提交。" in counted.text


@pytest.mark.parametrize("path", STRANGERS)
def test_what_strangers_are_asked_is_read_in_either_way_of_writing_it(desk: Desk, path: str) -> None:
    plain = sent(desk, b"name=a&unit=b", "application/x-www-form-urlencoded", path)
    parts = sent(desk, part("name", b"a") + part("unit", b"b") + b"--x--\r\n", path=path)
    assert (plain.status_code, plain.text) == (parts.status_code, parts.text)
