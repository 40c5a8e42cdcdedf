"""The API's own description."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from duban.ledger import integrations
from duban.obligations.words import Role
from support.desk import PUBLIC_URL, Desk

ROOT = Path(__file__).parents[2]
TOKEN = "token-of-the-manual"


def described(desk: Desk) -> dict[str, Any]:
    return desk.stranger().get("/api/v1/openapi.json").json()


def operations(desk: Desk) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": one
        for path, methods in described(desk)["paths"].items()
        for method, one in methods.items()
    }


def test_it_is_openapi_of_the_api_alone_and_anybody_may_read_it(desk: Desk) -> None:
    found = described(desk)
    assert found["openapi"] == "3.1.0"
    assert {path.split("/")[1:3] == ["api", "v1"] for path in found["paths"]} == {True}
    assert len(operations(desk)) == 33


def test_every_error_is_described_as_problem_json(desk: Desk) -> None:
    for name, one in operations(desk).items():
        errors = {status: said for status, said in one["responses"].items() if status.startswith("4")}
        assert {"401", "403", "409", "422"} <= errors.keys(), name
        assert {media for said in errors.values() for media in said["content"]} == {
            "application/problem+json"
        }


def test_every_act_asks_for_a_key_and_no_reading_does(desk: Desk) -> None:
    for name, one in operations(desk).items():
        required = {said["name"] for said in one.get("parameters", ()) if said["required"]}
        assert ("Idempotency-Key" in required) == name.startswith("POST"), name


def test_every_operation_has_a_chinese_name_and_says_what_it_gives(desk: Desk) -> None:
    for name, one in operations(desk).items():
        assert not one["summary"].isascii(), name
        assert one["description"].endswith("."), name
    names = [one["operationId"] for one in operations(desk).values()]
    assert len(set(names)) == len(names)


def test_programs_and_people_come_in_by_what_it_says(desk: Desk) -> None:
    found = described(desk)
    assert found["security"] == [{"token": []}, {"person": []}]
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_nothing_in_an_address_is_described_as_null(desk: Desk) -> None:
    for name, one in operations(desk).items():
        assert "null" not in str([said["schema"] for said in one.get("parameters", ())]), name


def commands() -> Iterator[list[str]]:
    """Give the words of each curl command of the manual, as a shell would."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("curl "):
                yield shlex.split(line.replace("$TOKEN", TOKEN).replace("$DUBAN", PUBLIC_URL))[1:]


def sent(client: TestClient, words: list[str]) -> Response:
    reading = argparse.ArgumentParser()
    reading.add_argument("-X", default="GET")
    reading.add_argument("-H", action="append")
    reading.add_argument("-d", "--data-binary", dest="data", default="")
    reading.add_argument("url")
    given = reading.parse_args(words)
    headers = {name: value for name, _, value in (one.partition(": ") for one in given.H)}
    return client.request(given.X, given.url, headers=headers, content=given.data.encode())


def test_the_commands_of_the_manual_do_what_it_says(desk: Desk) -> None:
    with desk.book.write() as session:
        integrations.make(session, "县平台", Role.OFFICE, TOKEN, desk.clock.at, "管理员")
    answers = [sent(desk.stranger(), words) for words in commands()]
    assert [answer.status_code for answer in answers] == [
        *(200, 200, 200, 200),
        *(201, 200),
        *(201, 200, 201),
        201,
        201,
        *(201, 200, 200, 200),
        *(200, 200, 200, 200),
    ]
    assert answers[3].json()["as_of"] == "2023-03-20T08:00:00+08:00"
    assert answers[5].json()["obligation"]["state"] == "accepted"
    assert answers[9].json()["file"]["name"] == "清单.txt"
    assert answers[13].json()["closing"] == "已销号（2023-03-20，李强）"
    assert [one["unit"] for one in answers[14].json()["items"]] == ["一村"]
    assert answers[-2].json()["ok"] is True
