"""The whole story of an obligation, today and as it stood on a past day."""

from __future__ import annotations

import pytest

from duban.ledger.reports import Report, Return
from duban.obligations.words import Role
from support.campaign import advance, day, deliver, return_, submit
from support.desk import Desk

LIGHTS = {"绿灯": "good", "蓝灯": "calm", "黄灯": "warn"}


def path(desk: Desk, rest: str = "") -> str:
    return f"/obligations/{desk.obligation('cun1')}{rest}"


def test_the_story_goes_from_the_clause_to_the_entry(desk: Desk) -> None:
    deliver(desk.book, day("03-01 10:00"))
    submit(desk.book, "cun1", day("03-20 08:00"))
    said = desk.signed_in(Role.SUPERVISOR).get(path(desk)).text
    assert "《示例检查方案》" in said
    assert "三（一）" in said
    assert "任务下达" in said
    assert "上报（第1版，窗口）" in said
    assert "/journal/" in said
    assert "留痕" in said


def test_a_missing_report_says_why_it_is_overdue_and_since_when(desk: Desk) -> None:
    advance(desk.book, day("03-27 09:00"))
    desk.clock.on("03-27 09:00")
    said = desk.signed_in(Role.SUPERVISOR).get(path(desk)).text
    assert "期限为2023年3月24日（星期五）24时。" in said
    assert "至今没有收到可认定的上报，已逾期2天。" in said
    assert "补报收到2023年4月3日（星期一）24时为止。" in said


@pytest.mark.parametrize(
    ("at", "light"), [("03-20 09:00", "绿灯"), ("03-21 09:00", "蓝灯"), ("03-27 09:00", "黄灯")]
)
def test_what_is_owed_shows_its_light(desk: Desk, at: str, light: str) -> None:
    desk.clock.on(at)
    said = desk.signed_in(Role.SUPERVISOR).get(path(desk)).text
    assert f'待报</span> <span class="tag {LIGHTS[light]}">{light}</span>' in said


def test_what_was_handed_in_shows_none(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 08:00"))
    assert "灯</span>" not in desk.signed_in(Role.SUPERVISOR).get(path(desk)).text


@pytest.mark.parametrize(
    ("material", "said"),
    [(True, "退回前的上报不算按时，按未报计已逾期2天。"), (False, "一般瑕疵不影响按时认定。")],
)
def test_a_return_says_whether_it_counts(desk: Desk, *, material: bool, said: str) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    return_(desk.book, "cun1", day("03-21 09:00"), why=Return("数字不符", material, day("03-23 23:59")))
    desk.clock.on("03-27 09:00")
    page = desk.signed_in(Role.OFFICE).get(path(desk)).text
    assert said in page
    assert "已过更正期限" in page


def test_a_second_version_says_what_it_changes(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 08:00"), report=Report("a", {"shuliang": "3"}, note="🙂", by="甲"))
    submit(desk.book, "cun1", day("03-20 08:30"), report=Report("b", {"shuliang": "5"}, by="甲"))
    said = desk.signed_in(Role.OFFICE).get(path(desk)).text
    assert "5处" in said
    assert "由“3处”改" in said
    assert "备注由“🙂”改" in said


def test_a_past_day_shows_it_as_it_stood_and_offers_no_acts(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    return_(desk.book, "cun1", day("03-22 09:00"))
    desk.clock.on("03-27 09:00")
    office = desk.signed_in(Role.OFFICE)
    said = office.get(path(desk, "?as_of=2023-03-21")).text
    assert "以下截至2023年3月21日（星期二）24时" in said
    assert "等待办公室接收" in said
    assert "数字与台账不符" not in said
    assert "接收</button>" not in said
    assert "还没有上报" in office.get(path(desk, "?as_of=2023-03-10")).text


@pytest.mark.parametrize(
    ("as_of", "why"),
    [
        ("2023-04-30", "2023年4月30日（星期日）24时还没有到，请选今天或者以前的日期。"),
        ("昨天", "看不懂日期“昨天”，请写成 2023-05-31。"),
        ("9999-99-99", "看不懂日期“9999-99-99”，请写成 2023-05-31。"),
        ("2023-03-19 09:00", "只能查看某一天24时的情况，日期后面不要写时刻。"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said_so_above_the_present(desk: Desk, as_of: str, why: str) -> None:
    answer = desk.signed_in(Role.OFFICE).get(path(desk, f"?as_of={as_of}"))
    assert answer.status_code == 422
    assert f"{why}以下是现在的情况。" in answer.text
    assert "以下截至" not in answer.text


@pytest.mark.parametrize("as_of", ["", "2023-03-20"])
def test_today_is_the_present(desk: Desk, as_of: str) -> None:
    answer = desk.signed_in(Role.OFFICE).get(path(desk, f"?as_of={as_of}"))
    assert answer.status_code == 200
    assert "以下截至" not in answer.text


def test_only_acts_that_are_lawful_are_offered(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    owed = office.get(path(desk)).text
    assert ("准予延期" in owed, "退回更正" in owed, "免报</button>" in owed) == (True, False, True)
    submit(desk.book, "cun1", day("03-20 09:00"))
    waits = office.get(path(desk)).text
    assert ("准予延期" in waits, "退回更正" in waits) == (False, True)
    office.post(path(desk, "/accept"), data={"version": "1"})
    done = office.get(path(desk)).text
    assert ("退回更正" in done, "免报</button>" in done, "代为登记" in done) == (False, False, False)


def test_an_obligation_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert desk.signed_in(Role.OFFICE).get("/obligations/999999").status_code == 404


def test_a_call_is_noted_from_the_story_and_told_in_it(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    said = {"whom": "𠮷支书🙂", "reached": "yes", "text": "答应今天报", "back": path(desk)}
    answer = office.post(path(desk, "/call"), data=said)
    assert answer.headers["location"] == path(desk)
    page = office.get(answer.headers["location"]).text
    assert "电话记录已登记" in page
    assert "电话联系𠮷支书🙂（已接通）" in page
