"""A unit's list, and who may open it."""

from __future__ import annotations

import re

from sqlalchemy import select

from duban.ledger import links
from duban.ledger.tables import Contact, Unit
from support.campaign import actions, day, messages, return_, submit
from support.desk import Desk
from support.query_plans import heard


def test_the_list_says_what_is_owed_until_when_and_from_which_clause(desk: Desk) -> None:
    shown = desk.stranger().get(f"/l/{desk.link('cun1')}").text
    assert "待报2项" in shown
    assert "2023年3月 · 每月检查" in shown
    assert "期限：" in shown
    assert "2023年3月24日（星期五）24时" in shown
    assert "还有4天" in shown
    assert "《示例检查方案》三（一）" in shown
    assert "请报送检查情况。" in shown


def test_what_was_returned_comes_first_with_its_reason(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    return_(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on("03-20 11:00")
    shown = desk.stranger().get(f"/l/{desk.link('cun1')}").text
    assert shown.index("数字与台账不符") < shown.index("2023年3月 · 情况报告")
    assert "退回待更正1项" in shown


def test_what_waits_for_the_office_is_told_apart_from_what_is_owed(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    shown = desk.stranger().get(f"/l/{desk.link('cun1')}").text
    assert shown.index("待报") < shown.index("2023年3月 · 情况报告") < shown.index("已报，待接收")
    assert shown.index("已报，待接收") < shown.index("2023年3月 · 每月检查")


def test_a_unit_sees_nothing_of_another(desk: Desk) -> None:
    submit(desk.book, "cun2", day("03-20 09:00"))
    assert "二村" not in desk.stranger().get(f"/l/{desk.link('cun1')}").text


def test_a_calendars_address_opens_no_list(desk: Desk) -> None:
    answer = desk.stranger().get(f"/l/{desk.link('cun1', 'feed')}")
    assert answer.status_code == 410
    assert "这个链接无效" in answer.text


def test_a_guessed_link_is_refused_kindly_and_asks_who_it_is(desk: Desk) -> None:
    answer = desk.stranger().get("/l/guessed")
    assert answer.status_code == 410
    assert "这个链接无效，可能没有复制完整。" in answer.text
    assert 'action="/lost"' in answer.text
    assert "0550-1234567" in answer.text


def test_an_expired_link_sends_a_new_one_to_the_channel_on_file(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1")
    desk.clock.on("06-20 09:00")
    refused = browser.get(f"/l/{token}")
    assert refused.status_code == 410
    assert "这个链接已过有效期。" in refused.text
    assert f'action="/l/{token}/renew"' in refused.text
    before = len(messages(desk.book))
    assert "新链接会发到您登记的联系方式" in browser.post(f"/l/{token}/renew").text
    sent = messages(desk.book)[before:]
    assert [(one.purpose, one.state) for one in sent] == [("link", "queued")]
    assert len(desk.rung) == 1
    assert actions(desk.book)[-1] == "link.asked"
    browser.post(f"/l/{token}/renew")
    assert len(messages(desk.book)) == before + 1  # once an hour


def test_a_revoked_link_opens_no_more(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1")
    assert browser.get(f"/l/{token}").status_code == 200
    with desk.book.write() as session:
        contact = session.scalars(
            select(Contact.id).join(Unit, Unit.id == Contact.unit_id).where(Unit.code == "cun1")
        ).one()
        links.revoke(session, contact, desk.clock.at, "办公室")
    assert "这个链接已停用。" in browser.get(f"/l/{token}").text
    assert browser.post(f"/l/{token}/{desk.obligation('cun1')}", data={"f-shuliang": "1"}).status_code == 410


def test_a_link_that_opens_needs_no_new_one(desk: Desk) -> None:
    token = desk.link("cun1")
    before = len(messages(desk.book))
    assert desk.stranger().post(f"/l/{token}/renew").headers["location"] == f"/l/{token}"
    assert len(messages(desk.book)) == before


def test_who_is_registered_cannot_be_found_out(desk: Desk) -> None:
    browser, before = desk.stranger(), len(messages(desk.book))
    known = browser.post("/lost", data={"unit": "一村", "person": "甲文书"})
    unknown = browser.post("/lost", data={"unit": "一村", "person": "某某"})
    assert known.text == unknown.text
    assert [one.purpose for one in messages(desk.book)[before:]] == ["link"]
    assert len(desk.rung) == 1


def test_asking_for_links_again_and_again_is_refused(desk: Desk) -> None:
    browser = desk.stranger()
    answers = [browser.post("/lost", data={"unit": "一村", "person": f"某{n}"}) for n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert "尝试次数过多" in answers[-1].text


def test_neither_does_the_limit_tell_who_is_registered(desk: Desk) -> None:
    browser = desk.stranger()
    people = [*("某某" for _ in range(4)), "甲文书", "某某"]
    answers = [browser.post("/lost", data={"unit": "一村", "person": one}) for one in people]
    assert [one.status_code for one in answers] == [200] * 5 + [429]


def test_many_who_ask_in_one_house_do_not_lock_the_office_out(desk: Desk) -> None:
    browser = desk.stranger()
    for number in range(25):
        assert browser.post("/lost", data={"unit": f"{number}村", "person": "某某"}).status_code == 200
    answer = browser.post("/sign-in", data={"name": "wang", "password": "x"})
    assert answer.status_code == 401


def test_a_lost_link_without_a_name_is_asked_for_it(desk: Desk) -> None:
    answer = desk.stranger().post("/lost", data={"unit": "一村"})
    assert answer.status_code == 422
    assert "请写明单位名称和您的姓名。" in answer.text


def test_a_page_takes_few_queries_however_much_is_owed(desk: Desk) -> None:
    browser, token, number = desk.stranger(), desk.link("cun1"), desk.obligation("cun1")
    for path, most in ((f"/l/{token}", 18), (f"/l/{token}/{number}", 11), (f"/l/{token}/{number}/nil", 9)):
        browser.get(path)
        with heard(desk.book) as asked:
            assert browser.get(path).status_code == 200
        assert len([one for one in asked if one.lstrip().startswith(("SELECT", "WITH"))]) <= most


def test_what_is_near_or_late_shows_its_light_in_words(desk: Desk) -> None:
    browser, token = desk.stranger(), desk.link("cun1")
    shown: dict[str, list[str]] = {}
    for at in ("03-20 09:00", "03-21 09:00", "03-27 09:00"):
        desk.clock.on(at)
        shown[at] = re.findall("[绿蓝黄红]灯", browser.get(f"/l/{token}").text)
    assert shown == {"03-20 09:00": [], "03-21 09:00": ["蓝灯"] * 2, "03-27 09:00": ["黄灯"] * 2}
