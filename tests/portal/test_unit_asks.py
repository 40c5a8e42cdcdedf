"""A unit signs for a task, asks for time, says that it is not theirs, replies."""

from __future__ import annotations

from sqlalchemy import select

from duban.ledger.tables import Extension, Obligation, Remark, Transfer
from support.campaign import actions, day, local, owing, return_, submit
from support.desk import Desk


def test_signing_is_noted_once_and_a_second_tap_is_harmless(desk: Desk) -> None:
    browser, token, number = desk.stranger(), desk.link("cun1"), desk.obligation("cun1")
    first = browser.post(f"/l/{token}/{number}/acknowledge", data={"from": "list"})
    assert first.headers["location"] == f"/l/{token}?done=acknowledge"
    assert "已签收。" in browser.get(first.headers["location"]).text
    second = browser.post(f"/l/{token}/{number}/acknowledge")
    assert second.headers["location"] == f"/l/{token}/{number}?done=acknowledge"
    assert "已于2023年3月20日（星期一）09:00签收" in browser.get(f"/l/{token}/{number}").text
    assert actions(desk.book).count("obligation.acknowledged") == 1
    with desk.book.read() as session:
        assert local(session.get_one(Obligation, number).acknowledged_at) == "2023-03-20 09:00:00"


def test_more_time_is_asked_until_the_end_of_a_day(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    asked = browser.post(f"{at}/more-time", data={"until": "2023-03-28", "reason": "台账在县里"})
    assert "延期申请已提交" in browser.get(asked.headers["location"]).text
    with desk.book.read() as session:
        row = session.scalars(select(Extension)).one()
        assert (local(row.until), row.reason, row.asked_by) == (
            "2023-03-28 23:59:59",
            "台账在县里",
            "一村 甲文书",
        )
        assert row.decided_at is None
    shown = browser.get(at).text
    assert "申请延期至2023年3月28日（星期二）24时，等候答复" in shown
    assert "到期前报不了" not in shown
    assert actions(desk.book)[-1] == "extension.asked"


def test_a_request_that_cannot_be_taken_comes_back_with_what_was_typed(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    back = browser.post(f"{at}/more-time", data={"until": "2023-03-20", "reason": "台账在县里"})
    assert back.status_code == 409
    assert "新期限须晚于原期限" in back.text
    assert "台账在县里" in back.text
    assert 'value="2023-03-20"' in back.text
    assert "请写明延期到哪一天和理由。" in browser.post(f"{at}/more-time", data={"reason": "x"}).text
    nonsense = browser.post(f"{at}/more-time", data={"until": "明天", "reason": "x"})
    assert "看不懂时间“明天”" in nonsense.text


def test_after_the_due_moment_no_more_time_is_offered_or_given(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    desk.clock.on("03-25 00:00")
    assert "到期前报不了" not in browser.get(at).text
    back = browser.post(f"{at}/more-time", data={"until": "2023-03-28", "reason": "台账在县里"})
    assert back.status_code == 409
    assert "已过期限，不能延期" in back.text


def test_a_unit_says_that_it_is_not_theirs_and_the_list_says_so(desk: Desk) -> None:
    browser, token, number = desk.stranger(), desk.link("cun1"), desk.obligation("cun1")
    asked = browser.post(f"/l/{token}/{number}/not-ours", data={"reason": "不在辖区", "to_unit": "派出所"})
    assert "转办申请已提交" in browser.get(asked.headers["location"]).text
    with desk.book.read() as session:
        row = session.scalars(select(Transfer)).one()
        assert (row.reason, row.to_unit, row.asked_by) == ("不在辖区", "派出所", "一村 甲文书")
    assert "转办申请等候答复" in browser.get(f"/l/{token}").text
    assert owing(desk.book)["cun1"] == "owed"
    assert actions(desk.book)[-1] == "transfer.asked"
    again = browser.post(f"/l/{token}/{number}/not-ours", data={"reason": "不在辖区"})
    assert "已有一份转办申请在等候答复" in again.text


def test_a_return_is_replied_to(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    return_(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on("03-20 11:00")
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    sent = browser.post(f"{at}/reply", data={"text": "已与台账核对\r\n确为3处😀"})
    shown = browser.get(sent.headers["location"]).text
    assert "回复已送到办公室。" in shown
    assert "确为3处😀" in shown
    with desk.book.read() as session:
        row = session.scalars(select(Remark)).one()
        assert (row.kind, row.by, row.text) == ("reply", "一村 甲文书", "已与台账核对\n确为3处😀")
    assert actions(desk.book)[-1] == "remark.reply"


def test_an_empty_reply_is_refused(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    back = browser.post(f"{at}/reply", data={"text": " "})
    assert back.status_code == 409
    assert "请写明理由或内容。" in back.text
