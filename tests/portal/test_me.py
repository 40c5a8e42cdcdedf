"""One's own account."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pyotp
from fastapi.testclient import TestClient

from duban.ledger import accounts, sign_ins
from support.desk import Desk
from support.entering import EDGE, PASSWORD, browser, enrolled, enter, inside, join, row
from support.people import entered

NEW = "白露早寒露迟秋分种麦"
PHONE = "Mozilla/5.0 (Linux; Android 12; V2057A) Chrome/86.0 Mobile MicroMessenger/8.0"
WRONG = "现在的密码不对，请重新输入。"


def change(here: TestClient, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> tuple[int, str]:
    answer = here.post("/me/password", data={"old": old, "password": new, "again": again})
    return answer.status_code, answer.text


def test_a_password_is_changed_by_who_knows_the_old_one_and_the_other_browsers_are_out(desk: Desk) -> None:
    join(desk)
    here, other = inside(desk), inside(desk)
    assert change(here)[0] == 303
    assert "密码已修改，其他设备上的登录已全部结束。" in here.get("/me").text
    assert other.get("/me").status_code == 303
    assert enter(browser(desk)).status_code == 401
    assert enter(browser(desk), password=NEW).status_code == 303
    assert NEW not in str(entered(desk.book, "password.changed", "sign_in.ended"))


def test_with_a_wrong_old_password_nothing_changes(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    status, page = change(here, old="wrong")
    assert (status, WRONG in page) == (422, True)
    assert enter(browser(desk)).status_code == 303


def test_guessing_the_old_password_in_an_open_browser_is_limited_too(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    for _ in range(5):
        change(here, old="wrong")
    status, page = change(here)
    assert (status, "尝试次数过多" in page) == (422, True)


def test_a_weak_or_mistyped_new_password_is_refused(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    assert "密码至少10个字符" in change(here, new="short", again="short")[1]
    assert "两次输入的密码不一致，请重新输入。" in change(here, again="other")[1]
    assert enter(browser(desk)).status_code == 303


def test_the_devices_are_listed_and_one_is_signed_out_from_another(desk: Desk) -> None:
    wang = join(desk)
    here, lost = inside(desk, agent=EDGE), inside(desk, agent=PHONE)
    page = here.get("/me").text
    assert "Windows 电脑 Edge" in page
    assert "安卓手机 微信" in page
    with desk.book.read() as session:
        numbers = {one.device: one.id for one in sign_ins.sign_ins_of(session, wang, desk.clock.at)}
    assert here.post(f"/me/sign-ins/{numbers['安卓手机 微信']}/end").status_code == 303
    assert lost.get("/me").status_code == 303
    assert "安卓手机 微信" not in here.get("/me").text


def test_somebody_elses_sign_in_is_not_ended(desk: Desk) -> None:
    join(desk)
    join(desk, "li", shown="李督查")
    his = inside(desk, "li")
    here = inside(desk)
    here.post("/me/sign-ins/1/end")
    assert his.get("/me").status_code == 200


def test_all_the_other_devices_are_signed_out_at_once(desk: Desk) -> None:
    join(desk)
    here, one, two = inside(desk), inside(desk), inside(desk)
    assert here.post("/me/sign-ins/end-others").status_code == 303
    assert [browser.get("/me").status_code for browser in (here, one, two)] == [200, 303, 303]


def secret_on(page: str) -> str:
    found = re.search(r'<p class="mono strong">([A-Z2-7 ]+)</p>', page)
    assert found is not None
    return found[1].replace(" ", "")


def test_a_second_factor_is_turned_on_with_a_password_and_a_code(desk: Desk) -> None:
    wang = join(desk)
    here = inside(desk)
    assert WRONG in here.post("/me/second-factor", data={"old": "wrong"}).text
    page = here.post("/me/second-factor", data={"old": PASSWORD}).text
    assert "<svg" in page
    assert "style=" not in page
    phone = pyotp.totp.TOTP(secret_on(page))
    wrong = here.post("/me/second-factor/confirm", data={"code": "000000"})
    assert wrong.status_code == 422
    assert secret_on(wrong.text) == phone.secret
    assert not accounts.has_second_factor(row(desk, wang))
    right = here.post("/me/second-factor/confirm", data={"code": phone.at(desk.clock.at)})
    assert right.headers["location"] == "/me"
    assert accounts.has_second_factor(row(desk, wang))
    assert "手机验证码已启用，下次登录时会要求输入。" in here.get("/me").text
    assert phone.secret not in str(entered(desk.book, "totp.on"))


def test_what_was_begun_too_long_ago_is_begun_again(desk: Desk) -> None:
    join(desk)
    here = inside(desk)
    phone = pyotp.totp.TOTP(secret_on(here.post("/me/second-factor", data={"old": PASSWORD}).text))
    desk.clock.at += timedelta(minutes=15)
    answer = here.post("/me/second-factor/confirm", data={"code": phone.at(desk.clock.at)})
    assert answer.status_code == 422
    assert "设置已超过15分钟，请重新开始。" in answer.text


def test_it_is_turned_off_with_a_password_and_a_code(desk: Desk) -> None:
    wang = join(desk)
    here = inside(desk)
    phone = enrolled(desk, wang)
    desk.clock.at += timedelta(seconds=30)
    code = phone.at(desk.clock.at)
    off = "/me/second-factor/off"
    assert WRONG in here.post(off, data={"old": "wrong", "code": code}).text
    assert "验证码不对" in here.post(off, data={"old": PASSWORD, "code": "000000"}).text
    assert accounts.has_second_factor(row(desk, wang))
    answer = here.post(off, data={"old": PASSWORD, "code": code})
    assert answer.headers["location"] == "/me"
    assert "手机验证码已关闭。" in here.get("/me").text
    assert not accounts.has_second_factor(row(desk, wang))
    assert enter(browser(desk)).status_code == 303


def test_each_wrong_entry_points_at_its_sentence(desk: Desk) -> None:
    join(desk)
    page = change(inside(desk), old="wrong")[1]
    field = re.search(r'<input id="old"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="old-wrong"' in field[0]
    assert f'<p class="wrong" id="old-wrong">{html.escape(WRONG)}</p>' in page
