"""What administrators do with accounts and integrations."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from duban.ledger import accounts, integrations
from duban.obligations.words import Role
from support.desk import Desk
from support.entering import PASSWORD, browser, enrolled, enter, inside, join, row
from support.people import entered

LAST = "这是最后一个在用的管理员账号，不能停用或改任；请先邀请另一位管理员。"


@pytest.fixture
def chief(desk: Desk) -> TestClient:
    """Give the browser of an administrator, account 1."""
    return desk.signed_in(Role.ADMINISTRATOR)


def shown_once(page: str, what: str) -> str:
    found = re.search(rf'id="{what}"[^>]*>([^<]+)<', page)
    assert found is not None
    return found[1]


def done(here: TestClient, path: str, **data: str) -> str:
    """Do what a form asks; give the page that follows."""
    answer = here.post(path, data=data)
    assert answer.status_code == 303, answer.text
    return here.get(answer.headers["location"]).text


def test_an_invitation_is_shown_once_and_makes_an_account(desk: Desk, chief: TestClient) -> None:
    page = chief.post("/accounts/invitations", data={"role": "leader"}).text
    link = shown_once(page, "link")
    assert link.startswith("http://testserver/setup/")
    listed = chief.get("/accounts").text
    assert link not in listed
    assert "管理员于03-20 周一 09:00发出" in listed
    mine = {"name": "zhao", "shown": "赵镇长", "password": PASSWORD, "again": PASSWORD}
    assert browser(desk).post(link, data=mine).status_code == 303
    listed = chief.get("/accounts").text
    assert "赵镇长" in listed
    assert "从未登录" in listed
    assert "管理员于03-20 周一 09:00发出" not in listed


def test_without_a_role_nobody_is_invited(desk: Desk, chief: TestClient) -> None:
    for role in ("", "king"):
        answer = chief.post("/accounts/invitations", data={"role": role})
        assert (answer.status_code, "请选择角色。" in answer.text) == (422, True)
    assert entered(desk.book, "account.invited") == []


def test_an_invitation_can_be_taken_back(desk: Desk, chief: TestClient) -> None:
    link = shown_once(chief.post("/accounts/invitations", data={"role": "leader"}).text, "link")
    assert "邀请已作废。" in done(chief, "/accounts/invitations/1/revoke")
    assert browser(desk).get(link).status_code == 410


def test_a_link_for_a_forgotten_password_is_shown_once(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    page = chief.post(f"/accounts/{wang}/password-link").text
    assert "王文书（wang）" in page
    new = {"password": "白露早寒露迟秋分种麦", "again": "白露早寒露迟秋分种麦"}
    assert browser(desk).post(shown_once(page, "link"), data=new).status_code == 303
    assert enter(browser(desk), password="白露早寒露迟秋分种麦").status_code == 303


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    here = inside(desk)
    assert "账号已停用，登录已全部结束。" in done(chief, f"/accounts/{wang}/deactivate")
    assert here.get("/me").status_code == 303
    assert enter(browser(desk)).status_code == 401
    assert "账号已启用。" in done(chief, f"/accounts/{wang}/activate")
    assert enter(browser(desk)).status_code == 303


def test_a_role_is_changed(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    page = done(chief, f"/accounts/{wang}/role", role="supervisor")
    assert "角色已更改，下一次打开页面即生效。" in page
    assert row(desk, wang).role == "supervisor"


@pytest.mark.parametrize(("act", "data"), [("deactivate", {}), ("role", {"role": "leader"})])
def test_the_last_administrator_stays(desk: Desk, chief: TestClient, act: str, data: dict[str, str]) -> None:
    answer = chief.post(f"/accounts/1/{act}", data=data)
    assert (answer.status_code, LAST in answer.text) == (409, True)
    assert (row(desk, 1).role, row(desk, 1).active) == ("administrator", True)


def test_a_lost_phone_is_reset_and_the_record_says_by_whom(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    enrolled(desk, wang)
    assert "重置手机验证码" in chief.get(f"/accounts/{wang}").text
    assert "手机验证码已重置" in done(chief, f"/accounts/{wang}/second-factor/reset")
    assert not accounts.has_second_factor(row(desk, wang))
    assert [one[:2] for one in entered(desk.book, "totp.reset")] == [("管理员", "totp.reset")]
    assert enter(browser(desk)).status_code == 303


def test_all_sign_ins_of_a_person_are_ended(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    here = inside(desk)
    assert "Windows 电脑 Edge" in chief.get(f"/accounts/{wang}").text
    done(chief, f"/accounts/{wang}/sign-ins/end")
    assert here.get("/me").status_code == 303


@pytest.mark.parametrize("act", ["password-link", "second-factor/reset"])
def test_administrators_do_not_pass_by_their_own_password(desk: Desk, chief: TestClient, act: str) -> None:
    answer = chief.post(f"/accounts/1/{act}")
    assert (answer.status_code, "请到“我的账号”办理" in answer.text) == (409, True)


@pytest.mark.parametrize(
    "path",
    [
        *("/accounts/99/password-link", "/accounts/99/deactivate", "/accounts/99/activate"),
        *("/accounts/99/second-factor/reset", "/accounts/99/sign-ins/end"),
    ],
)
def test_an_account_that_is_not_there_is_not_found(chief: TestClient, path: str) -> None:
    assert chief.post(path).status_code == 404
    assert chief.get("/accounts/99").status_code == 404


def test_a_number_that_no_book_can_hold_is_refused(chief: TestClient) -> None:
    assert chief.get(f"/accounts/{10**30}").status_code == 422


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SUPERVISOR, Role.LEADER])
@pytest.mark.parametrize("path", ["/accounts", "/accounts/1", "/integrations"])
def test_only_administrators_see_accounts(desk: Desk, role: Role, path: str) -> None:
    assert desk.signed_in(role).get(path).status_code == 403


@pytest.mark.parametrize("role", [Role.OFFICE, Role.SUPERVISOR, Role.LEADER])
def test_only_administrators_change_them(desk: Desk, role: Role) -> None:
    here = desk.signed_in(role)
    for path in ("/accounts/invitations", "/accounts/1/role", "/accounts/1/deactivate", "/integrations"):
        assert here.post(path, data={"role": "administrator", "name": "x"}).status_code == 403
    assert entered(desk.book, "account.invited", "account.role_changed", "integration.made") == []


def test_a_program_is_let_in_with_a_token_that_is_shown_once(desk: Desk, chief: TestClient) -> None:
    page = chief.post("/integrations", data={"name": "县应急平台", "role": "office"}).text
    token = shown_once(page, "token")
    with desk.book.read() as session:
        found = integrations.find(session, token)
    assert found is not None
    assert (found.name, found.role) == ("县应急平台", Role.OFFICE)
    listed = chief.get("/integrations").text
    assert "县应急平台" in listed
    assert token not in listed


def test_a_program_is_let_in_no_more(desk: Desk, chief: TestClient) -> None:
    page = chief.post("/integrations", data={"name": "县应急平台", "role": "office"}).text
    assert "接口已停用，原密钥不再有效。" in done(chief, "/integrations/1/revoke")
    with desk.book.read() as session:
        assert integrations.find(session, shown_once(page, "token")) is None
    assert "已停用" in chief.get("/integrations").text


@pytest.mark.parametrize(
    ("name", "role", "sentence"),
    [
        ("", "office", "请写明接口的名称，如 县应急平台。"),
        ("县平台", "", "请选择角色。"),
        ("县平台", "administrator", "接口不能有管理员的权限，请选择办公室、督查或领导。"),
        ("已有的", "office", "已有名为“已有的”的接口，请换一个名称。"),
    ],
)
def test_a_program_that_will_not_do_is_told_and_what_was_typed_stays(
    chief: TestClient, name: str, role: str, sentence: str
) -> None:
    chief.post("/integrations", data={"name": "已有的", "role": "office"})
    answer = chief.post("/integrations", data={"name": name, "role": role})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not name or f'value="{name}"' in answer.text


def test_a_form_of_another_site_changes_no_account(desk: Desk, chief: TestClient) -> None:
    wang = join(desk)
    chief.headers["origin"] = "https://evil.example"
    assert chief.post(f"/accounts/{wang}/deactivate").status_code == 403
    assert row(desk, wang).active
