"""Nights on duty: the roster from the link and at the desk, and the summary as it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.ledger import nights
from duban.ledger.book import Book
from duban.ledger.means import Means
from duban.obligations.words import Role
from support.alerting import alerting_desk
from support.campaign import day, slots, workdays
from support.desk import Desk

from ..conftest import TOWN

ROWS = {
    "name-0": "张三",
    "phone-0": "13900000001",
    "task-0": "带班",
    "name-2": "李四",
    "phone-2": "13900000002",
}


@pytest.fixture
def eve(sqlite_book: Book, tmp_path: Path) -> Desk:
    desk = alerting_desk(sqlite_book, tmp_path, TOWN)
    desk.clock.on("01-21 10:00")
    return desk


def roster(desk: Desk, unit: str = "cun1") -> str:
    return f"nights/{desk.obligation(unit, 'zhishou', '2023/chuxi')}"


def test_a_unit_names_its_people_from_its_list_and_corrects_them(eve: Desk) -> None:
    browser, token = eve.stranger(), eve.link("cun1")
    listed = browser.get(f"/l/{token}").text
    assert "请报当夜值班人员和电话。" in listed
    assert f'href="/l/{token}/{roster(eve)}"' in listed
    sent = browser.post(f"/l/{token}/{roster(eve)}", data=ROWS)
    assert sent.headers["location"] == f"/l/{token}?done=roster"
    again = browser.get(sent.headers["location"]).text
    assert "值班表已报。" in again
    assert "已报2人，时段结束前可以更正。" in again
    shown = browser.get(f"/l/{token}/{roster(eve)}").text
    assert 'value="李四"' in shown
    assert "第1版，一村 甲文书" in shown
    browser.post(f"/l/{token}/{roster(eve)}", data={"name-0": "王五", "phone-0": "0550-1234567"})
    assert 'value="李四"' not in browser.get(f"/l/{token}/{roster(eve)}").text


def test_a_roster_that_cannot_be_taken_comes_back_with_what_was_typed(eve: Desk) -> None:
    browser, token = eve.stranger(), eve.link("cun1")
    back = browser.post(f"/l/{token}/{roster(eve)}", data=ROWS | {"phone-2": "找张三"})
    assert back.status_code == 409
    assert "“李四”的电话应是数字" in back.text
    assert 'value="找张三"' in back.text
    assert "请填写值班人员，至少一人。" in browser.post(f"/l/{token}/{roster(eve)}").text


def test_when_the_night_is_over_the_roster_is_only_shown(eve: Desk) -> None:
    browser, token = eve.stranger(), eve.link("cun1")
    browser.post(f"/l/{token}/{roster(eve)}", data=ROWS)
    eve.clock.on("01-22 01:01")
    shown = browser.get(f"/l/{token}/{roster(eve)}").text
    assert "本时段已结束，值班表不再改动。" in shown
    assert "13900000001" in shown
    assert "值班表" not in browser.get(f"/l/{token}").text
    assert browser.post(f"/l/{token}/{roster(eve)}", data=ROWS).status_code == 409


def test_another_units_roster_and_what_is_no_night_are_not_there(eve: Desk) -> None:
    browser, token = eve.stranger(), eve.link("cun1")
    assert browser.get(f"/l/{token}/{roster(eve, 'cun2')}").status_code == 404
    assert browser.post(f"/l/{token}/{roster(eve, 'cun2')}", data=ROWS).status_code == 404
    monthly = eve.obligation("cun1", "yuecha", "2023-01")
    assert browser.get(f"/l/{token}/nights/{monthly}").status_code == 404
    assert eve.signed_in(Role.OFFICE).get(f"/nights/roster/{monthly}").status_code == 404


def test_the_desk_sees_who_is_missing_and_enters_a_roster_for_a_unit(eve: Desk) -> None:
    browser = eve.signed_in(Role.OFFICE)
    assert "高峰夜将近，3个单位没有报值班表" in browser.get("/today").text
    assert "2023年除夕夜 · 除夕夜值守" in browser.get("/nights").text
    number = roster(eve, "cun3").partition("/")[2]
    assert "三村值班表" in browser.get(f"/nights/roster/{number}").text
    made = browser.post(f"/nights/roster/{number}", data=ROWS)
    shown = browser.get(made.headers["location"]).text
    assert "值班表已登记。" in shown
    assert 'href="tel:13900000001"' in shown
    assert "2023年1月22日（星期日）08:00自动汇总" in shown
    assert browser.post(f"/nights/roster/{number}").status_code == 409
    leader = eve.signed_in(Role.LEADER)
    assert "代为登记" not in leader.get(made.headers["location"]).text
    assert leader.post(f"/nights/roster/{number}", data=ROWS).status_code == 403


def test_the_summary_is_shown_as_it_was_told(eve: Desk) -> None:
    now = day("01-22 08:00")
    with eve.book.write() as session:
        [due] = nights.due(session, now, workdays())
        nights.handle(session, due, now, Means(workdays(), slots))
    eve.clock.on("01-22 09:00")
    browser = eve.signed_in(Role.SUPERVISOR)
    assert "已汇总" in browser.get("/nights").text
    shown = browser.get(f"/nights/{due.id}").text
    assert "应报3个单位，已报0个，未报3个：一村、二村、三村。" in shown
    assert "派出所 丁民警" in shown
    assert browser.get("/nights/999").status_code == 404
