"""The codes are those of RFC 6238, appendix B, whose secret and times are used."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from duban.ledger import accounts, second_factor
from duban.ledger.book import Book
from duban.ledger.second_factor import WrongCodeError
from duban.ledger.secrets import SecretBox
from duban.ledger.tables import Account
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from support.people import account, entered, person

BOX = SecretBox(Fernet.generate_key())
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
EARLY = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)  # the code is 081804
NEXT = datetime(2005, 3, 18, 1, 58, 31, tzinfo=UTC)  # two seconds on, in the next step, it is 050471


@pytest.fixture
def wang(book: Book) -> int:
    """Give 王文书, who has begun with the secret of the RFC."""
    made = person(book, "wang", shown="王文书", now=datetime(2005, 1, 1, tzinfo=UTC))
    with book.write() as session:
        until = "2005-03-18T02:10:00+00:00"
        accounts.get(session, made).totp = BOX.seal({"secret": SECRET, "until": until})
    return made


def confirm(book: Book, who: int, code: str, now: datetime) -> None:
    with book.write() as session:
        second_factor.confirm(session, who, code, BOX, now, "王文书")


def spend(book: Book, who: int, code: str, now: datetime) -> bool:
    with book.write() as session:
        return second_factor.spend(session, accounts.get(session, who), code, BOX, now)


def on(book: Book, who: int) -> bool:
    return accounts.has_second_factor(account(book, who))


def test_the_first_code_turns_it_on(book: Book, wang: int) -> None:
    assert not on(book, wang)
    confirm(book, wang, "081804", EARLY)
    assert on(book, wang)
    assert entered(book, "totp.on") == [("王文书", "totp.on", f"account/{wang}", f'{{"account":{wang}}}')]


@pytest.mark.parametrize("code", ["", "081805", "81804", "0818041", "〇八一八〇四", "081804\0"])
def test_a_wrong_code_does_not(book: Book, wang: int, code: str) -> None:
    with pytest.raises(WrongCodeError, match="验证码不对或已经用过"):
        confirm(book, wang, code, EARLY)
    assert not on(book, wang)


@pytest.mark.parametrize("code", ["081 804", " ０８１８０４ "])
def test_a_code_may_be_typed_with_a_gap_or_full_width(book: Book, wang: int, code: str) -> None:
    confirm(book, wang, code, EARLY)
    assert on(book, wang)


def test_what_was_begun_waits_fifteen_minutes_for_its_code(book: Book) -> None:
    li = person(book, "li", now=datetime(2005, 1, 1, tzinfo=UTC))
    with book.write() as session:
        made = second_factor.begin(session, li, BOX, "督办 示例镇", EARLY)
    assert len(made.secret) == 32
    assert made.address == (
        f"otpauth://totp/%E7%9D%A3%E5%8A%9E%20%E7%A4%BA%E4%BE%8B%E9%95%87:li?secret={made.secret}"
        "&issuer=%E7%9D%A3%E5%8A%9E%20%E7%A4%BA%E4%BE%8B%E9%95%87"
    )
    later = datetime(2005, 3, 18, 2, 13, 28, tzinfo=UTC)
    assert second_factor.begun(account(book, li), BOX, "督办 示例镇", later) == made
    too_late = datetime(2005, 3, 18, 2, 13, 29, tzinfo=UTC)
    assert second_factor.begun(account(book, li), BOX, "督办 示例镇", too_late) is None
    with pytest.raises(DubanError, match="设置已超过15分钟，请重新开始。"):
        confirm(book, li, "000000", too_late)


def test_the_secret_is_sealed_in_the_book(book: Book, wang: int) -> None:
    assert SECRET.encode() not in (account(book, wang).totp or b"")


def test_a_phone_may_be_one_step_early_or_late_and_no_more(book: Book, wang: int) -> None:
    confirm(book, wang, "081804", NEXT)
    assert spend(book, wang, "050471", datetime(2005, 3, 18, 1, 59, 59, tzinfo=UTC)) is False
    assert spend(book, wang, "050471", datetime(2005, 3, 18, 1, 59, 29, tzinfo=UTC)) is True


def test_a_code_from_a_phone_that_is_fast_is_taken(book: Book, wang: int) -> None:
    confirm(book, wang, "050471", EARLY)
    assert on(book, wang)


def test_a_code_is_never_accepted_twice(book: Book, wang: int) -> None:
    confirm(book, wang, "081804", EARLY)
    assert spend(book, wang, "081804", EARLY) is False
    assert spend(book, wang, "050471", NEXT) is True
    assert spend(book, wang, "050471", NEXT) is False


def test_an_older_code_is_not_accepted_after_a_newer_one(book: Book, wang: int) -> None:
    confirm(book, wang, "050471", NEXT)
    assert spend(book, wang, "081804", NEXT) is False


def test_it_is_not_begun_again_while_it_is_on(book: Book, wang: int) -> None:
    confirm(book, wang, "081804", EARLY)
    with pytest.raises(DubanError, match="手机验证码已经启用"), book.write() as session:
        second_factor.begin(session, wang, BOX, "督办", EARLY)


def test_turned_off_no_code_is_asked_and_it_is_entered_who_did_it(book: Book, wang: int) -> None:
    confirm(book, wang, "081804", EARLY)
    with book.write() as session:
        second_factor.turn_off(session, wang, NEXT, "管理员", reset=True)
        second_factor.turn_off(session, wang, NEXT, "管理员", reset=True)
    assert not on(book, wang)
    assert account(book, wang).totp is None
    assert [row[:2] for row in entered(book, "totp.off", "totp.reset")] == [("管理员", "totp.reset")]


def test_with_another_key_it_is_told_who_can_help(book: Book, wang: int) -> None:
    other = SecretBox(Fernet.generate_key())
    with pytest.raises(DubanError) as refused, book.read() as session:
        second_factor.ticket(accounts.get(session, wang), other, EARLY)
    assert str(refused.value) == "手机验证码的密钥解不开，暂时无法核对。请联系管理员重置手机验证码。"


def holder(book: Book, ticket: str, now: datetime) -> Account | None:
    with book.read() as session:
        return second_factor.holder(session, ticket, BOX, now)


def test_a_ticket_says_for_five_minutes_whose_password_was_right(book: Book, wang: int) -> None:
    ticket = second_factor.ticket(account(book, wang), BOX, EARLY)
    whose = holder(book, ticket, datetime(2005, 3, 18, 2, 3, 28, tzinfo=UTC))
    assert whose is not None
    assert whose.id == wang
    assert holder(book, ticket, datetime(2005, 3, 18, 2, 3, 29, tzinfo=UTC)) is None


def test_a_ticket_dies_with_the_password_and_with_the_account(book: Book, wang: int) -> None:
    person(book, "chief", Role.ADMINISTRATOR, now=datetime(2005, 1, 2, tzinfo=UTC))
    ticket = second_factor.ticket(account(book, wang), BOX, EARLY)
    with book.write() as session:
        accounts.set_password(session, wang, "new hash", EARLY, "王文书")
    assert holder(book, ticket, EARLY) is None
    fresh = second_factor.ticket(account(book, wang), BOX, EARLY)
    with book.write() as session:
        accounts.deactivate(session, wang, EARLY, "管理员")
    assert holder(book, fresh, EARLY) is None


@pytest.mark.parametrize("ticket", ["", "x", BOX.seal({"address": "https://robot.example"}).decode()])
def test_what_is_no_ticket_of_ours_is_nobodys(book: Book, wang: int, ticket: str) -> None:
    assert holder(book, ticket, EARLY) is None


def test_a_code_taken_while_the_clock_was_ahead_shuts_nobody_out(book: Book, wang: int) -> None:
    confirm(book, wang, "081804", EARLY)
    ahead = datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC)  # the RFC's code is 005924
    assert spend(book, wang, "005924", ahead)
    assert spend(book, wang, "050471", NEXT)
    assert not spend(book, wang, "050471", NEXT)
