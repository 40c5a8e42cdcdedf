"""The day's page: everything that waits for somebody, a click from being done."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from duban.ledger import asking, lookup
from duban.ledger.reports import Return
from duban.ledger.tables import Contact, Message
from duban.obligations.words import Role
from support.campaign import advance, day, deliver, return_, round_of, submit
from support.desk import Desk


def ask(desk: Desk) -> None:
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun1"), lock=True)
        assert found is not None
        asking.ask_for_time(
            session, found, desk.clock.at, "一村 甲文书", until=day("03-29 23:59"), reason="汛期值守"
        )


def test_the_front_door_leads_to_the_day(desk: Desk) -> None:
    assert desk.signed_in(Role.OFFICE).get("/").headers["location"] == "/today"


def test_what_came_in_waits_and_one_click_receives_it(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 08:00"))
    said = desk.signed_in(Role.OFFICE).get("/today").text
    assert "<b>1</b>份待接收" in said
    assert f'class="btn slim main" href="/rounds/{round_of(desk.book).id}?show=waiting"' in said
    assert "<b>1</b>份昨日以来收到" in said


def test_what_falls_due_today_and_who_is_missing_lead_to_chasing(desk: Desk) -> None:
    desk.clock.on("03-24 09:00")
    submit(desk.book, "cun1", day("03-24 08:00"))
    said = desk.signed_in(Role.OFFICE).get("/today").text
    assert "今日到期" in said
    assert "未报2" in said
    assert f'href="/rounds/{round_of(desk.book).id}/chase"' in said


def test_what_is_overdue_says_since_when_and_until_when_it_is_taken(desk: Desk) -> None:
    advance(desk.book, day("03-27 09:00"))
    desk.clock.on("03-27 09:00")
    said = desk.signed_in(Role.OFFICE).get("/today").text
    assert "已逾期2天" in said
    assert "未报3" in said


def test_what_can_no_longer_be_handed_in_still_counts_as_overdue(desk: Desk) -> None:
    advance(desk.book, day("04-04 09:00"))
    desk.clock.on("04-04 09:00")
    office = desk.signed_in(Role.OFFICE)
    said = office.get("/today").text
    assert "<b>18</b>项逾期未报" in said
    assert "另有18项逾期未报，补报已截止。" in said
    assert "没有逾期未报的单位" not in said
    assert "共18项" in office.get("/overdue").text


def test_a_request_is_answered_from_the_day_and_one_stays_there(desk: Desk) -> None:
    ask(desk)
    office = desk.signed_in(Role.OFFICE)
    said = office.get("/today").text
    assert "<b>1</b>件申请待答复" in said
    assert "汛期值守" in said
    address = f"/obligations/{desk.obligation('cun1')}/extension"
    answer = office.post(address, data={"decision": "grant", "back": "/today"})
    assert answer.headers["location"] == "/today"
    said = office.get("/today").text
    assert "延期申请已答复" in said
    assert "没有等候答复的申请" in said


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_who_only_looks_sees_the_same_without_buttons(desk: Desk, role: Role) -> None:
    submit(desk.book, "cun2", day("03-20 08:00"))
    ask(desk)
    said = desk.signed_in(role).get("/today").text
    assert "<b>1</b>份待接收" in said
    assert "汛期值守" in said
    assert "<button>" not in said.replace('<button class="quiet slim">', "")
    assert "/chase" not in said
    assert 'name="decision"' not in said


def test_what_went_wrong_with_sending_is_told_in_the_providers_words(desk: Desk) -> None:
    deliver(desk.book, day("03-01 10:00"))
    with desk.book.write() as session:
        session.execute(update(Message).values(state="dead", answer="errcode 93000"))
        session.execute(update(Contact).where(Contact.name == "丙文书").values(active=False))
    said = desk.signed_in(Role.OFFICE).get("/today").text
    assert "条没有发出" in said
    assert "errcode 93000" in said
    assert 'href="/messages?state=dead"' in said
    assert "无法提醒的单位" in said
    assert "三村" in said


def test_reminders_that_are_only_files_are_no_sending_that_goes_well(desk: Desk) -> None:
    deliver(desk.book, day("03-01 10:00"))
    said = desk.signed_in(Role.OFFICE).get("/today").text
    assert "3个单位的提醒只" in said
    assert "请人工转交或为联系人指定渠道" in said
    assert "提醒发送正常" not in said


def test_a_word_in_the_address_puts_no_sentence_of_a_stranger_on_the_page(desk: Desk) -> None:
    said = desk.signed_in(Role.OFFICE).get("/today?done=<b>恭喜</b>&count=9").text
    assert "恭喜" not in said


def test_what_one_unit_has_to_hand_in_by_a_date_of_its_own_is_on_the_page(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 08:00"))
    return_(desk.book, "cun1", day("03-20 08:30"), why=Return("错别字", False, day("03-20 20:00")))  # noqa: FBT003
    office = desk.signed_in(Role.OFFICE)
    extension = {"until": "2023-03-25", "until_time": "12:00", "reason": "防汛"}
    answer = office.post(f"/obligations/{desk.obligation('cun2')}/extend", data=extension)
    assert answer.status_code == 303
    said = office.get("/today").text
    assert '退回，更正期限03-20 周一 20:00，<strong class="late">今日到期' in said
    assert "准予延期至03-25 周六 12:00" in said
    desk.clock.on("03-22 20:00")
    assert "已过2天" in office.get("/today").text
