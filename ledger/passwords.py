"""Passwords: what may be one, and their argon2 hashes.

Hashing takes about a fifth of a second on purpose: call it outside any transaction.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from pwdlib import PasswordHash

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST: Final = 10
LONGEST: Final = 200
# The commonest of those that are long enough, in lower case; 1314 and 520 are what lovers write.
COMMON: Final = frozenset(
    """
    0123456789 1234567890 9876543210 0987654321 1234567891 12345678910 1234567890a 1234567890q 123456789a
    123456789q 123456789z 123456789abc a123456789 a1234567890 aa123456789 abc123456789 abc1234567
    abcd123456 abcd1234567 abcd12345678 abcde12345 abcdefghij abcdefg123 as123456789 asd123456789
    asdf123456 asdfghjkl1 asdfghjkl123 q123456789 qq123456789 qwe123456789 qwe1234567 qwer123456
    qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop123 qazwsxedcrfv qazwsx123456
    1qaz2wsx3edc 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 z123456789 zz123456789 zxc123456789 zxcvbnm123
    zxcvbnm1234 zaq12wsxcde3 w123456789 l123456789 x123456789 s123456789 woaini1314 woaini1314520
    woaini5201314 woaini520520 woaini123456 woaini12345 woaini1234567 woaiwojia1314 iloveyou1314
    iloveyou520 iloveyou123 iloveyou5201314 5201314520 5201314521 5201314a123 1314520520 13145201314
    52013145201314 a5201314520 aini1314520 7758521521 77585217758521 1472583690 147258369a 147258369147
    1597534682 1122334455 11223344556677 112233445566 123123123123 1231231234 123321123321 1233211234567
    123654789a 12345612345 123456123456 1234512345 1234554321 12345678987654321 123456654321 1357924680
    2468013579 3141592653 31415926535 password12 password123 password1234 password12345 passw0rd123
    p@ssw0rd123 p@ssword123 admin12345 admin123456 admin1234567 admin12345678 admin@12345 admin@123456
    administrator administrator1 root123456 root12345678 test123456 test12345678 user123456 welcome123
    welcome1234 changeme123 letmein123 letmein1234 computer123 internet123 woshishui123 zhang123456
    wang123456 wang123456789 zhou123456 chen123456 huang123456 liu123456789 yang123456 zhao123456
    china123456 zhongguo123 beijing2008 duban12345 duban123456 dubanduban 1029384756 6543210987
    abc123abc123 a1b2c3d4e5 aaa1234567 aaa123456789
    """.split()  # noqa: SIM905 - a list of strings would take two hundred lines
)


class Match(NamedTuple):
    """Whether a password is the right one; ``renewed`` is its hash by today's parameters, if that is due."""

    right: bool
    renewed: str | None = None


def hashed(password: str, own: Iterable[str]) -> str:
    """Give the hash of a new password; ``own`` are the person's names, which may not be it.

    Slow. Raises :class:`DubanError` for a password that is too easy to guess, or too long.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise DubanError(f"密码至少{SHORTEST}个字符，可以用一句自己记得住的话。")
    if len(plain) > LONGEST:
        raise DubanError(f"密码最长{LONGEST}个字符。")
    if plain.casefold() in {_plain(name).casefold() for name in own}:
        raise DubanError("密码不能与登录名或姓名相同。")
    if plain.casefold() in COMMON or len(set(plain)) == 1:
        raise DubanError("这个密码太常见，容易被猜到，请换一个。")
    return _hasher().hash(plain)


def matches(password: str, stored: str) -> Match:
    """Tell whether a password belongs to a hash; with no hash ("") it is as slow and says no. Slow."""
    plain = _plain(password)[: LONGEST + 1]
    right, renewed = _hasher().verify_and_update(plain, stored or _nobodys())
    return Match(right and bool(stored), renewed if right and stored else None)


def _plain(password: str) -> str:
    # What one keyboard writes full-width or composed, another does not; it is the same password.
    return normalize("NFKC", password)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's")
