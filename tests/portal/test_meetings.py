"""Joint meetings at the desk and on a unit's link: called, answered, attended, minuted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from sqlalchemy import select

from duban.ledger.book import Book
from duban.ledger.deciding import NewDecision
from duban.ledger.tables import MeetingReply, MeetingStep, Minutes, Proposal, Round
from duban.obligations.words import Role
from support.campaign import actions, day, local, move_in, owing
from support.desk import Desk, desk_over
from support.sittings import adopt, answer, facts, meeting_of, publish, report, turn

from ..conftest import TOWN

HOURS = {"day": "2023-03-14", "from": "15:00", "until": "17:00", "place": "二楼会议室", "chair": "综治岗"}
WENT = "会议通知已列入发件箱，共4封。"


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site on 7 March, when the first quarter's meeting is being prepared."""
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book)
    turn(sqlite_book, "03-01 09:00")
    found = desk_over(sqlite_book, tmp_path)
    found.clock.on("03-07 09:00")
    return found


@pytest.fixture
def called(desk: Desk) -> Desk:
    """Give the site on 9 March, when the notice has left."""
    turn(desk.book, "03-08 18:01")
    desk.clock.on("03-09 09:00")
    return desk


def main(browser: TestClient, path: str) -> str:
    """Give what a page says, without its markup."""
    text = browser.get(path).text.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_list_shows_meetings_by_quarter_and_what_is_still_to_come(desk: Desk) -> None:
    said = main(desk.signed_in(Role.LEADER), "/meetings")
    assert "第一季度 1次会议" in said
    assert "2023年第一季度联席会" in said
    assert "以后的会议 2023年第二季度联席会 06-12 周一 09:30" in said
    assert "各村自行开会" not in said


def test_the_office_calls_a_meeting_at_its_hours_and_place(desk: Desk) -> None:
    browser, number = desk.signed_in(Role.OFFICE), meeting_of(desk.book)
    kept = browser.post(f"/meetings/{number}/arrange", data=HOURS)
    assert "会议安排已保存，还没有通知各单位。" in browser.get(kept.headers["location"]).text
    done = browser.post(f"/meetings/{number}/call", data=HOURS | {"number": "综治〔2023〕3号"})
    said = main(browser, done.headers["location"])
    assert WENT in said
    assert "2023年3月14日（星期二）15:00至17:00" in said
    assert "综治〔2023〕3号" in said
    assert desk.rung == [day("03-07 09:00")] * 2
    with desk.book.read() as session:
        last = session.scalars(select(MeetingStep).order_by(MeetingStep.id.desc())).first()
        assert last is not None
        assert (last.move, last.by, last.place) == ("called", "办公室", "二楼会议室")


def test_a_unit_without_a_contact_is_said_to_be_told_by_telephone(desk: Desk) -> None:
    browser, number = desk.signed_in(Role.OFFICE), meeting_of(desk.book)
    browser.post("/contacts/3/off")
    done = browser.post(f"/meetings/{number}/call", data=HOURS)
    assert "共3封；1个单位没有联系人，请打电话通知。" in main(browser, done.headers["location"])


@pytest.mark.parametrize(
    ("act", "data", "words"),
    [
        ("call", HOURS | {"until": "15:00"}, "会议结束时间须晚于开始时间"),
        ("call", HOURS | {"place": " "}, "会议通知须写明地点，请填写后再发。"),
        ("call", HOURS | {"day": ""}, "请填写会议的日期和起止时间。"),
        ("change", HOURS | {"reason": "冲突"}, "会议通知还没有发出，不能办理。"),
        ("cancel", {"reason": ""}, "取消会议须写明原因。"),
        ("agenda", {"proposal": "999", "decision": "list"}, "没有这条议题，可能不属于本方案的会议。"),
        ("reply", {"unit": "1"}, "请选择参加、委托他人参加，还是请假。"),
        ("attendance", {"present": "1"}, "会议通知还没有发出，不能办理。"),
        ("minutes", {"text": "纪要"}, "会议通知还没有发出，不能办理。"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page_with_what_was_typed(
    desk: Desk, act: str, data: dict[str, str], words: str
) -> None:
    before = actions(desk.book)
    back = desk.signed_in(Role.OFFICE).post(f"/meetings/{meeting_of(desk.book)}/{act}", data=data)
    assert back.status_code == 409
    assert f"没有办成：{words}" in back.text
    if act == "call":
        assert f'value="{data["until"]}"' in back.text
    assert actions(desk.book) == before


def test_a_change_and_a_cancellation_are_told_with_their_reasons(called: Desk) -> None:
    browser, number = called.signed_in(Role.OFFICE), meeting_of(called.book)
    done = browser.post(f"/meetings/{number}/change", data=HOURS | {"reason": "与县里会议冲突"})
    assert "会议已变更，新的通知已列入发件箱，共4封。" in main(browser, done.headers["location"])
    done = browser.post(f"/meetings/{number}/cancel", data={"reason": "防汛"})
    said = main(browser, done.headers["location"])
    assert "会议已取消，已通知4人。" in said
    assert "原因：防汛" in said
    assert "已取消 会议安排" in said


def test_a_unit_proposes_the_office_chooses_and_the_unit_sees_what_became_of_it(desk: Desk) -> None:
    village, token = desk.stranger(), desk.link("cun1")
    form = village.get(f"/l/{token}/meetings").text
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key is not None
    data = {"key": key[1], "plan": "lianxi", "text": "占道堆放", "wanted": "请派出所协同"}
    village.post(f"/l/{token}/meetings/propose", data=data)
    done = village.post(f"/l/{token}/meetings/propose", data=data)
    assert "议题已提交" in village.get(done.headers["location"]).text
    with desk.book.read() as session:
        (row,) = session.scalars(select(Proposal)).all()
    assert (row.text, row.wanted, row.unit_id, row.by) == ("占道堆放", "请派出所协同", 1, "一村 甲文书")
    office, number = desk.signed_in(Role.OFFICE), meeting_of(desk.book)
    assert "占道堆放 请求协同：请派出所协同 一村" in main(office, f"/meetings/{number}")
    assert "1条议题待列入议程" in main(office, "/today")
    chosen = {"proposal": str(row.id), "decision": "decline", "reason": "已由派出所办理"}
    done = office.post(f"/meetings/{number}/agenda", data=chosen)
    assert "已登记不列入，单位可以看到理由。" in main(office, done.headers["location"])
    assert "未列入 已由派出所办理" in main(village, f"/l/{token}/meetings")
    office.post(f"/meetings/{number}/agenda", data=chosen | {"decision": "list"})
    assert "列入2023年第一季度联席会议程" in main(village, f"/l/{token}/meetings")
    assert "占道堆放 （一村提出）" in main(village, f"/l/{token}/meetings/{number}")


def test_the_office_takes_down_a_matter_for_the_next_meeting_or_for_this_one(desk: Desk) -> None:
    browser, number = desk.signed_in(Role.OFFICE), meeting_of(desk.book)
    data = {"key": "a", "plan": "lianxi", "unit": "二村", "text": "电话说的事"}
    done = browser.post("/meetings/propose", data=data)
    assert "电话说的事 二村" in main(browser, done.headers["location"])
    browser.post(f"/meetings/{number}/propose", data={"key": "b", "unit": "", "text": "办公室的事"})
    assert [one["text"] for one in facts(desk.book, number, "03-07 10:00").agenda] == [
        "通报本季形势",
        "办公室的事",
    ]
    back = browser.post("/meetings/propose", data=data | {"key": "c", "plan": ""})
    assert (back.status_code, "请选择是哪个方案的联席会。" in back.text) == (409, True)
    assert "电话说的事</textarea>" in back.text


def test_a_unit_answers_by_its_link_and_its_list_asks_no_more(called: Desk) -> None:
    village, token, number = called.stranger(), called.link("cun1"), meeting_of(called.book)
    asked = "2023年第一季度联席会 会议 期限： 2023年3月13日（星期一）09:30"
    assert asked in main(village, f"/l/{token}")
    at = f"/l/{token}/meetings/{number}"
    back = village.post(f"{at}/reply", data={"coming": "leave", "reason": " "})
    assert (back.status_code, "请假须写明原因。" in back.text) == (409, True)
    said = {"coming": "delegate", "name": "王强", "post": "副主任", "reason": "主任出差"}
    done = village.post(f"{at}/reply", data=said)
    assert "已回复。情况有变的，会前可以重新回复。" in village.get(done.headers["location"]).text
    assert asked not in main(village, f"/l/{token}")
    with called.book.read() as session:
        (row,) = session.scalars(select(MeetingReply)).all()
    assert (row.coming, row.name, row.post, row.reason, row.by) == (
        "delegate",
        "王强",
        "副主任",
        "主任出差",
        "一村 甲文书",
    )
    office = main(called.signed_in(Role.SUPERVISOR), f"/meetings/{number}")
    assert "4 应到 1 参加 0 请假 3 未回复" in office
    assert "委托他人参加 王强（副主任） 主任出差" in office


def test_the_office_takes_down_an_answer_given_by_telephone(called: Desk) -> None:
    browser, number = called.signed_in(Role.OFFICE), meeting_of(called.book)
    said = {"unit": "2", "coming": "coming", "name": "李明", "post": "主任"}
    done = browser.post(f"/meetings/{number}/reply", data=said)
    assert "参会回复已登记。" in main(browser, done.headers["location"])
    with called.book.read() as session:
        assert session.scalars(select(MeetingReply.by)).all() == ["办公室（电话登记）"]


def test_signing_in_is_offered_and_taken_at_the_meeting_only(called: Desk) -> None:
    village, token, number = called.stranger(), called.link("cun1"), meeting_of(called.book)
    at = f"/l/{token}/meetings/{number}"
    assert "签到人姓名" not in village.get(at).text
    back = village.post(f"{at}/sign-in", data={"name": "李明"})
    assert (back.status_code, "只在会上签到" in back.text) == (409, True)
    called.clock.on("03-13 09:10")
    assert "现在可以签到。地点：镇政府会议室" in main(village, f"/l/{token}")
    done = village.post(f"{at}/sign-in", data={"name": "李明"})
    assert "链接签到：李明，2023年3月13日（星期一）09:10。" in main(village, done.headers["location"])
    called.clock.on("03-13 11:31")
    assert village.post(f"{at}/sign-in", data={"name": "李明"}).status_code == 409


def test_the_office_ticks_who_is_there_and_enters_the_rest_afterwards_with_a_reason(called: Desk) -> None:
    browser, number = called.signed_in(Role.OFFICE), meeting_of(called.book)
    called.clock.on("03-13 09:40")
    done = browser.post(f"/meetings/{number}/attendance", data={"present": ["1", "2"]})
    assert "到会情况已登记，改动2个单位。" in main(browser, done.headers["location"])
    called.clock.on("03-13 15:00")
    late = {"present": ["1", "2", "3"]}
    assert browser.post(f"/meetings/{number}/attendance", data=late).status_code == 409
    browser.post(f"/meetings/{number}/attendance", data=late | {"reason": "现场为纸质签到"})
    assert "三村 未回复 — 会后补登 现场为纸质签到" in main(browser, f"/meetings/{number}")


def test_minutes_with_decisions_are_published_and_the_units_owe_them(called: Desk) -> None:
    browser, number = called.signed_in(Role.OFFICE), meeting_of(called.book)
    answer(called.book, number, "cun1", "03-09 10:00")
    called.clock.on("03-14 09:00")
    page = f"/meetings/{number}/minutes"
    assert "2023年3月13日上午，综治岗在镇政府会议室召集召开2023年第一季度联席会，到会0个单位。" in (
        browser.get(page).text
    )
    typed = {"blocks": "2", "text": "会议议定如下。", "text-1": "清查出租房", "units-1": "派出所、一村"}
    typed |= {"day-1": "2023-04-10", "need-1": "逐户登记"}
    more = browser.post(page, data=typed | {"do": "more"})
    assert (more.status_code, 'name="text-3"' in more.text, "清查出租房</textarea>" in more.text) == (
        200,
        True,
        True,
    )
    wrong = browser.post(page, data=typed | {"units-1": "派出所、十村"})
    assert (wrong.status_code, "没有单位“十村”" in wrong.text) == (409, True)
    assert "会议议定如下。</textarea>" in wrong.text
    done = browser.post(page, data=typed | {"do": "publish"})
    said = main(browser, done.headers["location"])
    assert "会议纪要已印发，1项议定事项已下达。" in said
    assert "1．清查出租房 要求：逐户登记 一村 、 派出所 派出所 04-10 周一 24:00 办理中" in said
    assert owing(called.book, "yiding", "2023-Q1/1") == {"cun1": "owed", "paichusuo": "owed"}
    village, token = called.stranger(), called.link("cun1")
    assert "2023年第一季度联席会议定事项1：清查出租房" in main(village, f"/l/{token}")
    assert "会议议定如下。" in main(village, f"/l/{token}/meetings/{number}")


def test_published_minutes_are_corrected_by_a_new_version(called: Desk) -> None:
    browser, number = called.signed_in(Role.OFFICE), meeting_of(called.book)
    publish(called.book, number, "03-14 09:00")
    called.clock.on("03-15 09:00")
    page = f"/meetings/{number}/minutes"
    assert "更正会议纪要" in browser.get(page).text
    back = browser.post(page, data={"blocks": "1", "text": "更正后", "do": "publish"})
    assert (back.status_code, "更正会议纪要须写明原因" in back.text) == (409, True)
    browser.post(page, data={"blocks": "1", "text": "更正后", "reason": "单位写错", "do": "publish"})
    said = main(browser, f"/meetings/{number}")
    assert "会议纪要 第2版 更正后" in said
    with called.book.read() as session:
        assert session.scalars(select(Minutes.version).order_by(Minutes.id)).all() == [1, 2]


def test_the_next_meeting_shows_first_what_the_last_one_decided(called: Desk) -> None:
    decided = NewDecision("清查出租房", ("派出所",), day("04-10 18:00"))
    publish(called.book, meeting_of(called.book), "03-14 09:00", decided)
    turn(called.book, "06-01 09:00")
    number = meeting_of(called.book, "2023年第二季度联席会")
    called.clock.on("06-02 09:00")
    for said in (
        main(called.signed_in(Role.LEADER), f"/meetings/{number}"),
        main(called.stranger(), f"/l/{called.link('cun1')}/meetings/{number}"),
    ):
        assert said.index("上次议定事项的落实情况") < said.index("议程")
        assert "未办结：派出所逾期53天" in said


def test_a_decision_works_on_every_page_that_shows_what_is_owed(called: Desk) -> None:
    decided = NewDecision("清查出租房", ("派出所", "一村"), day("04-10 18:00"))
    publish(called.book, meeting_of(called.book), "03-14 09:00", decided)
    report(called.book, "cun1", "03-20 09:00", duty="yiding", period="2023-Q1/1", said={"qingkuang": "已办"})
    turn(called.book, "04-11 09:00")
    called.clock.on("04-11 10:00")
    browser = called.signed_in(Role.OFFICE)
    with called.book.read() as session:
        round_ = session.scalars(select(Round.id).where(Round.duty == "yiding")).one()
    title = "2023年第一季度联席会议定事项1：清查出租房"
    number = called.obligation("paichusuo", "yiding", "2023-Q1/1")
    for path in (
        *("/today", "/overdue", f"/rounds/{round_}", f"/rounds/{round_}/chase", f"/obligations/{number}"),
        *("/year?year=2023", "/rounds", f"/obligations/{number}/enter", f"/rounds/{round_}/import"),
        *("/rates?by=round", "/year/grid?plan=lianxi&year=2023", "/overdue?plan=lianxi&duty=yiding"),
    ):
        assert title in browser.get(path).text, path
    for path in (f"/rounds/{round_}/answers.xlsx", f"/rounds/{round_}/workbook.xlsx"):
        assert browser.get(path).status_code == 200
    village, token = called.stranger(), called.link("paichusuo")
    form = village.get(f"/l/{token}/{number}").text
    assert "办理情况" in form
    assert "佐证材料" in form


def test_a_meeting_is_a_file_for_calendars_at_the_desk_and_by_link(called: Desk) -> None:
    number = meeting_of(called.book)
    for browser, path, url in (
        (called.signed_in(Role.LEADER), f"/meetings/{number}.ics", f"http://testserver/meetings/{number}"),
        (called.stranger(), f"/l/{called.link('cun1')}/meetings/{number}.ics", "http://testserver/lost"),
    ):
        found = browser.get(path)
        assert found.headers["content-type"] == "text/calendar; charset=utf-8"
        assert unquote(found.headers["content-disposition"]) == (
            "attachment; filename*=UTF-8''2023年第一季度联席会.ics"
        )
        events: list[Any] = Calendar.from_ical(found.content).walk("VEVENT")
        (event,) = events
        assert (event["summary"], event["url"], event["sequence"]) == ("2023年第一季度联席会", url, 2)
        assert event["uid"] == f"meeting-{number}@testserver"
        assert local(event["dtstart"].dt) == "2023-03-13 09:30:00"


def test_a_unit_sees_no_meeting_that_does_not_call_it(called: Desk) -> None:
    number = meeting_of(called.book, "2023年二村专题会")
    token = called.link("cun1")
    assert called.stranger().get(f"/l/{token}/meetings/{number}").status_code == 404
    assert "专题会" not in called.stranger().get(f"/l/{token}/meetings").text
    assert "2023年二村专题会 2023年6月15日" in main(called.stranger(), f"/l/{called.link('cun2')}/meetings")


def test_the_code_on_the_notice_board_answers_for_nobody(called: Desk) -> None:
    token, number = called.link("cun1", "board"), meeting_of(called.book)
    said = {"coming": "coming", "name": "某人", "post": "村民"}
    assert called.stranger().post(f"/l/{token}/meetings/{number}/reply", data=said).status_code == 403


def test_what_waits_for_the_office_is_on_its_day(called: Desk) -> None:
    office = called.signed_in(Role.OFFICE)
    assert "会议" not in main(office, "/today").partition("督查督办")[2].partition("逾期未报")[0]
    called.clock.on("03-13 12:00")
    assert "1份会议纪要待印发" in main(office, "/today")
    called.clock.on("03-21 09:00")
    assert "1份会议纪要待印发，其中1份逾期" in main(office, "/today")
    assert "纪要逾期" in main(office, "/meetings")
