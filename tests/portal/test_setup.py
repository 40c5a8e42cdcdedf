"""Where one-time links lead."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from duban.ledger import accounts, invitations
from duban.obligations.words import Role
from support.desk import Desk
from support.entering import PASSWORD, browser, enrolled, enter, inside, join, row
from support.people import entered

REFUSED = "这个链接无效、已经用过，或已过有效期。请联系管理员重新发一个。"
MINE = {"name": "chen", "shown": "陈文书", "password": PASSWORD, "again": PASSWORD}


def invite(desk: Desk, token: str, role: Role = Role.OFFICE, account_id: int | None = None) -> None:
    with desk.book.write() as session:
        invitations.invite(session, role, token, desk.clock.at, "管理员", account_id)


def test_whoever_is_invited_makes_an_account_and_signs_in(desk: Desk) -> None:
    invite(desk, "t1", Role.SUPERVISOR)
    here = browser(desk)
    page = here.get("/setup/t1").text
    assert "督查" in page
    assert "有效期至2023年3月23日（星期四）09:00" in page
    answer = here.post("/setup/t1", data=MINE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "密码已设好，请登录。" in here.get("/sign-in").text
    assert enter(here, "chen").status_code == 303
    assert "陈文书" in here.get("/me").text
    assert PASSWORD not in str(entered(desk.book, "account.made"))


def test_the_first_administrator_comes_in_by_the_link_that_is_printed(desk: Desk) -> None:
    with desk.book.write() as session:
        assert invitations.first_invitation(session, "printed", desk.clock.at)
    here = browser(desk)
    assert here.post("/setup/printed", data=MINE).status_code == 303
    enter(here, "chen")
    assert here.get("/accounts").status_code == 200


def test_a_link_that_has_been_used_makes_no_second_account(desk: Desk) -> None:
    invite(desk, "t1")
    assert browser(desk).post("/setup/t1", data=MINE).status_code == 303
    for answer in (
        browser(desk).get("/setup/t1"),
        browser(desk).post("/setup/t1", data=MINE | {"name": "other", "shown": "别人"}),
    ):
        assert (answer.status_code, REFUSED in answer.text) == (410, True)


def test_after_seventy_two_hours_it_opens_no_more(desk: Desk) -> None:
    invite(desk, "t1")
    desk.clock.at += timedelta(hours=72)
    assert browser(desk).get("/setup/t1").status_code == 410
    assert browser(desk).post("/setup/t1", data=MINE).status_code == 410


def test_links_are_not_guessed_from_one_address_for_long(desk: Desk) -> None:
    invite(desk, "t1")
    here = browser(desk, "203.0.113.9")
    for number in range(20):
        assert here.get(f"/setup/guess{number}").status_code == 410
    assert here.get("/setup/t1").status_code == 429
    assert browser(desk, "203.0.113.10").get("/setup/t1").status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "short", "again": "short"}, "密码至少10个字符，可以用一句自己记得住的话。"),
        ({"again": "other"}, "两次输入的密码不一致，请重新输入。"),
        ({"password": "woaini1314", "again": "woaini1314"}, "这个密码太常见，容易被猜到，请换一个。"),
        (
            {"shown": "陈文书陈文书陈文书", "password": "陈文书陈文书陈文书1", "name": "陈文书陈文书陈文书1"}
            | {"again": "陈文书陈文书陈文书1"},
            "密码不能与登录名或姓名相同。",
        ),
        ({"name": "c"}, "登录名请用2至30个汉字、字母或数字，中间不要有空格。"),
        ({"name": "wang"}, "登录名“wang”已有人使用，请换一个。"),
        ({"shown": ""}, "请填写姓名，不超过30个字；它会写进办理记录。"),
    ],
)
def test_what_will_not_do_is_told_and_the_rest_stays_as_typed(
    desk: Desk, typed: dict[str, str], sentence: str
) -> None:
    join(desk)
    invite(desk, "t1")
    data = MINE | typed
    answer = browser(desk).post("/setup/t1", data=data)
    assert answer.status_code == 422
    assert html.escape(sentence) in answer.text
    assert f'value="{data["name"]}"' in answer.text
    assert PASSWORD not in answer.text
    assert browser(desk).post("/setup/t1", data=MINE).status_code == 303


def test_a_link_for_an_account_sets_its_password_and_nothing_else(desk: Desk) -> None:
    wang = join(desk)
    old = inside(desk)
    invite(desk, "t1", account_id=wang)
    here = browser(desk)
    assert "王文书" in here.get("/setup/t1").text
    new = {"password": "白露早寒露迟秋分种麦", "again": "白露早寒露迟秋分种麦"}
    assert here.post("/setup/t1", data=new | {"name": "evil", "shown": "别人"}).status_code == 303
    assert (row(desk, wang).name, row(desk, wang).shown) == ("wang", "王文书")
    assert old.get("/me").status_code == 303
    assert enter(browser(desk)).status_code == 401
    assert enter(browser(desk), password="白露早寒露迟秋分种麦").status_code == 303


def test_a_new_password_does_not_pass_by_the_second_factor(desk: Desk) -> None:
    wang = join(desk)
    enrolled(desk, wang)
    invite(desk, "t1", account_id=wang)
    here: TestClient = browser(desk)
    new = {"password": "白露早寒露迟秋分种麦", "again": "白露早寒露迟秋分种麦"}
    assert here.post("/setup/t1", data=new).headers["location"] == "/sign-in"
    assert accounts.has_second_factor(row(desk, wang))
    assert "输入手机验证码" in enter(here, password="白露早寒露迟秋分种麦").text
