from __future__ import annotations

from html import unescape

from sqlalchemy import select, update

from duban.ledger.tables import Contact, Cue, Message, Remark, Round, Unit
from duban.obligations.words import Role
from support.campaign import actions, day, deliver, messages, only, return_, round_of, said, submit
from support.desk import Desk

WEDNESDAY = "03-22 10:00"


def march(desk: Desk) -> int:
    return round_of(desk.book, "yuecha", "2023-03").id


def group_text(page: str) -> str:
    """The text for the group chat, as a browser has it in the entry."""
    inside = page.partition('<textarea id="chase-text"')[2].partition(">")[2]
    return unescape(inside.partition("</textarea>")[0])


def test_the_text_for_the_group_names_only_the_missing_with_all_they_need(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on(WEDNESDAY)
    shown = desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase")
    assert shown.status_code == 200
    assert group_text(shown.text) == (
        "【催报】2023年3月 · 每月检查\n"
        "依据《示例检查方案》三（一），本期报送截止时间为2023年3月24日（星期五）24时。请报送检查情况。\n"
        "截至2023年3月22日（星期三）10:00，尚未报送的有2个单位：二村、三村。\n"
        "请以上单位按时通过提醒中的链接或填报表报送；没有情况的，请报零报告。"
        "有困难的请与示例镇综治岗联系（电话：0550-1234567）。谢谢配合！"
    )


def test_a_provisional_deadline_goes_to_the_group_as_one(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Round).values(provisional=True))
    desk.clock.on(WEDNESDAY)
    text = group_text(desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase").text)
    assert "本期报送截止时间为2023年3月24日（星期五）24时（暂定，以正式通知为准）。请报送检查情况。" in text


def test_after_the_deadline_it_says_until_when_reports_are_still_taken(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 10:00"))
    return_(desk.book, "cun1", day("03-21 10:00"))
    desk.clock.on("03-27 10:00")
    text = group_text(desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase").text)
    assert "本期已于2023年3月24日（星期五）24时到期" in text
    assert "尚未报送的有2个单位：二村、三村。" in text
    assert "需更正后重新报送的有1个单位：一村。" in text
    assert "补报收到2023年4月3日（星期一）24时为止" in text
    assert "数字与台账不符" not in text


def test_who_is_to_correct_is_not_counted_among_those_who_have_not_reported(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 10:00"))
    return_(desk.book, "cun1", day("03-21 10:00"))
    desk.clock.on(WEDNESDAY)
    shown = desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase").text
    assert "<dt>尚未报送</dt><dd>2个单位，需更正的1个</dd>" in shown


def test_when_all_have_reported_there_is_nobody_to_chase(desk: Desk) -> None:
    for unit in ("cun1", "cun2", "cun3"):
        submit(desk.book, unit, day("03-20 10:00"))
    desk.clock.on(WEDNESDAY)
    shown = desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase").text
    assert "应报单位都已报送，不用催报" in shown
    assert "现在发提醒" not in shown


def test_reminding_puts_it_into_the_outbox_and_rings_and_says_when_it_leaves(desk: Desk) -> None:
    deliver(desk.book, day("03-01 09:10"))
    desk.clock.on(WEDNESDAY)
    office = desk.signed_in(Role.OFFICE)
    answer = office.post(f"/rounds/{march(desk)}/remind")
    assert answer.status_code == 303
    assert desk.rung == [day(WEDNESDAY)]
    assert "已列入发件箱3条，即将发出。" in office.get(answer.headers["location"]).text
    assert sorted(said(deliver(desk.book, day("03-22 10:01")))) == ["一村", "三村", "二村"]
    shown = office.get(answer.headers["location"]).text
    assert "其中3条已写入文件夹，未外发，待人工转交。" in shown
    assert "最近一次于2023年3月22日（星期三）10:00安排提醒，还没有交渠道发出的。" in shown


def test_in_quiet_hours_the_page_says_that_it_leaves_in_the_morning(desk: Desk) -> None:
    desk.clock.on("03-22 21:30")
    office = desk.signed_in(Role.OFFICE)
    shown = office.get(office.post(f"/rounds/{march(desk)}/remind").headers["location"]).text
    assert "最早2023年3月23日（星期四）08:00发出" in shown


def test_units_that_nobody_can_be_reached_in_are_named(desk: Desk) -> None:
    with desk.book.write() as session:
        third = select(Unit.id).where(Unit.code == "cun3").scalar_subquery()
        session.execute(update(Contact).where(Contact.unit_id == third).values(active=False))
    desk.clock.on(WEDNESDAY)
    office = desk.signed_in(Role.OFFICE)
    shown = office.get(office.post(f"/rounds/{march(desk)}/remind").headers["location"]).text
    assert "以下单位没有联系人，提醒发不到，请打电话：三村。" in shown


def test_a_second_reminder_within_the_hour_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.clock.on(WEDNESDAY)
    office = desk.signed_in(Role.OFFICE)
    office.post(f"/rounds/{march(desk)}/remind")
    desk.clock.on("03-22 10:30")
    answer = office.post(f"/rounds/{march(desk)}/remind")
    assert answer.status_code == 409
    assert "2023年3月22日（星期三）10:00已安排提醒" in answer.text
    with desk.book.read() as session:
        assert (
            len(session.scalars(select(Cue).where(Cue.kind == "upcoming", Cue.state == "fired")).all()) == 1
        )


def test_who_only_looks_sees_no_telephone_and_cannot_remind(desk: Desk) -> None:
    desk.clock.on(WEDNESDAY)
    leader = desk.signed_in(Role.LEADER)
    shown = leader.get(f"/rounds/{march(desk)}/chase").text
    assert "13900000001" not in shown
    assert "甲文书" in shown
    assert leader.post(f"/rounds/{march(desk)}/remind").status_code == 403
    assert 'href="tel:13900000001"' in desk.signed_in(Role.OFFICE).get(f"/rounds/{march(desk)}/chase").text


def test_a_call_is_registered_and_stands_in_the_register(desk: Desk) -> None:
    desk.clock.on(WEDNESDAY)
    office = desk.signed_in(Role.OFFICE)
    typed = {"obligation": str(desk.obligation("cun2")), "whom": "乙文书", "reached": "yes", "text": "下午报"}
    answer = office.post(f"/rounds/{march(desk)}/call", data=typed)
    assert answer.status_code == 303
    assert "电话记录已登记" in office.get(answer.headers["location"]).text
    register = office.get("/calls?unit=二村").text
    assert "下午报" in register
    assert "乙文书" in register
    assert "下午报" not in office.get("/calls?unit=一村").text
    assert actions(desk.book)[-1] == "remark.call"


def test_a_call_that_lacks_something_is_asked_for_again_with_what_was_typed(desk: Desk) -> None:
    desk.clock.on(WEDNESDAY)
    office = desk.signed_in(Role.OFFICE)
    typed = {"obligation": str(desk.obligation("cun2")), "whom": "乙文书", "text": "下午报"}
    answer = office.post(f"/rounds/{march(desk)}/call", data=typed)
    assert answer.status_code == 422
    assert "请选择电话有没有接通" in answer.text
    assert "下午报" in answer.text
    assert "请选择打给了哪个单位" in office.post(f"/rounds/{march(desk)}/call", data={"whom": "谁"}).text
    with desk.book.read() as session:
        assert session.scalars(select(Remark)).all() == []


def test_a_call_about_another_rounds_obligation_is_not_found(desk: Desk) -> None:
    april = round_of(desk.book, "yuecha", "2023-04").id
    typed = {"obligation": str(desk.obligation("cun2")), "whom": "乙文书", "reached": "no"}
    assert desk.signed_in(Role.OFFICE).post(f"/rounds/{april}/call", data=typed).status_code == 404


def test_a_call_may_be_registered_from_the_obligation_itself(desk: Desk) -> None:
    number = desk.obligation("cun2")
    typed = {"whom": "乙文书", "reached": "no", "text": ""}
    office = desk.signed_in(Role.OFFICE)
    answer = office.post(f"/obligations/{number}/call", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/obligations/{number}")
    assert "电话记录已登记。" in office.get(f"/obligations/{number}").text


def test_the_send_log_says_to_whom_what_and_with_which_result(desk: Desk) -> None:
    only(desk.book, "yuecha", "2023-03")
    deliver(desk.book, day("03-01 09:10"))
    leader = desk.signed_in(Role.LEADER)
    shown = leader.get("/messages?unit=一村").text
    assert "甲文书" in shown
    assert "2023-03-01 周三 09:10" in shown
    assert "乙文书" not in shown
    (first, *_) = messages(desk.book)
    detail = leader.get(f"/messages/{first.id}").text
    assert "2023年3月 · 每月检查" in detail
    assert "任务下达" in detail
    assert leader.get("/messages/99999").status_code == 404


def test_the_send_log_is_filtered_and_turned_page_by_page(desk: Desk) -> None:
    deliver(desk.book, day("03-01 09:10"))
    with desk.book.write() as session:
        known = session.scalars(select(Message).where(Message.state == "sent")).first()
        assert known is not None
        for number in range(60):
            row = Message(key=f"x{number}", contact_id=known.contact_id, send_on=known.send_on)
            row.not_before, row.state, row.answer = known.not_before, "dead", f"答复{number}。"
            session.add(row)
    office = desk.signed_in(Role.OFFICE)
    first = office.get("/messages?state=dead").text
    assert "答复59。" in first
    assert "答复9。" not in first
    older = unescape(first.partition('rel="next" href="')[2].partition('"')[0])
    second = office.get(older).text
    assert "答复9。" in second
    assert "答复10。" not in second
    newer = unescape(second.partition('rel="prev" href="')[2].partition('"')[0])
    assert "答复59。" in office.get(newer).text
    assert "没有符合条件的消息" in office.get("/messages?state=dead&day=2020-01-01").text


def test_what_could_not_be_delivered_is_sent_again_by_hand(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Message).values(state="dead"))
    (first, *_) = messages(desk.book)
    office = desk.signed_in(Role.OFFICE)
    answer = office.post(f"/messages/{first.id}/again")
    assert answer.status_code == 303
    assert "已重新列入发件箱" in office.get(answer.headers["location"]).text
    assert messages(desk.book)[0].state == "queued"
    assert office.post(f"/messages/{first.id}/again").status_code == 409
    assert desk.signed_in(Role.SUPERVISOR).post(f"/messages/{first.id}/again").status_code == 403


def test_the_send_log_shows_the_day_by_which_it_is_filtered(desk: Desk) -> None:
    deliver(desk.book, day("03-01 09:10"))
    with desk.book.write() as session:
        session.execute(update(Message).values(sent_at=day("03-02 08:05")))
    office = desk.signed_in(Role.OFFICE)
    said = office.get("/messages?day=2023-03-01").text
    assert ">2023-03-01</a>" in said
    assert "03-02 周四 08:05发出" in said
    assert "没有符合条件的消息" in office.get("/messages?day=2023-03-02").text
