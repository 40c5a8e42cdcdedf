"""Signing in: what is said, what the browser is given, how often may be tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from duban.ledger import accounts, knocks
from duban.obligations.words import Role
from duban.portal.office.devices import device
from support.desk import Desk
from support.entering import EDGE, PASSWORD, browser, enrolled, enter, inside, join, ticket
from support.people import entered

WRONG = "登录名或密码不对，请重新输入。"
WRONG_CODE = "验证码不对或已经用过，请输入手机上当前显示的6位数字。"


def signed_in(here: TestClient) -> bool:
    return here.get("/me").status_code == 200


def test_a_page_that_needs_it_leads_to_signing_in_and_then_back(desk: Desk) -> None:
    join(desk)
    here = browser(desk)
    asked = here.get("/me?done=password")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/sign-in?next=%2Fme%3Fdone%3Dpassword",
    )
    page = here.get(asked.headers["location"])
    assert 'name="next" value="/me?done=password"' in page.text
    answer = enter(here, next="/me?done=password")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?done=password")
    assert "王文书" in here.get("/me").text


@pytest.mark.parametrize(
    "where",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "today",
        "",
    ],
)
def test_no_address_elsewhere_is_led_to(desk: Desk, where: str) -> None:
    join(desk)
    answer = enter(browser(desk), next=where)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")


def test_who_is_signed_in_is_not_asked_again(desk: Desk) -> None:
    join(desk)
    answer = inside(desk).get("/sign-in?next=/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")


def test_the_cookie_is_for_this_site_alone_and_for_no_script(desk: Desk) -> None:
    join(desk)
    cookie, mark = enter(browser(desk)).headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    token, _, attributes = rest.partition("; ")
    assert name == "duban"
    assert len(token) == 32
    assert attributes == "HttpOnly; Path=/; SameSite=lax"
    assert mark.startswith("duban-known=1.")
    assert mark.endswith("; HttpOnly; Max-Age=7776000; Path=/; SameSite=lax")


def test_behind_tls_the_cookie_does_not_travel_without_it(desk: Desk) -> None:
    join(desk)
    desk.counter = replace(desk.counter, public_url="https://duban.example")
    here = browser(desk)
    here.headers["origin"] = "https://duban.example"
    kept = enter(here).headers.get_list("set-cookie")
    assert [one.endswith("; Path=/; SameSite=lax; Secure") for one in kept] == [True, True]


def test_each_sign_in_has_a_new_token_and_the_old_one_opens_no_more(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    old = here.cookies["duban"]
    enter(here)
    assert here.cookies["duban"] != old
    thief = browser(desk)
    thief.cookies.set("duban", old)
    assert not signed_in(thief)
    assert signed_in(here)


def test_a_token_set_beforehand_is_not_taken_over(desk: Desk) -> None:
    join(desk)
    here = browser(desk)
    here.cookies.set("duban", "fixed-by-somebody-else", domain="testserver.local", path="/")
    assert "fixed-by-somebody-else" not in enter(here).headers["set-cookie"]
    thief = browser(desk)
    thief.cookies.set("duban", "fixed-by-somebody-else")
    assert not signed_in(thief)


def test_a_wrong_password_and_an_unknown_name_look_the_same(desk: Desk) -> None:
    join(desk)
    known, unknown = enter(browser(desk), "wang", "wrong"), enter(browser(desk), "nobody", "wrong")
    assert (known.status_code, unknown.status_code) == (401, 401)
    assert WRONG in known.text
    assert known.text.replace('value="wang"', "") == unknown.text.replace('value="nobody"', "")
    assert "set-cookie" not in known.headers


def test_what_was_typed_as_a_name_stays_and_the_password_does_not(desk: Desk) -> None:
    page = enter(browser(desk), '"><script>', "secret-secret").text
    assert "&#34;&gt;&lt;script&gt;" in page
    assert "secret-secret" not in page


def test_a_closed_account_looks_like_an_unknown_one(desk: Desk) -> None:
    wang = join(desk)
    with desk.book.write() as session:
        accounts.deactivate(session, wang, desk.clock.at, "管理员")
    answer = enter(browser(desk))
    assert answer.status_code == 401
    assert WRONG in answer.text


def test_after_five_failures_a_name_waits_a_quarter_of_an_hour_even_with_the_right_password(
    desk: Desk,
) -> None:
    join(desk)
    desk.clock.on("03-24 09:00")
    for number in range(5):
        assert enter(browser(desk, f"10.0.0.{number}"), password="wrong").status_code == 401
    desk.clock.on("03-24 09:14")
    answer = enter(browser(desk))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert "尝试次数过多，请在2023年3月24日（星期五）09:15以后再试。" in answer.text
    desk.clock.on("03-24 09:15")
    assert enter(browser(desk)).status_code == 303


def test_signing_in_wipes_out_the_failures_before(desk: Desk) -> None:
    join(desk)
    here = browser(desk)
    for _ in range(4):
        enter(here, password="wrong")
    assert enter(here).status_code == 303
    assert enter(here, password="wrong").status_code == 401
    assert enter(here).status_code == 303


def test_after_twenty_failures_an_address_waits_whatever_name_it_tries(desk: Desk) -> None:
    join(desk)
    with desk.book.write() as session:
        for number in range(19):
            knocks.note(session, f"name/{number}", "203.0.113.9", desk.clock.at)
    here = browser(desk, "203.0.113.9")
    assert enter(here, "nobody", "wrong").status_code == 401
    assert enter(here).status_code == 429
    assert enter(browser(desk, "203.0.113.10")).status_code == 303


def test_who_signed_in_from_a_browser_before_is_not_kept_out_by_others_at_the_address(desk: Desk) -> None:
    join(desk)
    here = browser(desk, "203.0.113.9")
    assert enter(here).status_code == 303
    here.post("/sign-out")
    with desk.book.write() as session:
        for number in range(20):
            knocks.note(session, f"name/{number}", "203.0.113.9", desk.clock.at)
    assert enter(browser(desk, "203.0.113.9")).status_code == 429
    assert enter(here, "nobody", "wrong").status_code == 429
    assert enter(here).status_code == 303


def test_what_a_browser_is_known_by_is_its_own_and_does_not_sign_in(desk: Desk) -> None:
    join(desk)
    join(desk, "li", shown="李督查")
    here = browser(desk, "203.0.113.9")
    enter(here)
    with desk.book.write() as session:
        for number in range(20):
            knocks.note(session, f"name/{number}", "203.0.113.9", desk.clock.at)
    number, _, mark = here.cookies["duban-known"].partition(".")
    for wrong in ("", ".", number, f"{number}.", f"{number}.{'0' * 64}", f"9.{mark}", f"{'9' * 30}.{mark}"):
        other = browser(desk, "203.0.113.9")
        other.cookies.set("duban-known", wrong)
        assert enter(other).status_code == 429
    other = browser(desk, "203.0.113.9")
    other.cookies.set("duban-known", f"{number}.{mark}")
    assert not signed_in(other)
    assert enter(other, "li").status_code == 429
    for _ in range(5):
        assert enter(other, password="wrong").status_code == 401
    assert enter(other).status_code == 429
    desk.clock.at += timedelta(days=91)
    with desk.book.write() as session:
        for number in range(20):
            knocks.note(session, f"name/{number}", "203.0.113.9", desk.clock.at)
    assert enter(other).status_code == 429


def test_signed_out_the_browser_is_a_stranger_and_the_token_opens_no_more(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    token = here.cookies["duban"]
    answer = here.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert any(one.startswith('duban=""; ') for one in answer.headers.get_list("set-cookie"))
    assert "您已退出。" in here.get("/sign-in").text
    here.cookies.set("duban", token)
    assert not signed_in(here)


def test_a_sign_in_ends_after_twelve_hours_without_use_and_not_before(desk: Desk) -> None:
    join(desk)
    desk.clock.on("03-24 09:00")
    here = inside(desk)
    desk.clock.on("03-24 20:00")
    assert signed_in(here)
    desk.clock.on("03-25 07:59")
    assert signed_in(here)
    desk.clock.on("03-25 19:59")
    assert not signed_in(here)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-out", "/setup/x", "/me/password"])
def test_a_form_of_another_site_signs_nobody_in_or_out(desk: Desk, path: str) -> None:
    join(desk)
    here = inside(desk)
    here.headers["origin"] = "https://evil.example"
    assert here.post(path, data={"name": "wang", "password": PASSWORD}).status_code == 403
    assert signed_in(here)


def test_what_failed_is_in_the_journal_without_anything_secret(desk: Desk) -> None:
    wang = join(desk)
    enter(browser(desk), password="hunter2-hunter2")
    enter(browser(desk), "a-password-in-the-wrong-field", "x")
    inside(desk)
    assert entered(desk.book, "sign_in.failed") == [
        (
            "未登录者",
            "sign_in.failed",
            f"account/{wang}",
            '{"address":"10.0.0.8","name":"wang","step":"password"}',
        ),
        ("未登录者", "sign_in.failed", "sign-in", '{"address":"10.0.0.8","step":"password"}'),
    ]
    assert entered(desk.book, "sign_in.ok") == [
        (
            "王文书",
            "sign_in.ok",
            f"account/{wang}",
            f'{{"account":{wang},"device":"Windows 电脑 Edge","sign_in":1}}',
        )
    ]


def test_with_a_second_factor_the_password_alone_lets_nobody_in(desk: Desk) -> None:
    phone = enrolled(desk, join(desk))
    here = browser(desk)
    page = enter(here, next="/me")
    assert page.status_code == 200
    assert "输入手机验证码" in page.text
    assert "set-cookie" not in page.headers
    assert not signed_in(here)
    desk.clock.at += timedelta(seconds=30)
    sent = {"ticket": ticket(page), "next": "/me", "code": phone.at(desk.clock.at)}
    answer = here.post("/sign-in/code", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert signed_in(here)


def test_a_code_lets_in_once(desk: Desk) -> None:
    phone = enrolled(desk, join(desk))
    desk.clock.at += timedelta(seconds=30)
    code = phone.at(desk.clock.at)
    page = enter(browser(desk))
    sent = {"ticket": ticket(page), "code": code}
    assert browser(desk).post("/sign-in/code", data=sent).status_code == 303
    again = browser(desk).post("/sign-in/code", data={"ticket": ticket(enter(browser(desk))), "code": code})
    assert again.status_code == 401
    assert WRONG_CODE in again.text


def test_codes_are_limited_like_passwords(desk: Desk) -> None:
    phone = enrolled(desk, join(desk))
    sent = {"ticket": ticket(enter(browser(desk)))}
    for _ in range(5):
        answer = browser(desk).post("/sign-in/code", data=sent | {"code": "000000"})
        assert (answer.status_code, WRONG_CODE in answer.text) == (401, True)
    desk.clock.at += timedelta(seconds=60)
    right = sent | {"code": phone.at(desk.clock.at)}
    assert browser(desk).post("/sign-in/code", data=right).status_code == 429
    desk.clock.at += timedelta(minutes=15)
    fresh = {"ticket": ticket(enter(browser(desk))), "code": phone.at(desk.clock.at)}
    assert browser(desk).post("/sign-in/code", data=fresh).status_code == 303


def test_a_password_given_anew_does_not_wipe_out_wrong_codes(desk: Desk) -> None:
    enrolled(desk, join(desk))
    for _ in range(5):
        sent = {"ticket": ticket(enter(browser(desk))), "code": "000000"}
        assert browser(desk).post("/sign-in/code", data=sent).status_code == 401
    sent = {"ticket": ticket(enter(browser(desk))), "code": "000000"}
    assert browser(desk).post("/sign-in/code", data=sent).status_code == 429


def test_who_waits_too_long_for_the_code_begins_again(desk: Desk) -> None:
    phone = enrolled(desk, join(desk))
    page = enter(browser(desk))
    desk.clock.at += timedelta(minutes=5)
    sent = {"ticket": ticket(page), "code": phone.at(desk.clock.at)}
    answer = browser(desk).post("/sign-in/code", data=sent)
    assert answer.status_code == 401
    assert "等候验证码已超过5分钟，请重新登录。" in answer.text


def test_a_code_without_a_ticket_lets_nobody_in(desk: Desk) -> None:
    phone = enrolled(desk, join(desk))
    desk.clock.at += timedelta(seconds=30)
    answer = browser(desk).post("/sign-in/code", data={"ticket": "", "code": phone.at(desk.clock.at)})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_the_page_to_sign_in_tells_a_village_that_it_need_not(desk: Desk) -> None:
    page = browser(desk).get("/sign-in").text
    assert "村（社）和部门填报不用登录" in page
    assert "0550-1234567" in page


def test_roles_are_asked_at_each_request(desk: Desk) -> None:
    wang = join(desk)
    join(desk, "chief", Role.ADMINISTRATOR, "管理员")
    here = inside(desk, "chief")
    assert here.get("/accounts").status_code == 200
    with desk.book.write() as session:
        accounts.change_role(session, wang, Role.ADMINISTRATOR, desk.clock.at, "测试")
        accounts.change_role(session, 2, Role.LEADER, desk.clock.at, "测试")
    assert here.get("/accounts").status_code == 403


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        (EDGE, "Windows 电脑 Edge"),
        ("Mozilla/5.0 (Linux; Android 12; V2057A) Chrome/86.0 MicroMessenger/8.0", "安卓手机 微信"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Safari/604.1",
            "苹果手机 Safari",
        ),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114.0 Safari/537.36 ArkWeb/4.1", "鸿蒙设备 华为浏览器"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Linux 电脑 火狐"),
        ("<script>alert(1)</script>", "未识别的设备"),
        ("", "未识别的设备"),
    ],
)
def test_a_browser_is_called_by_a_name_that_people_know(agent: str, called: str) -> None:
    assert device(agent) == called
