"""An event is reported from a link or at the desk, seen by whom it concerns, and acknowledged."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.ledger.book import Book
from duban.obligations.words import Role
from support.alerting import alerting_desk
from support.campaign import actions, deliver, owing
from support.desk import Desk

from ..conftest import TOWN

SAID = {"duty": "jiancha/faxian", "text": "桥头有人聚集燃放", "day": "2023-01-22", "time": "22:10"}


@pytest.fixture
def night(sqlite_book: Book, tmp_path: Path) -> Desk:
    return alerting_desk(sqlite_book, tmp_path, TOWN)


def test_a_unit_reports_from_its_link_and_goes_on_to_its_own_report(night: Desk) -> None:
    browser, token = night.stranger(), night.link("cun1")
    assert "报告重大事件" in browser.get(f"/l/{token}").text
    form = browser.get(f"/l/{token}/alerts/new").text
    assert 'value="2023-01-22"' in form
    assert 'value="22:20"' in form
    sent = browser.post(f"/l/{token}/alerts/new", data=SAID)
    number = night.obligation("cun1", "faxian", "2023/e01")
    assert sent.headers["location"] == f"/l/{token}/{number}?done=alert"
    assert "已报告，有关单位正在接到紧急告知" in browser.get(sent.headers["location"]).text
    assert owing(night.book, "faxian", "2023/e01") == {"cun1": "owed"}
    assert night.rung == [night.clock.at]
    letters = [one for one in deliver(night.book, night.clock.at) if one.purpose == "letter"]
    assert [(one.unit, one.urgent) for one in letters] == [("二村", True), ("派出所", True)]


def test_who_was_told_takes_note_from_its_link_and_the_desk_sees_when(night: Desk) -> None:
    night.stranger().post(f"/l/{night.link('cun1')}/alerts/new", data=SAID)
    office = night.signed_in(Role.OFFICE)
    assert "等候签收" in office.get("/alerts").text
    night.clock.on("01-22 22:36")
    assert "告知后已满15分钟，还没有人签收。" in office.get("/alerts/1").text
    assert "1起重大事件还有单位没有签收" in office.get("/today").text
    browser, token = night.stranger(), night.link("paichusuo")
    listed = browser.get(f"/l/{token}").text
    assert f'href="/l/{token}/alerts/1"' in listed
    assert "桥头有人聚集燃放" in browser.get(f"/l/{token}/alerts/1").text
    assert "报告重大事件" not in listed
    browser.post(f"/l/{token}/alerts/1/acknowledge")
    browser.post(f"/l/{token}/alerts/1/acknowledge")
    assert (
        "本单位已签收：派出所 丁民警，2023年1月22日（星期日）22:36"
        in browser.get(f"/l/{token}/alerts/1").text
    )
    assert "alerts/1" not in browser.get(f"/l/{token}").text
    assert "派出所 丁民警" in office.get("/alerts/1").text
    office.post("/alerts/1/acknowledge", data={"unit": 2, "whom": "乙文书"})
    assert "重大事件还有单位" not in office.get("/today").text
    assert actions(night.book).count("alert.acknowledged") == 2


def test_the_unit_that_reports_sees_who_has_heard_and_others_see_nothing(night: Desk) -> None:
    mine, told, other = night.link("cun1"), night.link("cun2"), night.link("cun3")
    browser = night.stranger()
    browser.post(f"/l/{mine}/alerts/new", data=SAID)
    browser.post(f"/l/{told}/alerts/1/acknowledge")
    shown = browser.get(f"/l/{mine}/alerts/1").text
    assert "二村" in shown
    assert "签收（已知悉" not in shown
    assert browser.post(f"/l/{mine}/alerts/1/acknowledge").status_code == 404
    assert browser.get(f"/l/{other}/alerts/1").status_code == 404
    assert browser.post(f"/l/{other}/alerts/1/acknowledge").status_code == 404
    assert browser.get(f"/l/{told}/alerts/9").status_code == 404


def test_the_code_on_the_notice_board_reports_and_takes_note_of_nothing(night: Desk) -> None:
    browser, board = night.stranger(), night.link("cun1", "board")
    assert "报告重大事件" not in browser.get(f"/l/{board}").text
    assert browser.get(f"/l/{board}/alerts/new").status_code == 403
    assert browser.post(f"/l/{board}/alerts/new", data=SAID).status_code == 403


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text": ""}, "请写明发生了什么。"),
        ({"duty": "jiancha/yuecha"}, "请选择事件的类别。"),
        ({"time": "23:59"}, "事件发生的时间不能晚于现在"),
        ({"day": "昨天"}, "看不懂时间"),
    ],
)
def test_what_cannot_be_reported_comes_back_with_what_was_typed(
    night: Desk, changed: dict[str, str], words: str
) -> None:
    back = night.stranger().post(f"/l/{night.link('cun1')}/alerts/new", data=SAID | changed)
    assert back.status_code == 409
    assert words in back.text
    assert night.rung == []


def test_the_desk_reports_for_units_and_notes_whom_it_telephoned(night: Desk) -> None:
    browser = night.signed_in(Role.SUPERVISOR)
    assert "发现情况立即报告（示例检查方案）" in browser.get("/alerts/new").text
    empty = browser.post("/alerts/new", data=SAID | {"units": ""})
    assert "请写明事件涉及哪些单位。" in empty.text
    assert "桥头有人聚集燃放" in empty.text
    made = browser.post("/alerts/new", data=SAID | {"units": "一村、cun3"})
    assert made.headers["location"] == "/alerts/1"
    assert owing(night.book, "faxian", "2023/e01") == {"cun1": "owed", "cun3": "owed"}
    again = browser.post("/alerts/new", data=SAID | {"units": "cun3、一村"})
    assert "同一事件此前已登记" in browser.get(again.headers["location"]).text
    assert "请写明电话告知了谁。" in browser.post("/alerts/1/acknowledge", data={"unit": "4"}).text
    assert (
        "请选择被告知的单位。" in browser.post("/alerts/1/acknowledge", data={"unit": "3", "whom": "甲"}).text
    )
    browser.post("/alerts/1/acknowledge", data={"unit": "4", "whom": "丁民警"})
    assert "丁民警（督查电话告知）" in browser.get("/alerts/1").text
    assert browser.get("/alerts/7").status_code == 404
