from __future__ import annotations

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from duban.ledger import passwords
from duban.obligations.errors import DubanError

GOOD = "清明前后种瓜点豆 2023"


def test_a_password_is_kept_as_argon2id_and_found_right_again() -> None:
    kept = passwords.hashed(GOOD, ("wang", "王文书"))
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(GOOD, kept) == (True, None)
    assert passwords.matches(GOOD + "4", kept) == (False, None)


def test_full_width_digits_are_the_same_password() -> None:
    kept = passwords.hashed("chunfeng 2046", ())
    assert passwords.matches("chunfeng ２０４６", kept).right


def test_nobodys_password_is_never_right() -> None:
    assert passwords.matches("nobody's", "") == (False, None)


def test_a_hash_by_older_parameters_is_made_anew_when_the_password_is_given() -> None:
    old = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(GOOD)
    right, renewed = passwords.matches(GOOD, old)
    assert right
    assert renewed is not None
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(GOOD, renewed) == (True, None)
    assert passwords.matches("something else", old) == (False, None)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "密码至少10个字符，可以用一句自己记得住的话。"),
        ("九个字的密码不够长", "密码至少10个字符，可以用一句自己记得住的话。"),
        ("x" * 201, "密码最长200个字符。"),
        ("woaini1314", "这个密码太常见，容易被猜到，请换一个。"),
        ("1234567890", "这个密码太常见，容易被猜到，请换一个。"),
        ("A123456789", "这个密码太常见，容易被猜到，请换一个。"),
        ("１２３４５６７８９０", "这个密码太常见，容易被猜到，请换一个。"),
        ("............", "这个密码太常见，容易被猜到，请换一个。"),
        ("WangWenshu01", "密码不能与登录名或姓名相同。"),
    ],
)
def test_what_may_not_be_a_password(password: str, sentence: str) -> None:
    with pytest.raises(DubanError) as refused:
        passwords.hashed(password, ("wangwenshu01", "王文书"))
    assert str(refused.value) == sentence


def test_no_letters_digits_or_signs_are_demanded() -> None:
    assert passwords.matches("一二三四五六七八九十", passwords.hashed("一二三四五六七八九十", ())).right
