"""What programs read."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from duban.ledger import channels
from duban.ledger.channels import NewChannel
from duban.ledger.tables import Contact
from duban.obligations.words import Role
from support.campaign import advance, day, deliver, return_, submit
from support.desk import Desk
from support.programs import get, program, refused

MARCH = {"plan": "jiancha", "duty": "yuecha", "period": "2023-03"}


def test_a_round_says_its_dates_in_shanghai_and_what_to_hand_in(desk: Desk) -> None:
    client = program(desk, Role.LEADER)
    listed = get(client, "rounds", **MARCH)["items"]
    assert [(one["title"], one["due_at"], one["locks_at"], one["expected"]) for one in listed] == [
        ("2023年3月 · 每月检查", "2023-03-24T23:59:59+08:00", "2023-04-03T23:59:59+08:00", 3)
    ]
    whole = get(client, f"rounds/{listed[0]['id']}")
    assert whole["form"][0]["label"] == "检查数量"
    assert whole["ask"] == "请报送检查情况。"


def test_rounds_are_chosen_by_what_is_asked_for(desk: Desk) -> None:
    client = program(desk)
    months = [*range(1, 13)]
    assert [one["period"] for one in get(client, "rounds", duty="yuecha")["items"]] == [
        f"2023-{month:02d}" for month in months
    ]
    opened = get(client, "rounds", duty="yuecha", opened="true")["items"]
    assert [one["period"] for one in opened] == ["2023-01", "2023-02", "2023-03"]
    spring = {"due_after": "2023-02-24T23:59:59+08:00", "due_before": "2023-04-24T23:59:59+08:00"}
    due = get(client, "rounds", duty="yuecha", **spring)["items"]
    assert [one["period"] for one in due] == ["2023-02", "2023-03"]
    assert get(client, "rounds", year=2024)["items"] == []


def test_a_list_is_read_in_parts_without_a_gap_or_a_repeat(desk: Desk) -> None:
    client, seen, after, parts = program(desk), list[int](), 0, 0
    while after is not None:
        part = get(client, "obligations", limit=5, after=after)
        seen += [one["id"] for one in part["items"]]
        after, parts = part["next"], parts + 1
    assert parts == 4
    assert seen == sorted(set(seen))
    assert len(seen) == len(get(client, "obligations")["items"]) == 18


@pytest.mark.parametrize(
    ("asked", "units"),
    [
        (MARCH, ["cun1", "cun2", "cun3"]),
        (MARCH | {"state": "submitted"}, ["cun1"]),
        (MARCH | {"state": "returned"}, ["cun2"]),
        (MARCH | {"state": "owed"}, ["cun3"]),
        (MARCH | {"state": "exempt"}, []),
        (MARCH | {"unit": "cun3"}, ["cun3"]),
        (MARCH | {"unit": "nobody"}, []),
        (MARCH | {"due_before": "2023-03-24T23:59:59+08:00"}, []),
        (MARCH | {"due_after": "2023-03-24T23:59:59+08:00"}, ["cun1", "cun2", "cun3"]),
    ],
)
def test_obligations_are_chosen_by_what_is_asked_for(
    desk: Desk, asked: dict[str, str], units: list[str]
) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    submit(desk.book, "cun2", day("03-10 09:00"))
    return_(desk.book, "cun2", day("03-11 09:00"))
    found = get(program(desk), "obligations", **asked)["items"]
    assert [one["unit_code"] for one in found] == units


def test_an_obligation_tells_its_whole_story(desk: Desk) -> None:
    submit(desk.book, "cun2", day("03-10 09:00"))
    return_(desk.book, "cun2", day("03-11 09:00"))
    found = get(program(desk), f"obligations/{desk.obligation('cun2')}")
    assert found["obligation"]["unit"] == "二村"
    assert found["standing"]["state_zh"] == "已退回"
    assert found["standing"]["closes_at"] == "2023-04-03T23:59:59+08:00"
    (version,) = found["submissions"]
    assert (version["answers"], version["received_at"]) == ({"shuliang": 3}, "2023-03-10T09:00:00+08:00")
    assert version["verdict"]["reason"] == "数字与台账不符"
    assert version["verdict"]["material"] is True


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    client = program(desk)
    for path in ("obligations/9999", "rounds/9999", "rounds/9999/obligations", "nothing"):
        assert refused(client.get(f"/api/v1/{path}"), 404) == "没有找到，或者您无权查看。"


def test_overdue_counts_as_of_today_and_of_any_past_day(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    desk.clock.on("03-26 09:00")
    client = program(desk, Role.SUPERVISOR)
    now = get(client, "overdue", duty="yuecha", year=2023, days=1)
    assert now["as_of"] == "2023-03-26T09:00:00+08:00"
    march = [one for one in now["items"] if one["period"] == "2023-03"]
    assert [(one["unit"], one["overdue_seconds"], one["final"]) for one in march] == [
        ("二村", 118801, False),
        ("三村", 118801, False),
    ]
    before = get(client, "overdue", duty="yuecha", as_of="2023-03-24T23:59:59+08:00")
    assert {one["period"] for one in before["items"]} == {"2023-01", "2023-02"}
    assert before["total"] == 6


def test_overdue_says_how_a_unit_was_reminded_and_what_came_of_it(desk: Desk) -> None:
    with desk.book.write() as session:
        robot = NewChannel("工作群", "wecom", None, {"key": "k"})
        channels.add(session, desk.counter.box, robot, day("03-01 09:30"), "李主任")
        session.execute(update(Contact).where(Contact.name == "甲文书").values(channel_id=1))
    advance(desk.book, day("03-21 09:00"))
    deliver(desk.book, day("03-21 09:00"))  # what opened the round was put by before there was a channel
    advance(desk.book, day("03-24 09:00"))  # made, but nobody sends it
    desk.clock.on("03-26 09:00")
    client = program(desk)
    (march,) = get(client, "rounds", **MARCH)["items"]
    first, second, _ = get(client, "overdue", round_id=march["id"], sort="unit")["items"]
    at = "2023-03-21T09:00:00+08:00"
    assert (first["reminded"], first["filed"], first["waiting"], first["last_reminded_at"]) == (1, 1, 1, at)
    assert first["channels"] == [{"kind": "wecom", "name": "工作群"}]
    assert first["last_try"] == {"at": at, "ok": True, "answer": "好"}
    assert (second["reminded"], second["filed"], second["waiting"]) == (0, 2, 1)
    assert (second["channels"], second["last_try"]) == ([], None)


def test_a_moment_that_has_not_come_is_no_past_day(desk: Desk) -> None:
    answer = program(desk).get("/api/v1/overdue", params={"as_of": "2023-03-21T09:00:00+08:00"})
    assert refused(answer, 409) == "2023年3月21日（星期二）09:00还没有到，只能统计过去的时刻。"


def test_rates_say_what_share_of_whom(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    submit(desk.book, "cun2", day("03-27 09:00"))
    desk.clock.on("03-28 09:00")
    client = program(desk, Role.LEADER)
    (now,) = get(client, "rates", **MARCH)["items"]
    assert (now["expected"], now["on_time"], now["late"], now["missing"]) == (3, 1, 1, 1)
    assert (now["completeness"], now["timeliness"]) == (0.6667, 0.3333)
    (then,) = get(client, "rates", **MARCH, as_of="2023-03-26T09:00:00+08:00")["items"]
    assert (then["on_time"], then["late"], then["missing"]) == (1, 0, 2)
    (one,) = get(client, "rates", **MARCH, unit="cun2")["items"]
    assert (one["expected"], one["late"], one["completeness"]) == (1, 1, 1.0)
    assert get(client, "rates", period="2023-09")["items"] == []


def test_messages_tell_what_the_provider_answered(desk: Desk) -> None:
    deliver(desk.book, day("03-02 10:00"))
    sent = get(program(desk), "messages", state="sent")["items"]
    assert [(one["unit"], one["contact"], one["answer"]) for one in sent][:1] == [("一村", "甲文书", "好")]
    assert get(program(desk, name="另一平台"), "messages", state="dead")["items"] == []


def test_an_auditor_can_follow_the_journals_chain_with_nothing_but_the_answers(desk: Desk) -> None:
    client, previous, after, count = program(desk, Role.SUPERVISOR), "0" * 64, 0, 0
    while after is not None:
        part = get(client, "journal", after=after, limit=10)
        for one in part["items"]:
            at = datetime.fromisoformat(one["at"]).astimezone(UTC).isoformat()
            head = [one["seq"], at, one["actor"], one["action"], one["subject"]]
            said = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
            text = f'{said},{one["detail"]},"{previous}"]'
            assert one["previous"] == previous
            assert one["hash"] == hashlib.sha256(text.encode()).hexdigest()
            previous, count = one["hash"], count + 1
        after = part["next"]
    proof = get(client, "verify")
    assert (proof["ok"], proof["checked"], proof["reason"]) == (True, count, "")
    assert proof["head"].endswith(previous)


def test_plans_and_units_are_named_as_everywhere(desk: Desk) -> None:
    client = program(desk)
    (plan,) = get(client, "plans")["items"]
    assert (plan["plan"], plan["title"], plan["years"]) == ("jiancha", "示例检查方案", [2023])
    units = get(client, "units")["items"]
    assert [(one["code"], one["name"], one["tags"]) for one in units] == [
        ("cun1", "一村", ["沿江"]),
        ("cun2", "二村", ["沿江", "集市"]),
        ("cun3", "三村", []),
        ("paichusuo", "派出所", ["牵头"]),
    ]


def test_a_person_who_is_signed_in_reads_too(desk: Desk) -> None:
    advance(desk.book, day("03-02 09:00"))
    assert len(get(desk.signed_in(Role.LEADER), "units")["items"]) == 4
