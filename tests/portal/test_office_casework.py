"""Cases at the desk: opened, settled line by line, closed, taken up again."""

from __future__ import annotations

import pytest
from httpx2 import Response

from duban.obligations.words import Role
from support import finding_cast
from support.campaign import actions
from support.desk import Desk

NEW = {
    "key": "k1",
    "plan": "jiancha",
    "unit": "一村",
    "title": "闲置房屋非法储存",
    "description": "查获来源不明的烟花爆竹12箱。",
}


def open_case(desk: Desk, changed: dict[str, str] | None = None) -> Response:
    return desk.signed_in(Role.OFFICE, "王文书").post("/cases/new", data=NEW | (changed or {}))


def test_a_case_is_opened_from_the_form_and_shown_with_its_six_lines(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    form = browser.get("/cases/new").text
    assert '<option value="jiancha"' in form
    made = browser.post("/cases/new", data=NEW)
    assert made.headers["location"] == "/cases/1"
    shown = browser.get("/cases/1").text
    assert "已立案，清单已列出。" in shown
    assert "案〔2023〕1号" in shown
    assert "监管失职人员责任没有受到追究的不放过" in shown
    assert "倒查漏管责任人" not in shown
    assert browser.post("/cases/new", data=NEW).headers["location"] == "/cases/1"
    listed = browser.get("/cases").text
    assert "闲置房屋非法储存" in listed
    assert "共1件" in listed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"unit": "八村"}, "单位“八村”没有找到，请填准确的名称或代码。"),
        ({"unit": ""}, "请填写单位的名称或代码。"),
        ({"description": " "}, "请写明案由和简要案情。"),
        ({"plan": "nothing"}, "请选择是哪个方案的事项。"),
    ],
)
def test_a_case_that_cannot_be_opened_comes_back_with_what_was_typed(
    desk: Desk, changed: dict[str, str], words: str
) -> None:
    back = open_case(desk, changed)
    assert back.status_code == 409
    assert words in back.text
    assert 'value="闲置房屋非法储存"' in back.text


def test_a_line_is_settled_or_left_out_with_an_approver(desk: Desk) -> None:
    browser = desk.signed_in(Role.SUPERVISOR)
    browser.post("/cases/new", data=NEW | {"operator": "1"})
    back = browser.post("/cases/1/settle", data={"line": "1", "how": "waived", "text": "没有涉案物品"})
    assert back.status_code == 409
    assert "请写明由谁批准" in back.text
    assert "没有涉案物品" in back.text
    waived = {"line": "1", "how": "waived", "text": "没有涉案物品", "approver": "李镇长"}
    assert browser.post("/cases/1/settle", data=waived).headers["location"] == "/cases/1"
    shown = browser.get("/cases/1").text
    assert "批准人：李镇长" in shown
    assert "还有12项没有落实" in shown
    assert browser.post("/cases/1/settle", data={"line": "99", "how": "done"}).status_code == 404
    assert "请选择已落实，还是不适用。" in browser.post("/cases/1/settle", data={"line": "2"}).text


def test_a_case_is_closed_when_no_line_is_open_and_taken_up_again(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    browser.post("/cases/new", data=NEW)
    refused = browser.post("/cases/1/close", data={"text": "已移送"})
    assert "还有6项没有落实，不能结案" in refused.text
    for line in range(1, 7):
        browser.post("/cases/1/settle", data={"line": str(line), "how": "done", "text": "已落实"})
    assert "1件案件各项已落实，可以结案" in browser.get("/today").text
    assert browser.post("/cases/1/close", data={"text": "已移送"}).headers["location"] == "/cases/1"
    assert "已结案" in browser.get("/cases/1").text
    assert "案件各项已落实" not in browser.get("/today").text
    again = browser.post("/cases/1/reopen", data={"text": "又查获一批"})
    assert "请勾选需要重新落实的项目" in again.text
    browser.post("/cases/1/reopen", data={"line": ["1", "2"], "text": "又查获一批"})
    assert "还有2项没有落实" in browser.get("/cases/1").text
    assert actions(desk.book)[-3:] == ["case.reopened", "case.unsettled", "case.unsettled"]
    assert "重新办理1次" in browser.get("/cases?state=open").text


def test_the_lines_for_an_operator_can_be_added_later(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    browser.post("/cases/new", data=NEW)
    browser.post("/cases/1/operator")
    assert "倒查漏管责任人" in browser.get("/cases/1").text
    assert browser.post("/cases/1/operator").status_code == 409


def test_a_leader_looks_and_does_not_act(desk: Desk) -> None:
    open_case(desk)
    leader = desk.signed_in(Role.LEADER)
    shown = leader.get("/cases/1").text
    assert "涉案物品没有全部收缴的不放过" in shown
    assert "登记</summary>" not in shown
    assert leader.get("/cases/new").status_code == 403
    assert leader.post("/cases/1/close", data={"text": "好"}).status_code == 403


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    assert browser.get("/cases/9").status_code == 404
    assert browser.post("/cases/9/close", data={"text": "好"}).status_code == 404
    assert browser.post("/cases/new", data=NEW | {"clue": "77"}).status_code == 404


def test_a_case_takes_over_what_a_finding_says(desk: Desk) -> None:
    number = finding_cast.record(desk.book, desk.clock.at)
    browser = desk.signed_in(Role.OFFICE)
    form = browser.get(f"/cases/new?finding={number}").text
    assert "由<strong>隐患第1号</strong>立案。" in form
    assert 'value="cun1"' in form
    assert "一村小卖部，销售点违规存放烟花12箱" in form
    browser.post("/cases/new", data=NEW | {"finding": str(number)})
    assert f'href="/findings/{number}"' in browser.get("/cases/1").text
