"""Proving who one is: a try is counted first, judged outside any transaction, and entered when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ...ledger import accounts, knocks, passwords, second_factor, sign_ins
from ...ledger.tokens import fingerprint
from ...obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fastapi import Request

    from ..counter import Counter
    from ..limits import Sent


# The cookie by which a browser is known in which somebody signed in before; it lets nobody in.
KNOWN: Final = "duban-known"


class Whence(NamedTuple):
    """The address from which a try comes, and what its browser keeps of an earlier sign-in."""

    address: str
    mark: str = ""


def address_of(request: Request) -> str:
    """Give from where a request comes; behind a proxy of this machine, what the proxy says."""
    return request.client.host if request.client else ""


def whence(request: Request) -> Whence:
    """Give from where a try comes, and the mark of its browser."""
    return Whence(address_of(request), request.cookies.get(KNOWN, ""))


def by_password(counter: Counter, name: str, password: str, whence: Whence, now: datetime) -> int | None:
    """Give the account whose name and password these are; None when they are not.

    A name that is not there takes as long. Raises :class:`knocks.TooManyTriesError`.
    """
    # What stands in the field for the name may be a password; it is not kept as it is.
    what = f"name/{fingerprint(accounts.plain(name))}"
    with counter.book.write() as session:
        found = accounts.named(session, name)
        known = found is not None and sign_ins.known(session, whence.mark, found.id, now)
        knock = knocks.knock(session, what, whence.address, now, known=known)
    stored = found.password if found else ""
    match = passwords.matches(password, stored)
    with counter.book.write() as session:
        if found is None or not match.right:
            sign_ins.refused(session, found, "password", whence.address, now)
            return None
        knocks.opened(session, knock)
        if match.renewed:
            accounts.renew_hash(session, found.id, stored, match.renewed)
    return found.id


def by_code(counter: Counter, account_id: int, code: str, whence: Whence, now: datetime) -> bool:
    """Tell whether a code of the account's second factor is right; then it is spent.

    Raises :class:`knocks.TooManyTriesError`.
    """
    with counter.book.write() as session:
        known = sign_ins.known(session, whence.mark, account_id, now)
        knock = knocks.knock(session, f"code/{account_id}", whence.address, now, known=known)
    with counter.book.write() as session:
        found = accounts.get(session, account_id, lock=True)
        right = accounts.has_second_factor(found) and second_factor.spend(
            session, found, code, counter.box, now
        )
        if right:
            knocks.opened(session, knock)
        else:
            sign_ins.refused(session, found, "code", whence.address, now)
    return right


def new_password(form: Sent, own: Iterable[str]) -> str:
    """Give the hash of a password typed twice. Slow; raises :class:`DubanError` for one too easy."""
    if form.one("password") != form.one("again"):
        raise DubanError("两次输入的密码不一致，请重新输入。")
    return passwords.hashed(form.one("password"), own)
