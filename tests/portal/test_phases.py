"""Phases with their gates: what is lacking, and a leader who lets one pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from duban.ledger.book import Book
from duban.ledger.tables import Gate
from duban.obligations.words import Role
from support.campaign import move_in
from support.desk import Desk, desk_over
from support.people import entered
from support.sittings import adopt, report, turn

from ..conftest import TOWN


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site on 1 April: one village of three has not handed in its plan."""
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book)
    turn(sqlite_book, "03-01 09:00")
    for code in ("cun1", "cun2"):
        report(sqlite_book, code, "03-20 09:00", duty="fangan", period="2023")
    turn(sqlite_book, "04-01 09:00")
    found = desk_over(sqlite_book, tmp_path)
    found.clock.on("04-01 10:00")
    return found


def main(browser: TestClient, path: str = "/phases") -> str:
    """Give what a page says, without its markup."""
    text = browser.get(path).text.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_phase_says_that_it_did_not_pass_and_what_is_lacking_with_links(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    said = main(browser)
    assert "动员阶段 已结束 未通过" in said
    assert "结束条件 “工作方案”已报齐 未通过 还差1项，涉及1个单位" in said
    assert "集中阶段 进行中 未通过" in said
    assert "进入条件 没有未销号的重大隐患 已具备" in said
    number = desk.obligation("cun3", "fangan", "2023")
    assert f'<a href="/obligations/{number}">三村：2023年 · 工作方案</a>' in browser.get("/phases").text
    assert "批准通过" not in said.replace("批准。", "")


def test_before_an_edge_is_reached_the_page_says_what_is_still_lacking(
    sqlite_book: Book, tmp_path: Path
) -> None:
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book)
    turn(sqlite_book, "03-01 09:00")
    desk = desk_over(sqlite_book, tmp_path)
    desk.clock.on("03-10 09:00")
    assert "动员阶段 进行中 2023年3月1日" in main(desk.signed_in(Role.LEADER))
    assert "结束条件 “工作方案”已报齐 还差3项" in main(desk.signed_in(Role.SUPERVISOR))


def test_a_leader_passes_a_gate_with_a_reason(desk: Desk) -> None:
    browser = desk.signed_in(Role.LEADER)
    with desk.book.read() as session:
        number = session.scalars(select(Gate.id).where(Gate.edge == "leave")).one()
    back = browser.post(f"/phases/gates/{number}/pass", data={"reason": " "})
    assert (back.status_code, "没有办成：批准通过须写明理由。" in back.text) == (409, True)
    done = browser.post(f"/phases/gates/{number}/pass", data={"reason": "三村换届，方案口头报告"})
    said = main(browser, done.headers["location"])
    assert "已批准通过，理由已记入留痕。" in said
    assert "领导于2023年4月1日（星期六）10:00批准：三村换届，方案口头报告（当时缺1项：三村）" in said
    assert "动员阶段 已结束 2023年" in said
    assert [(actor, action) for actor, action, *_ in entered(desk.book, "gate.passed")] == [
        ("领导", "gate.passed")
    ]
    again = browser.post(f"/phases/gates/{number}/pass", data={"reason": "再来"})
    assert "这一条件已经批准通过，无需重复办理。" in again.text


def test_the_office_does_not_pass_gates_and_no_gate_is_none(desk: Desk) -> None:
    assert desk.signed_in(Role.OFFICE).post("/phases/gates/1/pass").status_code == 403
    assert desk.signed_in(Role.LEADER).post("/phases/gates/999/pass").status_code == 404


def test_gates_that_are_open_wait_on_the_day_of_whoever_may_pass_them(desk: Desk) -> None:
    assert "2项阶段条件未通过" in main(desk.signed_in(Role.LEADER), "/today")


def test_a_year_without_phases_says_so(desk: Desk) -> None:
    assert "2024年执行的方案没有分阶段。" in main(desk.signed_in(Role.LEADER), "/phases?year=2024")
