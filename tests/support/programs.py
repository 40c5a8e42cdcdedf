"""Programs that come in by the API, and what they are answered."""

from __future__ import annotations

from itertools import count
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from duban.ledger import integrations
from duban.obligations.words import Role

from .desk import Desk

_numbers = count(1)


def program(desk: Desk, role: Role = Role.OFFICE, name: str = "县平台") -> TestClient:
    """Give a client that comes in with a token of its own."""
    token, client = f"token-of-{name.encode().hex()}-{role}", desk.stranger()
    with desk.book.write() as session:
        integrations.make(session, name, role, token, desk.clock.at, "管理员")
    client.headers["authorization"] = f"Bearer {token}"
    return client


def post(client: TestClient, path: str, body: dict[str, Any] | None = None, key: str = "") -> Response:
    """Ask for an act with a key of its own, or the one given."""
    headers = {"Idempotency-Key": key or f"key-{next(_numbers)}"}
    return client.post(f"/api/v1/{path}", json=body, headers=headers)


def get(client: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    """Give what is read at a path, which is there."""
    answer = client.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: Response, status: int) -> str:
    """Give the sentence of a refusal."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    return answer.json()["detail"]
