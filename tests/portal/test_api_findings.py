from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from duban.ledger import integrations
from duban.obligations.words import Role
from support.desk import Desk
from support.finding_cast import letters, record

FOUND = {
    "plan": "jiancha",
    "unit": "一村",
    "found_at": "2023-03-17T10:00:00+08:00",
    "due_at": "2023-03-31T23:59:59+08:00",
    "description": "违规存放烟花12箱",
    "place": "村口小卖部",
    "inspectors": "王芳、李强",
}
FIXED = {"text": "已清退", "done_on": "2023-03-19", "people": "张三"}


def program(desk: Desk, role: Role = Role.OFFICE) -> TestClient:
    token = f"token-of-{role}"
    with desk.book.write() as session:
        integrations.make(session, f"县平台{role.zh}", role, token, desk.clock.at, "管理员")
    client = desk.stranger()
    client.headers["authorization"] = f"Bearer {token}"
    return client


def post(client: TestClient, path: str, body: dict[str, Any], key: str) -> Any:
    return client.post(f"/api/v1/findings{path}", json=body, headers={"Idempotency-Key": key})


def test_a_finding_goes_from_registered_to_closed(desk: Desk) -> None:
    client = program(desk)
    made = post(client, "", FOUND, "1")
    assert made.status_code == 201
    body = made.json()["finding"]
    assert (body["number"], body["unit_code"], body["state"], body["due_at"]) == (
        1,
        "cun1",
        "open",
        "2023-03-31T23:59:59+08:00",
    )
    fixed = post(client, "/1/fixed", FIXED, "2").json()
    assert (fixed["state"], fixed["fixed_by"], fixed["fixed_on"]) == ("fixed", "张三", "2023-03-19")
    closed = post(client, "/1/recheck", {"passed": True, "people": "李强"}, "3").json()
    assert (closed["state"], closed["closing"]) == ("closed", "已销号（2023-03-20，李强）")
    assert [step["kind"] for step in closed["steps"]] == ["found", "fixed", "closed"]
    assert letters(desk.book)[0][1] == "隐患整改：村口小卖部"


def test_the_same_request_again_is_answered_the_same_and_does_nothing(desk: Desk) -> None:
    client = program(desk)
    first, again = post(client, "", FOUND, "1"), post(client, "", FOUND, "1")
    assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")
    assert len(letters(desk.book)) == 1


def test_a_program_s_own_number_registers_once_whatever_the_request(desk: Desk) -> None:
    client = program(desk)
    first = post(client, "", {**FOUND, "key": "A-7"}, "1")
    again = post(client, "", {**FOUND, "key": "A-7"}, "2")
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["fresh"], again.json()["fresh"]) == (True, False)
    other = post(client, "", {**FOUND, "key": "A-7", "description": "灭火器过期"}, "3")
    assert other.status_code == 409
    assert "已用于另一处隐患" in other.json()["detail"]


def test_a_failed_recheck_sets_a_new_limit(desk: Desk) -> None:
    client = program(desk)
    post(client, "", FOUND, "1")
    post(client, "/1/fixed", FIXED, "2")
    said = {"passed": False, "people": "李强", "text": "仍有3箱"}
    refused = post(client, "/1/recheck", said, "3")
    assert (refused.status_code, refused.json()["detail"]) == (409, "请填写新的整改期限。")
    said["until"] = "2023-04-10T23:59:59+08:00"
    failed = post(client, "/1/recheck", said, "4").json()
    assert (failed["state"], failed["due_at"], failed["fixed_on"]) == ("open", said["until"], None)


@pytest.mark.parametrize(
    ("people", "wrong"), [("张三", "“张三”是这次整改的整改人"), ("甲文书", "是整改单位“一村”的人")]
)
def test_neither_who_fixed_it_nor_its_unit_closes(desk: Desk, people: str, wrong: str) -> None:
    client = program(desk)
    post(client, "", FOUND, "1")
    post(client, "/1/fixed", FIXED, "2")
    refused = post(client, "/1/recheck", {"passed": True, "people": people}, "3")
    assert refused.status_code == 409
    assert wrong in refused.json()["detail"]


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"found_at": "2023-03-21T10:00:00+08:00"}, 409, "检查时间不能晚于现在"),
        ({"unit": "四村"}, 409, "单位“四村”没有找到"),
        ({"plan": "meiyou"}, 409, "请选择是哪个方案"),
        ({"description": ""}, 422, "不能为空"),
        ({"grade": "较大"}, 422, "应是"),
        ({"severity": "high"}, 422, "没有这一项"),
    ],
)
def test_what_cannot_be_registered_says_why(
    desk: Desk, changed: dict[str, str], status: int, said: str
) -> None:
    refused = post(program(desk), "", {**FOUND, **changed}, "1")
    assert refused.status_code == status
    assert said in refused.text


def test_a_day_is_written_as_one(desk: Desk) -> None:
    client = program(desk)
    post(client, "", FOUND, "1")
    for day in ("昨天", "2023-02-30", "2023-03-19T00:00:00+08:00"):
        refused = post(client, "/1/fixed", {**FIXED, "done_on": day}, f"day {day}".encode().hex())
        assert refused.status_code == 422


def test_findings_are_read_in_parts_and_filtered(desk: Desk) -> None:
    record(desk.book)
    record(desk.book, key="k2", unit="cun2", place="二村仓库", grade="grave")
    client = program(desk, Role.LEADER)
    first = client.get("/api/v1/findings?limit=1").json()
    assert ([one["place"] for one in first["items"]], first["next"]) == (["一村小卖部"], 1)
    rest = client.get("/api/v1/findings?limit=1&after=1").json()
    assert ([one["place"] for one in rest["items"]], rest["next"]) == (["二村仓库"], None)
    desk.clock.on("03-21 09:00")
    for query, places in (
        ("grade=grave", ["二村仓库"]),
        ("unit=一村", ["一村小卖部"]),
        ("which=overdue", ["一村小卖部", "二村仓库"]),
        ("which=closed", []),
        ("plan=qita", []),
        ("year=2022", []),
    ):
        items = client.get(f"/api/v1/findings?{query}").json()["items"]
        assert [one["place"] for one in items] == places, query
    assert client.get("/api/v1/findings/1").json()["overdue"] is True
    assert client.get("/api/v1/findings/9").status_code == 404


def test_who_only_looks_registers_nothing(desk: Desk) -> None:
    assert post(program(desk, Role.LEADER), "", FOUND, "1").status_code == 403


def test_a_person_registers_without_a_key(desk: Desk) -> None:
    person = desk.signed_in(Role.SUPERVISOR, "李强")
    assert person.post("/api/v1/findings", json=FOUND).status_code == 201
    assert person.post("/api/v1/findings", json=FOUND).status_code == 201
    assert person.post("/api/v1/findings", json={**FOUND, "key": "x"}).status_code == 201
    assert person.post("/api/v1/findings", json={**FOUND, "key": "x"}).status_code == 200


def test_an_address_says_all_that_it_allows(desk: Desk) -> None:
    client = program(desk)
    assert client.delete("/api/v1/findings").headers["allow"] == "GET, POST"
    assert client.delete("/api/v1/findings/1").headers["allow"] == "GET"
    assert client.put("/api/v1/findings/1/fixed").headers["allow"] == "POST"
