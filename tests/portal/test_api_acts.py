"""What programs and people do by the API; the book says the same as if they had done it in pages."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from duban.ledger import asking, lookup
from duban.ledger.tables import JournalEntry, Round, Submission
from duban.obligations.words import Role
from support.campaign import actions, day, return_, submit
from support.desk import Desk
from support.programs import get, post, program, refused

REPORT = {
    "answers": {"shuliang": 12},
    "reported_by": "一村 甲文书",
    "claimed_at": "2023-03-19T17:30:00+08:00",
}


def at(desk: Desk, unit: str = "cun1") -> str:
    return f"obligations/{desk.obligation(unit)}"


def test_a_report_is_registered_as_coming_from_the_program(desk: Desk) -> None:
    answer = post(program(desk), f"{at(desk)}/submissions", REPORT)
    assert answer.status_code == 201
    said = answer.json()
    assert said["fresh"] is True
    assert said["submission"]["version"] == 1
    assert said["submission"]["received_at"] == "2023-03-20T09:00:00+08:00"
    assert (said["obligation"]["state"], said["obligation"]["outcome"]) == ("submitted", "on_time")
    with desk.book.read() as session:
        row = session.scalars(select(Submission)).one()
        assert (row.answers, row.via, row.by) == ({"shuliang": 12}, "api", "一村 甲文书（接口：县平台登记）")
        assert row.claimed_at == day("03-19 17:30")
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor) == ("submission.received", "一村 甲文书（接口：县平台登记）")


def test_a_nil_report_fills_in_nothing(desk: Desk) -> None:
    client = program(desk)
    assert post(client, f"{at(desk)}/submissions", {"nil": True}).json()["obligation"]["outcome"] == "nil"
    answer = post(client, f"{at(desk, 'cun2')}/submissions", {"nil": True, "answers": {"shuliang": 1}})
    assert refused(answer, 409) == "零报告不填项目；有情况要报的，请不要选零报告。"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("十二", "“检查数量”应是数字，实际为“十二”"),
        (-1, "“检查数量”不能小于0，实际为-1"),
        (1001, "“检查数量”不能大于1000，实际为1001"),
    ],
)
def test_answers_are_held_against_the_form(desk: Desk, answer: object, said: str) -> None:
    refusal = post(program(desk), f"{at(desk)}/submissions", {"answers": {"shuliang": answer}})
    assert refused(refusal, 409).startswith(said)
    assert "submission.received" not in actions(desk.book)


@pytest.mark.parametrize("answer", [7, 7.0, "7", " 7 "])
def test_a_number_may_be_written_as_a_number_or_as_text(desk: Desk, answer: object) -> None:
    said = post(program(desk), f"{at(desk)}/submissions", {"answers": {"shuliang": answer}}).json()
    assert said["submission"]["answers"] == {"shuliang": 7}


def test_a_report_of_the_same_number_is_taken_once_and_two_programs_may_number_alike(desk: Desk) -> None:
    first, second = program(desk), program(desk, name="应急平台")
    numbered = REPORT | {"key": "2023-0001"}
    assert post(first, f"{at(desk)}/submissions", numbered).status_code == 201
    again = post(first, f"{at(desk)}/submissions", numbered)
    assert (again.status_code, again.json()["fresh"], again.json()["submission"]["version"]) == (
        200,
        False,
        1,
    )
    other = post(first, f"{at(desk)}/submissions", numbered | {"answers": {"shuliang": 13}})
    assert "已有另一份内容，没有覆盖" in refused(other, 409)
    assert post(second, f"{at(desk, 'cun2')}/submissions", numbered).status_code == 201


def test_what_passes_over_something_newer_is_refused(desk: Desk) -> None:
    client = program(desk)
    assert post(client, f"{at(desk)}/submissions", REPORT | {"seen_version": 0}).status_code == 201
    stale = post(client, f"{at(desk)}/submissions", {"answers": {"shuliang": 9}, "seen_version": 0})
    assert "已经报了第1版" in refused(stale, 409)
    changed = post(client, f"{at(desk)}/submissions", {"answers": {"shuliang": 9}, "seen_form": "0" * 64})
    assert "表格内容在您填写期间有调整" in refused(changed, 409)
    unseen = post(client, f"{at(desk)}/accept", {"version": 0})
    assert refused(unseen, 409) == "该单位又报了新的一版（第1版），没有办理；请看过新版再办。"


def test_a_report_is_accepted_and_then_nothing_more_can_be_done_with_it(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    client = program(desk)
    assert post(client, f"{at(desk)}/accept", {"version": 1}).json()["obligation"]["state"] == "accepted"
    assert refused(post(client, f"{at(desk)}/accept", {"version": 1}), 409) == (
        "该事项已接收办结，不能再接收；确需更正的，请另行说明并存档。"
    )
    assert "submission.accepted" in actions(desk.book)


def test_many_are_accepted_at_once_and_one_refusal_stops_no_other(desk: Desk) -> None:
    for unit in ("cun1", "cun2"):
        submit(desk.book, unit, day("03-10 09:00"))
    with desk.book.read() as session:
        number = session.scalars(
            select(Round.id).where(Round.duty == "yuecha", Round.period == "2023-03")
        ).one()
    ids = [desk.obligation(unit) for unit in ("cun1", "cun2", "cun3")]
    seen = [{"obligation": id_, "version": 1} for id_ in ids]
    said = post(program(desk), f"rounds/{number}/accept", {"seen": seen}).json()
    assert said["accepted"] == ids[:2]
    assert [(one["obligation"], one["unit"]) for one in said["refused"]] == [(ids[2], "三村")]


def test_a_return_reminds_at_once(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    why = {"version": 1, "reason": "数字不符", "material": True, "correct_by": "2023-03-24T23:59:59+08:00"}
    said = post(program(desk), f"{at(desk)}/return", why).json()
    assert (said["obligation"]["state"], said["notices"]) == ("returned", 1)
    assert desk.rung == [day("03-20 09:00")]


def test_a_refused_return_rings_nobody(desk: Desk) -> None:
    why = {"version": 0, "reason": "数字不符", "material": True}
    assert "尚未上报" in refused(post(program(desk), f"{at(desk)}/return", why), 409)
    assert desk.rung == []


def test_more_time_is_granted_or_a_request_for_it_answered(desk: Desk) -> None:
    client, until = program(desk), "2023-03-31T23:59:59+08:00"
    granted = post(client, f"{at(desk)}/extend", {"until": until, "reason": "汛期"}).json()
    assert granted["obligation"]["due_at"] == until
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun2"), lock=True)
        assert found is not None
        asking.ask_for_time(session, found, day("03-20 09:00"), "二村", until=day("04-02 09:00"), reason="忙")
    nothing = post(client, f"{at(desk, 'cun3')}/extension", {"granted": True})
    assert refused(nothing, 409) == "没有等候答复的延期申请，可能刚刚已有人办理。"
    wordless = post(client, f"{at(desk, 'cun2')}/extension", {"granted": False})
    assert refused(wordless, 409) == "请写明理由或内容。"
    told = post(client, f"{at(desk, 'cun2')}/extension", {"granted": False, "answer": "时间紧"})
    assert told.json()["obligation"]["due_at"] == "2023-03-24T23:59:59+08:00"
    assert get(client, at(desk, "cun2"))["extensions"][0]["answer"] == "时间紧"


def test_a_unit_is_let_off_by_exemption_or_by_a_granted_transfer(desk: Desk) -> None:
    client = program(desk)
    let_off = post(client, f"{at(desk)}/exempt", {"reason": "并村", "approver": "赵镇长"}).json()
    assert let_off["obligation"]["outcome"] == "exempt"
    assert get(client, at(desk))["exemption"]["by"] == "赵镇长"
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun2"), lock=True)
        assert found is not None
        asking.ask_to_transfer(session, found, day("03-20 09:00"), "二村", reason="不归我村", to_unit="一村")
    told = post(client, f"{at(desk, 'cun2')}/transfer", {"granted": True, "answer": "属实"}).json()
    assert told["obligation"]["state"] == "exempt"


def test_a_unit_acknowledges_once(desk: Desk) -> None:
    client = program(desk)
    said = post(client, f"{at(desk)}/acknowledge").json()
    assert said["obligation"]["acknowledged_at"] == "2023-03-20T09:00:00+08:00"
    assert refused(post(client, f"{at(desk)}/acknowledge"), 409) == (
        "该事项已于2023年3月20日（星期一）09:00签收，无需再次签收。"
    )


def test_a_call_and_a_note_are_kept(desk: Desk) -> None:
    client = program(desk)
    call = {"kind": "call", "whom": "甲文书", "reached": False}
    assert post(client, f"{at(desk)}/remarks", call).json()["remark"]["reached"] is False
    note = post(client, f"{at(desk)}/remarks", {"kind": "note", "text": "明日再催"})
    assert note.status_code == 201
    assert refused(post(client, f"{at(desk)}/remarks", {"kind": "note"}), 409) == "请写明理由或内容。"
    reply = post(client, f"{at(desk)}/remarks", {"kind": "reply", "text": "收到"})
    assert refused(reply, 422).startswith("请求的内容不合格式：body/kind 应是")
    assert [one["kind"] for one in get(client, at(desk))["remarks"]] == ["call", "note"]


def test_an_event_opens_a_round_once(desk: Desk) -> None:
    event = {"plan": "jiancha", "duty": "faxian", "at": "2023-03-20T08:30:00+08:00", "note": "查获一处"}
    client = program(desk)
    raised = post(client, "events", event | {"units": ["一村"]})
    assert raised.status_code == 201
    said = raised.json()
    assert (said["period"], said["expected"], said["due_at"]) == ("2023/e01", 1, "2023-03-20T10:30:00+08:00")
    assert get(client, f"rounds/{said['round_id']}/obligations")["items"][0]["unit"] == "一村"
    again = post(client, "events", event | {"units": ["cun1"]})
    assert (again.status_code, again.json()["fresh"]) == (200, False)
    unknown = post(client, "events", event | {"duty": "faxain"})
    assert "是否想写“faxian”" in refused(unknown, 409)
    assert desk.rung[:1] == [day("03-20 09:00")]


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (2000, 1000), "red").save(data, format="PNG")
    return data.getvalue()


def test_a_photo_is_kept_small_and_comes_back_as_something_to_save(desk: Desk) -> None:
    client, headers = program(desk), {"Idempotency-Key": "photo-1"}
    kept = client.post(
        f"/api/v1/{at(desk)}/files", params={"name": "../../现场.jpg"}, content=photo(), headers=headers
    )
    assert kept.status_code == 201
    file = kept.json()["file"]
    assert (file["name"], file["media_type"]) == ("现场.png", "image/png")
    back = client.get(f"/api/v1/{at(desk)}/files/{file['sha256']}")
    assert Image.open(io.BytesIO(back.content)).size == (1600, 800)
    assert back.headers["content-disposition"].startswith("attachment")
    assert refused(client.get(f"/api/v1/{at(desk, 'cun2')}/files/{file['sha256']}"), 404)


def test_what_is_no_document_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    client, headers = program(desk), {"Idempotency-Key": "page-1"}
    page = b"<!doctype html><script>alert(1)</script>"
    answer = client.post(f"/api/v1/{at(desk)}/files", params={"name": "a.jpg"}, content=page, headers=headers)
    assert refused(answer, 409).startswith("不收这种文件")
    assert not desk.counter.attachments.exists()


def test_a_late_report_is_taken_until_the_lock_and_not_after(desk: Desk) -> None:
    client = program(desk)
    desk.clock.at = day("04-04 00:00") - timedelta(seconds=1)
    late = post(client, f"{at(desk)}/submissions", REPORT)
    assert late.json()["obligation"]["outcome"] == "late"
    desk.clock.on("04-04 00:00")
    assert "截止补报，不能再上报" in refused(post(client, f"{at(desk, 'cun2')}/submissions", REPORT), 409)


def test_a_person_acts_under_their_own_name_and_writes_no_key(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    person = desk.signed_in(Role.OFFICE, "王文书")
    path = f"/api/v1/{at(desk)}/accept"
    keyed = person.post(path, json={"version": 1}, headers={"Idempotency-Key": "k"})
    assert refused(keyed, 400) == "幂等键只供持令牌的接口使用；上报如需编号，请写在 key 里。"
    assert person.post(path, json={"version": 1}).status_code == 200
    del person.headers["origin"]
    assert refused(person.post(path, json={"version": 1}), 403).startswith("请求不是从本站页面发出的")
    assert "王文书" in str(get(person, at(desk))["submissions"][0]["verdict"]["by"])


def test_a_person_who_reports_the_same_twice_reports_once(desk: Desk) -> None:
    person = desk.signed_in(Role.OFFICE)
    path = f"/api/v1/{at(desk)}/submissions"
    assert person.post(path, json=REPORT).status_code == 201
    assert person.post(path, json=REPORT).status_code == 200


def test_a_return_after_correction_starts_over(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-10 09:00"))
    return_(desk.book, "cun1", day("03-11 09:00"))
    said = post(program(desk), f"{at(desk)}/submissions", REPORT).json()
    assert (said["submission"]["version"], said["obligation"]["outcome"]) == (2, "on_time")
