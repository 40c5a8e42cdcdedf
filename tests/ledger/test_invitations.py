from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from duban.ledger import accounts, invitations, sign_ins
from duban.ledger.accounts import New
from duban.ledger.book import Book
from duban.ledger.invitations import InvitationRefusedError
from duban.ledger.tables import Invitation
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from support.campaign import day
from support.people import account, entered, person

MORNING = day("03-20 09:00")
WANG = New("wang", "王文书", "hash")
REFUSED = "这个链接无效、已经用过，或已过有效期。请联系管理员重新发一个。"


def invite(book: Book, token: str, role: Role = Role.OFFICE, account_id: int | None = None) -> int:
    with book.write() as session:
        return invitations.invite(session, role, token, MORNING, "管理员", account_id).id


def accept(book: Book, token: str, new: New = WANG, now: datetime = MORNING) -> int:
    with book.write() as session:
        return invitations.accept(session, token, new, now)


def first(book: Book, token: str, now: datetime = MORNING) -> bool:
    with book.write() as session:
        return invitations.first_invitation(session, token, now)


def test_an_invitation_makes_an_account_of_its_role(book: Book) -> None:
    invite(book, "t1", Role.SUPERVISOR)
    made = account(book, accept(book, "t1"))
    assert (made.name, made.shown, made.role, made.password, made.active) == (
        "wang",
        "王文书",
        "supervisor",
        "hash",
        True,
    )


def test_it_is_used_once(book: Book) -> None:
    invite(book, "t1")
    accept(book, "t1")
    with pytest.raises(InvitationRefusedError) as refused:
        accept(book, "t1", New("li", "李", "hash"))
    assert str(refused.value) == REFUSED


def test_two_who_use_it_at_once_get_one_account(book: Book) -> None:
    invite(book, "t1")

    def take(name: str) -> str:
        try:
            accept(book, "t1", New(name, f"{name}同志", "hash"))
        except InvitationRefusedError:
            return "refused"
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ["wang", "li"])) == ["made", "refused"]


def test_it_lasts_seventy_two_hours(book: Book) -> None:
    invite(book, "t1")
    with book.read() as session:
        assert invitations.open_invitation(session, "t1", day("03-23 08:59")).role is Role.OFFICE
        with pytest.raises(InvitationRefusedError):
            invitations.open_invitation(session, "t1", day("03-23 09:00"))
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1", now=day("03-23 09:00"))


def test_a_name_that_will_not_do_does_not_spend_it(book: Book) -> None:
    person(book, "wang", shown="另一人")
    invite(book, "t1")
    with pytest.raises(DubanError, match="已有人使用"):
        accept(book, "t1")
    assert account(book, accept(book, "t1", New("wang2", "王文书", "hash"))).name == "wang2"


def test_an_unknown_token_is_refused(book: Book) -> None:
    with pytest.raises(InvitationRefusedError):
        accept(book, "unknown")


def test_the_token_is_kept_only_as_its_hash_and_not_in_the_journal(book: Book) -> None:
    invite(book, "open-sesame")
    with book.read() as session:
        kept = session.scalars(select(Invitation.token_hash)).one()
    assert kept == "d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7"
    assert entered(book, "account.invited") == [
        ("管理员", "account.invited", "invitation", '{"invitation":1,"role":"office"}')
    ]


def test_for_an_account_it_sets_the_password_and_ends_the_sign_ins(book: Book) -> None:
    wang = person(book, "wang", Role.LEADER, shown="王镇长")
    with book.write() as session:
        sign_ins.sign_in(session, accounts.get(session, wang), "cookie", "", MORNING)
    invite(book, "t1", Role.ADMINISTRATOR, wang)
    assert accept(book, "t1", New("other", "别人", "new hash")) == wang
    row = account(book, wang)
    assert (row.name, row.shown, row.role, row.password) == ("wang", "王镇长", "leader", "new hash")
    with book.read() as session:
        assert sign_ins.signed_in(session, "cookie", MORNING) is None


def test_a_password_set_by_a_link_says_by_which_and_who_had_made_it(book: Book) -> None:
    wang = person(book, "wang", shown="王文书")
    number = invite(book, "t1", account_id=wang)
    accept(book, "t1")
    told = f'{{"account":{wang},"invitation":{number},"invited_by":"管理员"}}'
    assert entered(book, "password.changed") == [("王文书", "password.changed", f"account/{wang}", told)]


def test_a_link_opens_no_more_once_its_owner_has_changed_the_password(book: Book) -> None:
    wang = person(book, "wang")
    invite(book, "t1", account_id=wang)
    with book.write() as session:
        accounts.set_password(session, wang, "own hash", MORNING, "王文书")
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1")
    assert account(book, wang).password == "own hash"


def test_of_an_accounts_links_only_the_last_opens(book: Book) -> None:
    wang = person(book, "wang")
    invite(book, "t1", account_id=wang)
    invite(book, "t2", account_id=wang)
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1")
    assert accept(book, "t2") == wang


def test_a_closed_account_gets_no_link_and_the_one_it_had_opens_no_more(book: Book) -> None:
    wang = person(book, "wang")
    person(book, "chief", Role.ADMINISTRATOR)
    invite(book, "t1", account_id=wang)
    with book.write() as session:
        accounts.deactivate(session, wang, MORNING, "管理员")
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1")
    with pytest.raises(DubanError, match="该账号已停用，请先启用，再重新设置密码。"):
        invite(book, "t2", account_id=wang)


def test_a_revoked_invitation_opens_no_more(book: Book) -> None:
    number = invite(book, "t1")
    with book.write() as session:
        for _ in range(2):
            invitations.revoke(session, number, MORNING, "管理员")
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1")
    assert len(entered(book, "invitation.revoked")) == 1


def test_those_that_wait_are_listed_until_they_are_used(book: Book) -> None:
    wang = person(book, "wang")
    invite(book, "t1", Role.LEADER)
    invite(book, "t2", Role.OFFICE)
    invite(book, "t3", account_id=wang)
    accept(book, "t2", New("li", "李", "hash"))
    with book.read() as session:
        assert [row.role for row in invitations.waiting(session, MORNING)] == ["leader"]
        assert invitations.waiting(session, day("03-23 09:00")) == []


def test_the_first_administrator_is_invited_while_there_is_none(book: Book) -> None:
    assert first(book, "t1")
    assert first(book, "t2")
    with pytest.raises(InvitationRefusedError):
        accept(book, "t1")
    assert account(book, accept(book, "t2")).role == "administrator"
    assert not first(book, "t3")
    with pytest.raises(InvitationRefusedError):
        accept(book, "t3", New("li", "李", "hash"))


def test_other_invitations_are_left_alone_by_that(book: Book) -> None:
    invite(book, "mine", Role.ADMINISTRATOR)
    assert first(book, "t1")
    assert account(book, accept(book, "mine")).role == "administrator"
