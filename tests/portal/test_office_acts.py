"""What the office does to one obligation from its pages, and what is in the book after it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from duban.ledger import asking, journal, lookup
from duban.ledger.tables import (
    Contact,
    Exemption,
    Extension,
    Remark,
    Round,
    Submission,
    Transfer,
    Upload,
    Verdict,
)
from duban.obligations.words import Role, Via
from support.campaign import day, owing, submit
from support.desk import Desk

RETURN = {"quick": "数字与台账不符", "reason": "", "material": "yes", "version": "1"}
ACTS = ("accept", "return", "extend", "extension", "transfer", "exempt", "note", "enter")


def path(desk: Desk, act: str = "", unit: str = "cun1") -> str:
    return f"/obligations/{desk.obligation(unit)}{f'/{act}' if act else ''}"


def proven(desk: Desk) -> bool:
    with desk.book.read() as session:
        return journal.verify(session).ok


def ask_for_time(desk: Desk, until: str = "03-29 23:59") -> None:
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun1"), lock=True)
        assert found is not None
        asking.ask_for_time(session, found, desk.clock.at, "一村 甲文书", until=day(until), reason="汛期值守")


def ask_to_pass_on(desk: Desk) -> None:
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun1"), lock=True)
        assert found is not None
        asking.ask_to_transfer(
            session, found, desk.clock.at, "一村 甲文书", reason="属派出所职责", to_unit="派出所"
        )


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
@pytest.mark.parametrize("act", ACTS)
def test_who_only_looks_may_not_act(desk: Desk, role: Role, act: str) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    answer = desk.signed_in(role).post(path(desk, act), data={"version": "1"})
    assert answer.status_code == 403
    assert owing(desk.book)["cun1"] == "submitted"


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_who_only_looks_sees_the_story_without_buttons(desk: Desk, role: Role) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    said = desk.signed_in(role).get(path(desk)).text
    assert "等待办公室接收" in said
    assert '<button class="main">接收' not in said
    assert "退回更正" not in said


def test_an_act_without_sign_in_leads_to_the_door(desk: Desk) -> None:
    browser = desk.stranger()
    browser.headers["origin"] = "http://testserver"
    assert browser.post(path(desk, "accept")).status_code == 401


def test_a_report_is_accepted_and_one_returns_to_where_one_was(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    desk.clock.on("03-21 09:00")
    office = desk.signed_in(Role.OFFICE, "王文书")
    answer = office.post(path(desk, "accept"), data={"version": "1", "back": "/today"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    assert "已接收。" in office.get("/today").text
    assert owing(desk.book)["cun1"] == "accepted"
    with desk.book.read() as session:
        assert session.scalars(select(Verdict.by)).all() == ["王文书"]
    assert proven(desk)


def test_nobody_accepts_a_version_that_they_have_not_seen(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    submit(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on("03-21 09:00")
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "accept"), data={"version": "1"})
    assert answer.status_code == 409
    assert "第2版" in answer.text
    assert owing(desk.book)["cun1"] == "submitted"


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1", ""],
)
def test_nobody_is_led_away_after_an_act(desk: Desk, back: str) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    desk.clock.on("03-21 09:00")
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "accept"), data={"version": "1", "back": back})
    assert answer.headers["location"] == path(desk)


def test_a_return_says_why_what_to_correct_and_by_when(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    desk.clock.on("03-21 09:00")
    data = {
        "version": "1",
        "quick": ["数字与台账不符", "附件缺失或看不清"],
        "reason": "请核对",
        "fix": "检查数量",
        "correct": "按台账填写",
        "material": "yes",
        "correct_by": "2023-03-23",
    }
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "return"), data=data)
    assert answer.status_code == 303
    with desk.book.read() as session:
        verdict = session.scalars(select(Verdict)).one()
    assert verdict.reason == "数字与台账不符；附件缺失或看不清；请核对。需更正：检查数量、按台账填写"
    assert verdict.material is True
    assert verdict.correct_by == day("03-23 23:59").replace(second=59)
    assert owing(desk.book)["cun1"] == "returned"
    assert len(desk.rung) == 1
    assert proven(desk)


@pytest.mark.parametrize(
    ("active", "said"),
    [
        (True, "已退回，并已安排提醒该单位更正。"),
        (False, "已退回；该单位没有联系人，提醒发不到，请打电话告知。"),
    ],
)
def test_a_return_says_whether_anybody_is_reminded_of_it(desk: Desk, *, active: bool, said: str) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    with desk.book.write() as session:
        session.execute(update(Contact).values(active=active))
    desk.clock.on("03-21 09:00")
    office = desk.signed_in(Role.OFFICE)
    answer = office.post(path(desk, "return"), data=RETURN)
    assert said in office.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quick": ""}, "退回须写明原因"),
        ({"material": ""}, "是否属于实质性问题"),
        ({"correct_by": "2023-03-20"}, "更正期限须晚于现在"),
        ({"correct_by": "三月"}, "看不懂时间"),
    ],
)
def test_a_return_that_lacks_something_comes_back_with_what_was_typed(
    desk: Desk, change: dict[str, str], said: str
) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    desk.clock.on("03-21 09:00")
    data = {**RETURN, "correct": "请按𠮷村台账填写🙏", **change}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "return"), data=data)
    assert answer.status_code == 409
    assert said in answer.text
    assert "请按𠮷村台账填写🙏" in answer.text
    assert owing(desk.book)["cun1"] == "submitted"


def test_an_extension_is_granted_without_a_written_request(desk: Desk) -> None:
    desk.clock.on("03-21 09:00")
    data = {"until": "2023-03-28", "until_time": "", "reason": "干部集中培训"}
    assert desk.signed_in(Role.OFFICE).post(path(desk, "extend"), data=data).status_code == 303
    with desk.book.read() as session:
        assert [(one.until, one.granted) for one in session.scalars(select(Extension))] == [
            (day("03-28 23:59").replace(second=59), True)
        ]


def test_a_typed_date_does_not_undo_a_deadline_that_has_passed(desk: Desk) -> None:
    desk.clock.on("03-26 09:00")
    office = desk.signed_in(Role.OFFICE)
    data = {"until": "2023-03-28", "reason": "汛期值守", "asked_at": "2023-03-20T09:00"}
    answer = office.post(path(desk, "extend"), data=data)
    assert answer.status_code == 409
    assert "准予延期" not in office.get(path(desk)).text
    with desk.book.read() as session:
        assert session.scalars(select(Extension)).all() == []


def test_an_extension_after_the_due_moment_is_refused_with_the_reason(desk: Desk) -> None:
    desk.clock.on("03-26 09:00")
    data = {"until": "2023-03-28", "reason": "忘了"}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "extend"), data=data)
    assert answer.status_code == 409
    assert "延期须在到期前申请" in answer.text
    assert 'value="忘了"' in answer.text


@pytest.mark.parametrize(
    ("data", "granted", "until"),
    [
        ({"decision": "grant"}, True, "03-29 23:59"),
        ({"decision": "other", "until": "2023-03-27", "until_time": "18:00"}, True, "03-27 18:00"),
        ({"decision": "refuse", "answer": "期限已较宽"}, False, "03-29 23:59"),
    ],
)
def test_a_request_for_time_is_granted_otherwise_or_refused(
    desk: Desk, data: dict[str, str], *, granted: bool, until: str
) -> None:
    desk.clock.on("03-21 09:00")
    ask_for_time(desk)
    assert desk.signed_in(Role.OFFICE).post(path(desk, "extension"), data=data).status_code == 303
    with desk.book.read() as session:
        row = session.scalars(select(Extension)).one()
    assert (row.granted, row.until) == (granted, day(until))
    assert proven(desk)


def test_a_refusal_of_time_without_a_reason_decides_nothing(desk: Desk) -> None:
    desk.clock.on("03-21 09:00")
    ask_for_time(desk)
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "extension"), data={"decision": "refuse"})
    assert answer.status_code == 409
    with desk.book.read() as session:
        assert session.scalars(select(Extension.decided_at)).all() == [None]


def test_a_transfer_that_is_granted_lets_the_unit_off(desk: Desk) -> None:
    desk.clock.on("03-21 09:00")
    ask_to_pass_on(desk)
    data = {"decision": "grant", "answer": "由派出所办理"}
    assert desk.signed_in(Role.OFFICE).post(path(desk, "transfer"), data=data).status_code == 303
    assert owing(desk.book)["cun1"] == "exempt"


def test_a_transfer_that_is_refused_leaves_the_unit_its_duty(desk: Desk) -> None:
    desk.clock.on("03-21 09:00")
    ask_to_pass_on(desk)
    data = {"decision": "refuse", "answer": "属地责任在村"}
    assert desk.signed_in(Role.OFFICE).post(path(desk, "transfer"), data=data).status_code == 303
    assert owing(desk.book)["cun1"] == "owed"
    with desk.book.read() as session:
        assert session.scalars(select(Transfer.granted)).all() == [False]


def test_an_exemption_needs_reason_and_approver(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert office.post(path(desk, "exempt"), data={"reason": "整村搬迁"}).status_code == 409
    data = {"reason": "整村搬迁", "approver": "李镇长"}
    assert office.post(path(desk, "exempt"), data=data).status_code == 303
    with desk.book.read() as session:
        assert session.execute(select(Exemption.reason, Exemption.by)).tuples().all() == [
            ("整村搬迁", "李镇长")
        ]


def test_a_note_of_the_office_is_kept_with_emoji_and_rare_characters(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE, "𠮷文书🙂")
    assert office.post(path(desk, "note"), data={"text": "已与𠮷支书说明👍"}).status_code == 303
    with desk.book.read() as session:
        assert session.execute(select(Remark.text, Remark.by, Remark.kind)).tuples().all() == [
            ("已与𠮷支书说明👍", "𠮷文书🙂", "note")
        ]
    assert "已与𠮷支书说明👍" in office.get(path(desk)).text


def test_a_clerk_enters_what_was_said_on_the_telephone(desk: Desk) -> None:
    desk.clock.on("03-22 15:00")
    office = desk.signed_in(Role.OFFICE, "王文书")
    page = office.get(path(desk, "enter")).text
    assert "检查数量" in page
    data = {
        "key": "desk-1",
        "version": "0",
        "via": "phone",
        "who": "张三",
        "claimed_at": "2023-03-22T08:30",
        "f-shuliang": "7",
        "note": "口头补充：另有1处在建",
    }
    assert office.post(path(desk, "enter"), data=data).status_code == 303
    with desk.book.read() as session:
        row = session.scalars(select(Submission)).one()
    assert (row.answers, row.via, row.by) == ({"shuliang": 7}, Via.PHONE, "王文书")
    assert row.note == "电话报告人：张三\n口头补充：另有1处在建"
    assert (row.received_at, row.claimed_at) == (day("03-22 15:00"), day("03-22 08:30"))
    assert "电话报告人：张三" in office.get(path(desk)).text


def test_where_papers_lie_is_noted_beside_the_photo_that_a_clerk_adds(desk: Desk) -> None:
    photos = {"key": "zhaopian", "label": "现场照片", "type": "files", "unit": "", "options": []}
    with desk.book.write() as session:
        form = [{**photos, "min": None, "max": None, "required": False, "help": ""}]
        session.execute(update(Round).where(Round.duty == "yuecha").values(form=form))
    data = {"key": "desk-1", "version": "0", "via": "paper", "who": "张三", "f-zhaopian-text": "其余在村部"}
    files = {"up-zhaopian": ("台账.txt", "某村台账".encode(), "text/plain")}
    assert desk.signed_in(Role.OFFICE).post(path(desk, "enter"), data=data, files=files).status_code == 303
    with desk.book.read() as session:
        row, file = session.scalars(select(Submission)).one(), session.scalars(select(Upload)).one()
    assert row.answers == {"zhaopian": [file.sha256]}
    assert row.note == "纸质材料报送人：张三\n现场照片：其余在村部"


def test_what_is_wrong_in_an_entered_report_is_told_at_its_entry(desk: Desk) -> None:
    data = {"key": "desk-1", "version": "0", "via": "paper", "who": "张三🙂", "f-shuliang": "七处"}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "enter"), data=data)
    assert answer.status_code == 422
    assert "应是数字" in answer.text
    assert 'value="七处"' in answer.text
    assert 'value="张三🙂"' in answer.text
    assert owing(desk.book)["cun1"] == "owed"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"via": ""}, "请选择怎样报来"),
        ({"via": "link"}, "请选择怎样报来"),
        ({"who": ""}, "请写明单位报送人"),
        ({"claimed_at": "2023-03-25T08:00"}, "不能晚于现在"),
    ],
)
def test_an_entered_report_says_how_and_by_whom(desk: Desk, change: dict[str, str], said: str) -> None:
    data = {"key": "desk-1", "version": "0", "via": "phone", "who": "张三", "f-shuliang": "7", **change}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "enter"), data=data)
    assert answer.status_code == 409
    assert said in answer.text
    assert owing(desk.book)["cun1"] == "owed"


def test_a_nil_report_is_entered_with_a_tick(desk: Desk) -> None:
    data = {"key": "desk-1", "version": "0", "via": "desk", "who": "张三", "nil": "1"}
    assert desk.signed_in(Role.OFFICE).post(path(desk, "enter"), data=data).status_code == 303
    with desk.book.read() as session:
        assert session.execute(select(Submission.nil, Submission.answers)).tuples().all() == [(True, {})]


def test_an_entered_report_does_not_pass_over_what_the_unit_has_just_sent(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 08:59"))
    data = {"key": "desk-1", "version": "0", "via": "phone", "who": "张三", "f-shuliang": "7"}
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "enter"), data=data)
    assert answer.status_code == 409
    assert "已经报了第1版" in answer.text
    assert '<input type="hidden" name="version" value="1">' in answer.text


def test_the_same_form_sent_twice_is_one_report(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    data = {"key": "desk-1", "version": "0", "via": "phone", "who": "张三", "f-shuliang": "7"}
    assert [office.post(path(desk, "enter"), data=data).status_code for _ in range(2)] == [303, 303]
    with desk.book.read() as session:
        assert session.scalars(select(Submission.version)).all() == [1]
