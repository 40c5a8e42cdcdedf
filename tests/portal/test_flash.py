"""What was just done is told once, on the page to which the act led, and never because an address says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from duban.obligations.words import Role
from duban.portal import site
from support.campaign import day, deliver, round_of, submit
from support.desk import Desk

LIES = (
    ("/today?done=accept&count=999", "已接收"),
    ("/messages/1?again=1", "已重新列入发件箱"),
    ("/channels?off=35&moved=99", "渠道已停用"),
    ("/me?done=totp-on", "手机验证码已启用，下次登录"),
    ("/units/1?done=contact&moved=7", "联系人已保存"),
    ("/accounts?done=revoked", "邀请已作废"),
    ("/integrations?done=revoked", "原密钥不再有效"),
    ("/sign-in?done=setup", "密码已设好"),
    ("/rounds/1/chase?rung=1", "电话记录已登记"),
)


@pytest.mark.parametrize(("address", "lie"), LIES)
def test_an_address_cannot_claim_that_something_was_done(desk: Desk, address: str, lie: str) -> None:
    deliver(desk.book, day("03-01 10:00"))
    browser = desk.signed_in(Role.ADMINISTRATOR) if address != "/sign-in?done=setup" else desk.stranger()
    answer = browser.get(address)
    assert answer.status_code == 200
    assert lie not in answer.text


def accept(desk: Desk, office: TestClient, back: str = "/today") -> str:
    submit(desk.book, "cun1", day("03-20 08:00"))
    submit(desk.book, "cun2", day("03-20 08:10"))
    one, two = desk.obligation("cun1"), desk.obligation("cun2")
    data = {"take": [str(one), str(two)], f"version-{one}": "1", f"version-{two}": "1", "back": back}
    answer = office.post(f"/rounds/{round_of(desk.book).id}/accept", data=data)
    return answer.headers["location"]


def test_what_was_done_is_told_once(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert accept(desk, office) == "/today"
    assert "已接收2份。" in office.get("/today").text
    assert "已接收" not in office.get("/today").text


def test_another_page_that_is_opened_meanwhile_neither_tells_it_nor_takes_it_away(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    accept(desk, office)
    number = desk.obligation("cun1")
    assert "已接收2份。" not in office.get(f"/obligations/{number}").text
    assert "已接收2份。" in office.get("/today").text


def test_a_browser_that_keeps_no_cookie_of_it_works_and_is_told_nothing(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    where = accept(desk, office)
    office.cookies.delete("duban-done")
    answer = office.get(where)
    assert answer.status_code == 200
    assert "已接收" not in answer.text


@pytest.mark.parametrize(
    "value",
    ["", ".", "accept", "accept-many", "accept-many.0.9", "accept-many.6f1d.<b>", "accept..............."],
)
def test_a_cookie_that_is_none_of_ours_says_nothing(desk: Desk, value: str) -> None:
    office = desk.signed_in(Role.OFFICE)
    office.cookies.set("duban-done", value)
    answer = office.get("/today")
    assert answer.status_code == 200
    assert "已接收" not in answer.text


@pytest.mark.parametrize(
    ("address", "secure"), [("https://duban.example", True), ("http://testserver", False)]
)
def test_the_cookie_is_out_of_reach_of_scripts_and_travels_over_tls_where_there_is_tls(
    desk: Desk, address: str, *, secure: bool
) -> None:
    token = desk.signed_in(Role.OFFICE).cookies["duban"]
    app = site.create(replace(desk.counter, public_url=address))
    browser = TestClient(app, base_url=address, follow_redirects=False, cookies={"duban": token})
    submit(desk.book, "cun1", day("03-20 08:00"))
    path = f"/obligations/{desk.obligation('cun1')}/accept"
    answer = browser.post(path, data={"version": "1"}, headers={"origin": address})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert "duban-done=" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=60" in cookie
    assert ("; secure" in cookie) == secure
