"""Key persons and places: who sees them, and that each look is on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duban.ledger import integrations
from duban.ledger.book import Book
from duban.obligations.words import Role
from support.campaign import adopt, move_in
from support.desk import Desk, desk_over
from support.people import entered
from support.watched import PLACE, WATCHING, watch

from ..conftest import TOWN

NEW = {
    "key": "k1",
    "kind": "jiancha/ren",
    "label": "李某某（一组）",
    "unit": "一村",
    "since": "2023-03-01",
    "why": "曾非法储存",
}


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site with 王某某, seen by the office alone, and a place that the supervisor sees too."""
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book, WATCHING)
    watch(sqlite_book)
    watch(sqlite_book, PLACE, "后山废弃厂房", 2)
    return desk_over(sqlite_book, tmp_path)


def looks(desk: Desk) -> list[tuple[str, str]]:
    return [(actor, subject) for actor, _, subject, _ in entered(desk.book, "watch.seen")]


def test_each_look_at_an_entry_is_on_record_with_who_looked(desk: Desk) -> None:
    office, supervisor = desk.signed_in(Role.OFFICE), desk.signed_in(Role.SUPERVISOR)
    assert "王某某（三组）" in office.get("/watch").text
    assert looks(desk) == []
    assert "曾非法生产烟花爆竹" in office.get("/watch/1").text
    office.get("/watch/1")
    assert supervisor.get("/watch/2").status_code == 200
    assert looks(desk) == [("办公室", "watch/1"), ("办公室", "watch/1"), ("督查", "watch/2")]
    journal = supervisor.get("/journal").text
    assert "查看重点对象" in journal
    assert "王某某" not in journal


def test_who_is_not_named_in_the_plan_sees_neither_label_nor_page(desk: Desk) -> None:
    supervisor, leader = desk.signed_in(Role.SUPERVISOR), desk.signed_in(Role.LEADER)
    listed = supervisor.get("/watch").text
    assert "后山废弃厂房" in listed
    assert "王某某" not in listed
    assert supervisor.get("/watch/1").status_code == 404
    assert supervisor.post("/watch/1/off", data={"why": "看看"}).status_code == 404
    assert "后山废弃厂房" not in leader.get("/watch").text
    assert leader.get("/watch/2").status_code == 404
    assert looks(desk) == []


def test_neither_the_administrator_nor_a_program_sees_anything(desk: Desk) -> None:
    administrator = desk.signed_in(Role.ADMINISTRATOR)
    assert administrator.get("/watch").status_code == 403
    assert administrator.get("/watch/1").status_code == 403
    assert "/watch" not in administrator.get("/cases").text
    with desk.book.write() as session:
        integrations.make(session, "县平台", Role.OFFICE, "program-token", desk.clock.at, "测试")
    program = desk.stranger()
    program.headers["authorization"] = "Bearer program-token"
    assert program.get("/watch/1").status_code == 303
    assert "王某某" not in program.get("/api/v1/journal").text


def test_an_entry_is_made_with_as_little_as_the_work_needs(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    assert "每30天回访一次" in browser.get("/watch/new").text
    refused = browser.post("/watch/new", data=NEW | {"label": "李某某 139 0000 0001"})
    assert refused.status_code == 409
    assert "这里不写手机号码" in refused.text
    assert "这里不写身份证号码" in browser.post("/watch/new", data=NEW | {"why": "500241199001011234"}).text
    assert "请选择类别。" in browser.post("/watch/new", data=NEW | {"kind": "jiancha/no"}).text
    made = browser.post("/watch/new", data=NEW)
    assert made.headers["location"] == "/watch/3"
    assert "已列入" in browser.get("/watch/3").text


def test_a_leader_may_enter_nothing(desk: Desk) -> None:
    leader = desk.signed_in(Role.LEADER)
    assert leader.get("/watch/new").status_code == 403
    assert leader.post("/watch/new", data=NEW).status_code == 403
    assert leader.post("/watch/2/visit", data={"seen": "yes"}).status_code == 403


def test_the_unit_whose_task_it_is_finds_it_unnamed_on_its_list_and_says_what_it_found(desk: Desk) -> None:
    desk.clock.on("04-14 10:00")
    browser, token = desk.stranger(), desk.link("cun1")
    listed = browser.get(f"/l/{token}").text
    assert "重点人员回访（1号）" in listed
    assert "王某某" not in listed
    assert "王某某（三组）" in browser.get(f"/l/{token}/watch/1").text
    assert looks(desk) == [("一村 甲文书", "watch/1")]
    refused = browser.post(f"/l/{token}/watch/1", data={"seen": "yes", "result": "abnormal"})
    assert refused.status_code == 409
    assert "有异常或者没有见到的，请写明情况。" in refused.text
    done = browser.post(f"/l/{token}/watch/1", data={"seen": "yes", "result": "normal"})
    assert done.headers["location"] == f"/l/{token}?done=visit"
    assert "回访已登记。" in browser.get(done.headers["location"]).text
    assert "watch/1" not in browser.get(f"/l/{token}").text
    assert "一村 甲文书" in desk.signed_in(Role.OFFICE).get("/watch/1").text


def test_another_unit_and_the_notice_board_see_nothing(desk: Desk) -> None:
    browser, other = desk.stranger(), desk.link("cun2")
    assert browser.get(f"/l/{other}/watch/1").status_code == 404
    assert browser.post(f"/l/{other}/watch/1", data={"seen": "yes"}).status_code == 404
    assert browser.get(f"/l/{desk.link('cun1', 'board')}/watch/1").status_code == 403
    assert browser.get(f"/l/{desk.link('cun1')}/watch/9").status_code == 404
    assert looks(desk) == []


def test_overdue_visits_are_listed_entered_by_telephone_and_an_entry_is_taken_off(desk: Desk) -> None:
    desk.clock.on("03-28 09:00")
    browser = desk.signed_in(Role.OFFICE)
    assert "1个重点人员和场所逾期未回访" in browser.get("/today").text
    assert "后山废弃厂房" in browser.get("/watch?state=overdue").text
    browser.post("/watch/2/visit", data={"seen": "yes", "result": "abnormal", "text": "门锁被撬"})
    assert "门锁被撬" in browser.get("/watch/2").text
    assert "没有符合条件的" in browser.get("/watch?state=overdue").text
    assert "1个重点人员、场所最近一次回访有异常" in browser.get("/today").text
    assert "后山废弃厂房" in browser.get("/watch?state=abnormal").text
    assert "请写明移出的理由" in browser.post("/watch/2/off", data={"why": ""}).text
    browser.post("/watch/2/off", data={"why": "厂房已拆除"})
    assert "厂房已拆除" in browser.get("/watch/2").text
    assert "后山废弃厂房" in browser.get("/watch?state=off&unit=二村").text
    assert browser.post("/watch/2/visit", data={"seen": "yes", "result": "normal"}).status_code == 409
    assert desk.stranger().get(f"/l/{desk.link('cun2')}/watch/2").status_code == 404


def test_who_opens_the_list_is_on_record_with_what_it_showed(desk: Desk) -> None:
    desk.signed_in(Role.OFFICE, "王文书").get("/watch")
    desk.signed_in(Role.SUPERVISOR, "李督查").get("/watch")
    seen = [
        (actor, json.loads(detail)["watched"]) for actor, _, _, detail in entered(desk.book, "watch.listed")
    ]
    assert [(actor, sorted(ids)) for actor, ids in seen] == [("王文书", [1, 2]), ("李督查", [2])]
