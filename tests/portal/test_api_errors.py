"""What the API says to whoever asks amiss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from duban.obligations.words import Role
from support.desk import Desk
from support.programs import post, program, refused

KEY = {"Idempotency-Key": "k"}


def at(desk: Desk, act: str = "submissions") -> str:
    return f"/api/v1/obligations/{desk.obligation('cun1')}/{act}"


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer nobody"}, {"authorization": "Basic YTpi"}])
def test_a_stranger_is_told_how_to_come_in(desk: Desk, given: dict[str, str]) -> None:
    answer = desk.stranger().get("/api/v1/units", headers=given)
    assert refused(answer, 401).startswith("没有有效的令牌。请在请求头中写明 Authorization: Bearer")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER])
def test_who_only_looks_does_nothing(desk: Desk, role: Role) -> None:
    answer = post(program(desk, role), f"obligations/{desk.obligation('cun1')}/acknowledge")
    assert refused(answer, 403) == "您的账号没有这项权限；如需办理，请联系管理员。"


def test_a_token_opens_no_page(desk: Desk) -> None:
    assert program(desk).get("/today").status_code == 303


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"version": "1"}, ["body/version"]),
        ({"version": True}, ["body/version"]),
        ({}, ["body/version"]),
        ({"version": 1, "verison": 1}, ["body/verison"]),
        ({"version": -1}, ["body/version"]),
        ({"version": 2**31}, ["body/version"]),
        ([], ["body"]),
        ("1", ["body"]),
    ],
)
def test_every_wrong_entry_is_named(desk: Desk, body: Any, places: list[str]) -> None:
    answer = program(desk).post(at(desk, "accept"), json=body, headers=KEY)
    refused(answer, 422)
    assert [one["at"] for one in answer.json()["fields"]] == places


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2023-03-31", "应是带时区的时间，如 2023-03-24T17:30:00+08:00（写在地址中时，+ 要写成 %2B）"),
        (
            "2023-03-31T23:59:59",
            "应是带时区的时间，如 2023-03-24T17:30:00+08:00（写在地址中时，+ 要写成 %2B）",
        ),
        ("2023-02-30T23:59:59+08:00", "没有这样的日期或时间"),
        ("1999-12-31T23:59:59+08:00", "应在2000年至2099年之间"),
        ("2023-03-31T23:59:59+25:00", "没有这样的日期或时间"),
    ],
)
def test_a_moment_without_its_zone_is_none(desk: Desk, until: str, said: str) -> None:
    answer = program(desk).post(at(desk, "extend"), json={"until": until, "reason": "汛期"}, headers=KEY)
    refused(answer, 422)
    assert answer.json()["fields"] == [{"at": "body/until", "said": said}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"note": "\\u0000"}', 422),
        (b'{"note": "\\ud800"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"answers": {"\\u0000": 1}}', 422),
        (b'{"answers": {"shuliang": "\\udfff"}}', 422),
        (b'{"answers": {"shuliang": 1e999}}', 422),
        (b'{"answers": {"shuliang": NaN}}', 422),
        (b'{"answers": {"shuliang": [[]]}}', 422),
        (b'{"answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"answers": {"shuliang": ' + b"9" * 5000 + b"}}", 400),
        (b"\xff\xfe", 422),
        (b'{"nil": true', 422),
        (b"", 422),
    ],
)
def test_what_no_database_and_no_reader_can_hold_is_refused(desk: Desk, body: bytes, status: int) -> None:
    headers = KEY | {"content-type": "application/json"}
    refused(program(desk).post(at(desk), content=body, headers=headers), status)


def test_rare_characters_and_emoji_are_text_like_any_other(desk: Desk) -> None:
    report = {"answers": {"shuliang": 1}, "note": "𠮷家店 👍🏽 \u202e", "reported_by": "𠮷"}
    said = post(program(desk), f"obligations/{desk.obligation('cun1')}/submissions", report).json()
    assert said["submission"]["note"] == "𠮷家店 👍🏽 \u202e"


def test_a_body_that_says_it_is_too_large_is_not_read(desk: Desk) -> None:
    answer = program(desk).post(at(desk), content=b" " * 1_000_001, headers=KEY)
    assert refused(answer, 413) == "内容过大，没有收下。"


def test_a_body_that_does_not_say_how_large_it_is_is_counted(desk: Desk) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(40):
            sent += 1
            yield b" " * 100_000

    answer = program(desk).post(at(desk), content=endless(), headers=KEY)
    assert refused(answer, 413) == "内容过大，没有收下。"


def test_a_file_may_be_larger_than_a_report_but_not_without_end(desk: Desk) -> None:
    client, path = program(desk), f"{at(desk, 'files')}?name=a.txt"
    assert client.post(path, content=b"a" * 2_000_000, headers=KEY).status_code == 201
    refused(client.post(path, content=b"a" * 15_000_001, headers={"Idempotency-Key": "k2"}), 413)


@pytest.mark.parametrize(
    "asked",
    [
        "limit=0", "limit=201", "after=-1", "after=99999999999999999999", "plan=%00", "unit=", "state=gone",
        "due_before=yesterday", "due_before=2023-03-24T17:30:00+08:00", "sort=longest", "year=1999",
    ],
)  # fmt: skip
def test_what_is_asked_for_in_an_address_is_read_strictly(desk: Desk, asked: str) -> None:
    refused(program(desk).get(f"/api/v1/obligations?{asked}"), 422)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9007199254740992", "99999999999999999999999"])
def test_a_number_that_cannot_be_is_refused(desk: Desk, number: str) -> None:
    refused(program(desk).get(f"/api/v1/obligations/{number}"), 422)


def test_what_is_allowed_is_said_where_something_else_is_asked_for(desk: Desk) -> None:
    answer = program(desk).delete("/api/v1/units")
    assert refused(answer, 405) == "这个地址不支持这样的操作。"
    assert answer.headers["allow"] == "GET"


def test_an_answer_is_never_kept_by_what_lies_between(desk: Desk) -> None:
    assert program(desk).get("/api/v1/units").headers["cache-control"] == "no-store"
