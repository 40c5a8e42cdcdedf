"""A village answers through its link: what it sees, and what is in the book afterwards."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from duban.ledger import owed, reports as book_of_reports
from duban.ledger.reports import Report
from duban.ledger.tables import JournalEntry, Round
from duban.obligations.words import Role
from support.campaign import actions, advance, day, owing, return_, submit
from support.desk import Desk
from support.unit_pages import hidden, reports


def test_a_report_is_answered_by_a_receipt_and_is_in_the_book_and_the_journal(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    opened = browser.get(at)
    assert "检查数量" in opened.text
    assert "2023年3月24日（星期五）24时" in opened.text
    assert "《示例检查方案》三（一）" in opened.text
    sent = browser.post(at, data={**hidden(opened), "f-shuliang": "12", "note": "已查完"})
    assert sent.status_code == 303
    receipt = browser.get(sent.headers["location"])
    assert "HZ2023-000001" in receipt.text
    assert "2023年3月20日（星期一）09:00" in receipt.text
    assert "12处" in receipt.text
    assert "在期限内" in receipt.text
    assert reports(desk.book) == [(1, False, {"shuliang": 12}, "link", "一村 甲文书")]
    assert owing(desk.book)["cun1"] == "submitted"
    assert actions(desk.book)[-1] == "submission.received"


def test_a_wrong_entry_is_named_at_its_place_and_nothing_typed_is_lost(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "1001", "note": "𠮷村长说😀"}
    back = browser.post(at, data=typed)
    assert back.status_code == 422
    assert "有1处需要改正" in back.text
    assert "检查数量不能大于1000，实际为1001" in back.text
    assert 'value="1001"' in back.text
    assert "𠮷村长说😀" in back.text
    assert hidden(back) == hidden(back) | {"key": typed["key"]}
    assert reports(desk.book) == []


def test_the_same_report_sent_twice_is_one_with_the_same_receipt(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12"}
    first, second = browser.post(at, data=typed), browser.post(at, data=typed)
    assert first.headers["location"] == second.headers["location"]
    assert len(reports(desk.book)) == 1


def test_the_same_draft_with_other_content_is_refused_and_may_be_sent_as_a_new_version(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12"}
    browser.post(at, data=typed)
    back = browser.post(at, data={**typed, "f-shuliang": "13"})
    assert back.status_code == 409
    assert "这一份此前已经报过，内容与现在填写的不同，没有覆盖" in back.text
    assert 'value="13"' in back.text
    assert hidden(back)["key"] != typed["key"]
    assert browser.post(at, data={**hidden(back), "f-shuliang": "13"}).status_code == 303
    assert [(version, answers) for version, _, answers, _, _ in reports(desk.book)] == [
        (1, {"shuliang": 12}),
        (2, {"shuliang": 13}),
    ]


def test_a_link_cannot_take_the_key_that_another_units_report_would_get(desk: Desk) -> None:
    report = Report("", nil=True, via="phone", by="王文书")
    with desk.book.write() as session:
        other = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        key = book_of_reports.natural_key(session, other, report)
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    sent = browser.post(f"{at}/nil", data={**hidden(browser.get(f"{at}/nil")), "key": key})
    assert f'data-key="{key}"' in browser.get(sent.headers["location"]).text
    assert submit(desk.book, "cun2", desk.clock.at, report=replace(report, key=key)) == 1


def test_of_two_who_answer_at_once_the_second_is_shown_the_first_before_replacing_it(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    one, other = hidden(browser.get(at)), hidden(browser.get(at))
    browser.post(at, data={**one, "f-shuliang": "12"})
    back = browser.post(at, data={**other, "f-shuliang": "15", "note": "重数过"})
    assert back.status_code == 409
    assert "一村 甲文书已经报了第1版" in back.text
    assert 'value="15"' in back.text
    assert "重数过" in back.text
    assert "12处" in back.text
    assert hidden(back)["seen_version"] == "1"
    assert len(reports(desk.book)) == 1
    assert browser.post(at, data={**hidden(back), "f-shuliang": "15"}).status_code == 303
    assert len(reports(desk.book)) == 2


def test_a_form_that_changed_between_opening_and_sending_comes_back_with_what_was_typed(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12"}
    with desk.book.write() as session:
        form = session.scalars(
            select(Round.form).where(Round.duty == "yuecha", Round.period == "2023-03")
        ).one()
        session.execute(update(Round).where(Round.duty == "yuecha").values(form=[{**form[0], "max": 500}]))
    back = browser.post(at, data=typed)
    assert back.status_code == 409
    assert "表格内容在您填写期间有调整" in back.text
    assert 'value="12"' in back.text
    assert reports(desk.book) == []
    assert browser.post(at, data={**hidden(back), "f-shuliang": "12"}).status_code == 303


def test_after_the_lock_a_report_is_refused_and_what_was_typed_can_be_copied(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12"}
    desk.clock.on("04-04 00:00")
    opened = browser.get(at)
    assert "已于2023年4月3日（星期一）24时截止补报" in opened.text
    assert '<textarea id="note"' not in opened.text
    back = browser.post(at, data=typed)
    assert back.status_code == 409
    assert "截止补报，不能再上报" in back.text
    assert "您填写的内容" in back.text
    assert reports(desk.book) == []


def test_late_is_taken_until_the_lock_and_the_receipt_says_so(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    desk.clock.on("03-27 09:00")
    sent = browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "12"})
    assert "超过期限2天，按迟报登记" in browser.get(sent.headers["location"]).text


def test_a_nil_report_takes_two_taps_from_the_list_and_is_told_apart(desk: Desk) -> None:
    browser, token, number = desk.stranger(), desk.link("cun1"), desk.obligation("cun1")
    opened = browser.get(f"/l/{token}")
    assert f'href="/l/{token}/{number}/nil"' in opened.text  # the first tap
    asked = browser.get(f"/l/{token}/{number}/nil")
    assert "确认一村本期没有需要上报的情况" in asked.text
    assert reports(desk.book) == []
    sent = browser.post(f"/l/{token}/{number}/nil", data=hidden(asked))  # the second
    assert "零报告（本期无情况）" in browser.get(sent.headers["location"]).text
    assert reports(desk.book) == [(1, True, {}, "link", "一村 甲文书")]


def test_a_nil_report_does_not_pass_over_what_a_colleague_has_reported(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    asked = hidden(browser.get(f"{at}/nil"))
    browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "12"})
    back = browser.post(f"{at}/nil", data=asked)
    assert back.status_code == 409
    assert "已经报了第1版" in back.text
    assert len(reports(desk.book)) == 1


def test_a_return_is_shown_with_its_reason_and_corrected(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    submit(desk.book, "cun1", day("03-20 09:00"))
    return_(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on("03-20 11:00")
    opened = browser.get(at)
    assert "数字与台账不符" in opened.text
    assert 'value="3"' in opened.text
    assert browser.post(at, data={**hidden(opened), "f-shuliang": "4"}).status_code == 303
    assert owing(desk.book)["cun1"] == "submitted"
    assert [version for version, *_ in reports(desk.book)] == [1, 2]


@pytest.mark.parametrize(
    ("report", "begins"),
    [
        (Report("k", {"shuliang": "3"}, note="第3组\n未查", by="一村", via="link"), "第3组\n未查"),
        (
            Report("k", {"shuliang": "3"}, note="电话报告人：张三\n在建1处", by="王文书", via="phone"),
            "在建1处",
        ),
        (Report("k", {"shuliang": "3"}, note="电话报告人：张三", by="王文书", via="phone"), ""),
        (Report("k", nil=True, note="本村无销售点", by="一村", via="link"), ""),
    ],
    ids=["own", "by telephone", "no words", "nil"],
)
def test_a_correction_begins_with_the_note_of_the_last_report(
    desk: Desk, report: Report, begins: str
) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"), report=report)
    return_(desk.book, "cun1", day("03-20 10:00"))
    desk.clock.on("03-20 11:00")
    pages = [
        desk.stranger().get(f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"),
        desk.signed_in(Role.OFFICE).get(f"/obligations/{desk.obligation('cun1')}/enter"),
    ]
    for page in pages:
        assert re.findall(r'<textarea[^>]* name="note"[^>]*>([^<]*)</textarea>', page.text) == [begins]


def test_what_is_accepted_shows_no_form(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    submit(desk.book, "cun1", day("03-20 09:00"))
    assert "更正已报内容" in browser.get(at).text
    with desk.book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        book_of_reports.accept(session, found, day("03-20 10:00"), "办公室")
    desk.clock.on("03-20 11:00")
    shown = browser.get(at).text
    assert "已接收，办结" in shown
    assert "更正已报内容" not in shown


def test_what_was_reported_last_time_stands_beside_each_entry(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    advance(desk.book, day("04-01 09:00"))
    desk.clock.on("04-02 09:00")
    browser = desk.stranger()
    opened = browser.get(f"/l/{desk.link('cun1')}/{desk.obligation('cun1', period='2023-04')}")
    assert "上次：3处" in opened.text
    assert "2023年3月 · 每月检查" in opened.text


def test_another_units_obligation_is_not_there(desk: Desk) -> None:
    browser, token, foreign = desk.stranger(), desk.link("cun1"), desk.obligation("cun2")
    for path in (f"/l/{token}/{foreign}", f"/l/{token}/{foreign}/nil", f"/l/{token}/{2**53 - 1}"):
        assert browser.get(path).status_code == 404
    typed = {"f-shuliang": "1", "text": "x", "reason": "x", "until": "2023-04-01"}
    for path in ("", "/nil", "/acknowledge", "/more-time", "/not-ours", "/reply"):
        assert browser.post(f"/l/{token}/{foreign}{path}", data=typed).status_code == 404
    assert reports(desk.book) == []


def test_a_number_beyond_all_numbers_is_refused(desk: Desk) -> None:
    assert desk.stranger().get(f"/l/{desk.link('cun1')}/{10**30}").status_code == 422


def test_the_record_says_who_and_how(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "12"})
    with desk.book.read() as session:
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    assert entry.actor == "一村 甲文书"
    assert '"via":"link"' in entry.detail
