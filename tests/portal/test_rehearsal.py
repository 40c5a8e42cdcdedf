"""The rehearsal as a page: of a plan in force, of one that is not yet, of a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban.calendar.loader import PLANS
from duban.ledger.book import Book
from duban.obligations.words import Role
from support.campaign import move_in
from support.desk import Desk, desk_over
from support.small_plans import duty, plan_text

from ..conftest import TOWN

SHEET = {"file": ("yanlian.yaml", plan_text(duty("kind: monthly, name: 每月检查, due: day 20")))}


def figures(said: str) -> dict[str, str]:
    return {name: number for number, name in re.findall(r"<div><b[^>]*>(\d+)</b>([^<（]+)", said)}


def test_a_plan_in_force_is_rehearsed_with_the_units_of_the_book(desk: Desk) -> None:
    said = desk.signed_in(Role.LEADER).get("/year/rehearsal?plan=jiancha&year=2023").text
    # Three villages check twelve times and keep watch on the eve; two of them report twelve times.
    assert figures(said)["上报件数"] == str(3 * 12 + 3 + 2 * 12)
    assert "全年25期，3个单位共报63件。" in said
    assert "1月24日（周二），2个单位同日到期，最多的2件：情况报告；每月检查" in said
    assert "批准（签字）：" in said


def test_a_plan_that_is_not_in_force_yet_can_be_chosen(desk: Desk) -> None:
    said = desk.signed_in(Role.OFFICE).get("/year/rehearsal?plan=erong-dafei&year=2023").text
    assert '<option value="erong-dafei" selected>2023年打击非法生产' in said
    assert "（未启用）" in said
    assert "“各学校”在名册中一个单位也没有" in said
    assert "这样的方案不能启用" in said


def test_what_would_be_over_when_it_is_adopted_now_is_said(desk: Desk) -> None:
    # By 9 o'clock on 20 March ten rounds were due: one in January, five in February, four in March.
    said = desk.signed_in(Role.OFFICE).get("/year/rehearsal?plan=erong-dafei&year=2023").text
    assert "现在启用的，此前已到期的10期不再追溯" in said
    assert "不再追溯" not in desk.signed_in(Role.LEADER).get("/year/rehearsal?year=2023").text


def test_the_office_finds_it_beside_the_calendar_of_the_year(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert '<a href="/year/rehearsal">预演</a>' in office.get("/year").text
    said = office.get("/year/rehearsal").text
    assert '<option value="jiancha" selected>' in said
    assert "<h1>2023年预演" in said


def test_the_budget_decides_what_is_too_much(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert "没有超出的。" in office.get("/year/rehearsal?year=2023").text
    said = office.get("/year/rehearsal?year=2023&budget=1").text
    assert "1月23日—29日，一村、二村各报2件：情况报告；每月检查" in said


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("budget=0", "每个单位每周的上限应为 1 至 99 件，实际为 0。"),
        ("year=2150", "只能排出1901年至2099年，不能排出2150年"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(desk: Desk, address: str, wrong: str) -> None:
    answer = desk.signed_in(Role.OFFICE).get(f"/year/rehearsal?{address}")
    assert (answer.status_code, wrong in answer.text) == (409, True)


@pytest.mark.parametrize("address", ["year=abc&budget=x&plan=nobody", "plan=%00&year=-1"])
def test_what_cannot_be_read_is_as_if_it_were_not_asked_for(desk: Desk, address: str) -> None:
    answer = desk.signed_in(Role.OFFICE).get(f"/year/rehearsal?{address}")
    assert answer.status_code == 200
    assert '<option value="jiancha" selected>' in answer.text


def test_a_file_is_rehearsed_without_being_kept(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    answer = office.post("/year/rehearsal", files=SHEET, data={"year": "2023", "budget": "3"})
    assert answer.status_code == 200
    assert "全年12期，3个单位共报36件。" in answer.text
    assert "示范方案" not in office.get("/year/rehearsal").text
    assert not desk.counter.attachments.exists() or not any(desk.counter.attachments.rglob("*"))


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"\xff\xfe\x00", "不是 UTF-8 编码的方案文件（.yaml），没有读。"),
        (plan_text(duty("kind: once, due: 04-31")).encode(), "没有4月31日"),
        (plan_text(duty("kind: once, due: 闰六月初一")).encode(), "2023年没有闰六月"),
        (b"", "请先选择文件"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_what_is_wrong(desk: Desk, content: bytes, wrong: str) -> None:
    files = {"file": ("fangan.yaml", content)} if content else None
    answer = desk.signed_in(Role.OFFICE).post("/year/rehearsal", files=files, data={"year": "2023"})
    assert (answer.status_code, wrong in answer.text) == (409, True)


def test_a_year_whose_holidays_are_not_known_says_what_may_move(desk: Desk) -> None:
    said = desk.signed_in(Role.OFFICE).get("/year/rehearsal?plan=changzhou-ranfang&year=2027").text
    assert "2027年放假通知尚未收录" in said
    assert "按农历、节气已定，只是当天是否上班、提醒哪天发出要等通知" in said


def test_where_no_plan_is_in_force_one_is_to_be_chosen(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    office = desk_over(sqlite_book, tmp_path).signed_in(Role.OFFICE)
    assert "还没有启用方案。请选一个方案" in office.get("/year/rehearsal").text
    assert "各派出所" in office.get("/year/rehearsal?plan=changzhou-ranfang&year=2023").text


def test_the_shipped_plans_are_all_offered(desk: Desk) -> None:
    said = desk.signed_in(Role.OFFICE).get("/year/rehearsal").text
    assert all(f'value="{path.stem}"' in said for path in PLANS.glob("*.yaml"))
