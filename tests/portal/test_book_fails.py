"""The book cannot be written just now: nobody is told that what they sent is refused for good."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import update

from duban.ledger.tables import Round
from duban.obligations.words import Role
from support.campaign import submit
from support.desk import Desk
from support.failing import held
from support.programs import post, program, refused
from support.unit_pages import hidden, reports

LATER = "系统暂时办不了，请过几分钟再试。"
BUSY = "账簿一直被另一个程序占用，这次的内容没有写入。"
FILES = {
    "key": "zhaopian", "label": "现场照片", "type": "files", "unit": "", "options": [],
    "min": None, "max": None, "required": False, "help": "",
}  # fmt: skip


def kindly(desk: Desk, answer: Response) -> None:
    """See that an answer says to try again, and not where the book is."""
    assert answer.status_code == 503
    assert LATER in answer.text
    assert "账簿" not in answer.text
    assert desk.book.name not in answer.text


def test_a_report_is_to_be_sent_again_and_nothing_typed_is_lost(desk: Desk) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "note": "已查完"}
    with held(desk.book):
        back = browser.post(at, data=typed)
    kindly(desk, back)
    assert "还没有报，填写的内容都在。" in back.text
    assert 'value="12"' in back.text
    assert "已查完" in back.text
    assert hidden(back)["key"] == typed["key"]
    assert reports(desk.book) == []
    assert browser.post(at, data=typed).status_code == 303


def test_so_is_a_report_that_a_clock_gone_back_keeps_out(desk: Desk) -> None:
    submit(desk.book, "cun2", desk.clock.at)
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {**hidden(browser.get(at)), "f-shuliang": "12"}
    desk.clock.on("03-20 08:00")
    kindly(desk, browser.post(at, data=typed))
    desk.clock.on("03-20 10:00")
    assert browser.post(at, data=typed).status_code == 303


@pytest.mark.parametrize("way", ["nil", "more-time", "not-ours", "reply", "acknowledge"])
def test_so_is_whatever_else_a_unit_says(desk: Desk, way: str) -> None:
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    typed = {"note": "路断了", "until": "2023-03-30", "reason": "路断了", "text": "路断了", "to_unit": "二村"}
    with held(desk.book):
        back = browser.post(f"{at}/{way}", data=typed)
    kindly(desk, back)
    assert "路断了" in back.text or way == "acknowledge"
    assert browser.post(f"{at}/{way}", data=typed).status_code == 303


def test_so_is_a_photo(desk: Desk) -> None:
    with desk.book.write() as session:
        session.execute(update(Round).where(Round.duty == "yuecha").values(form=[FILES]))
    browser, at = desk.stranger(), f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"
    photo: Any = ("a.txt", "某村台账".encode(), "text/plain")
    with held(desk.book):
        ahead = browser.post(f"{at}/file", files={"file": photo})
        along = browser.post(at, data=hidden(browser.get(at)), files={"up-zhaopian": photo})
    assert (ahead.status_code, ahead.json()) == (503, {"detail": LATER})
    assert along.status_code == 503
    assert "现场照片：系统暂时办不了" in along.text


def test_so_is_the_wish_for_a_new_link(desk: Desk) -> None:
    with held(desk.book):
        kindly(desk, desk.stranger().post("/lost", data={"unit": "一村", "person": "甲文书"}))


def test_the_office_is_told_all_of_it(desk: Desk) -> None:
    submit(desk.book, "cun1", desk.clock.at)
    browser, number = desk.signed_in(Role.OFFICE), desk.obligation("cun1")
    with held(desk.book):
        caught = browser.post(f"/obligations/{number}/note", data={"text": "已电话核实"})
        entered = browser.post(
            f"/obligations/{number}/enter", data={"via": "phone", "who": "李四", "f-shuliang": "12"}
        )
        bare = browser.post("/me/sign-ins/end-others")
    for answer in (caught, entered, bare):
        assert answer.status_code == 503
        assert BUSY in answer.text
        assert desk.book.name in answer.text
    assert "已电话核实" in caught.text
    assert "李四" in entered.text
    assert 'value="12"' in entered.text


def test_a_stranger_at_the_door_is_not_told_where_the_book_is(desk: Desk) -> None:
    with held(desk.book):
        kindly(desk, desk.stranger().post("/sign-in", data={"name": "wang", "password": "x"}))


def test_a_program_is_told_to_send_the_same_again(desk: Desk) -> None:
    client, path = program(desk), f"obligations/{desk.obligation('cun1')}/submissions"
    report = {"answers": {"shuliang": 1}}
    with held(desk.book):
        answer = post(client, path, report, "k1")
    assert refused(answer, 503) == ("系统暂时办不了，没有执行。请过几分钟再发；重发同一请求请用同一幂等键。")
    assert answer.headers["retry-after"] == "60"
    assert post(client, path, report, "k1").status_code == 201
