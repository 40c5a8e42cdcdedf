"""The API's own description."""

from __future__ import annotations

from typing import Any

from support.desk import Desk


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
    assert len(operations(desk)) == 25


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
