"""Sign-ins: a row for each browser in which a person is signed in, so that each can be ended at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, exists, select, update

from ..obligations.errors import DubanError
from ..obligations.words import Role
from . import journal
from .tables import Account, PlanHome, SignIn
from .tokens import fingerprint
from .upsert import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

IDLE: Final = timedelta(hours=12)  # unused for so long, a sign-in has ended
LONGEST: Final = timedelta(days=7)  # however much it is used
SEEN_EVERY: Final = timedelta(minutes=10)  # how often it is written that one is in use
KNOWN: Final = timedelta(days=90)  # how long a browser stays known after somebody signed in with it
NOBODY: Final = "未登录者"
_LONGEST_ID: Final = 9  # digits


@dataclass(frozen=True, slots=True)
class Who:
    """A person who is signed in; ``stale`` says that :func:`seen` is due.

    ``unit_id`` is the root of the subtree that they see, ``view_id`` of the one below that they look at;
    ``shared`` tells whether townships share the book.
    """

    account_id: int
    name: str
    shown: str
    role: Role
    sign_in_id: int
    stale: bool
    unit_id: int | None
    view_id: int | None
    shared: bool


def signed_in(session: Session, token: str, now: datetime) -> Who | None:
    """Give whose browser holds this token at ``now``; None when the sign-in or the account has ended."""
    row = session.execute(
        select(
            *(Account.id, Account.name, Account.shown, Account.role),
            *(SignIn.id.label("sign_in_id"), SignIn.seen_at, Account.unit_id, SignIn.view_id),
            exists(select(PlanHome.slug)).label("shared"),
        )
        .join(SignIn, SignIn.account_id == Account.id)
        .where(SignIn.token_hash == fingerprint(token), _live(now), Account.active)
    ).one_or_none()
    if row is None:
        return None
    stale = row.seen_at <= now - SEEN_EVERY
    whom = (row.id, row.name, row.shown, Role(row.role))
    return Who(*whom, row.sign_in_id, stale, row.unit_id, row.view_id, row.shared)


def seen(session: Session, sign_in_id: int, now: datetime) -> None:
    """Note that a sign-in is in use, which puts off its end; harmless when another has just noted it."""
    row = session.get(SignIn, sign_in_id)
    if row is None or row.seen_at > now - SEEN_EVERY:
        return
    until = max(row.expires_at, min(now + IDLE, row.made_at + LONGEST))
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, _live(now), SignIn.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now, expires_at=until)
    )


def sign_in(session: Session, account: Account, token: str, device: str, now: datetime) -> SignIn:
    """Let a person in whose secrets were right. ``token`` is new; ``device`` is what people call the browser.

    Raises :class:`DubanError` when the account has been closed.
    """
    if not account.active:
        raise DubanError("该账号已停用，不能登录。")
    row = SignIn(token_hash=fingerprint(token), account_id=account.id, device=device)
    row.made_at = row.seen_at = now
    row.expires_at = now + IDLE
    session.add(row)
    session.flush()
    said = {"account": account.id, "sign_in": row.id, "device": device}
    journal.append(session, now, account.shown, "sign_in.ok", f"account/{account.id}", said)
    return row


def mark(row: SignIn) -> str:
    """Give what a browser keeps of a sign-in to be known by, also when that has ended; it lets nobody in."""
    return f"{row.id}.{_mark(row)}"


def known(session: Session, given: str, account_id: int, now: datetime) -> bool:
    """Tell whether this person has signed in with the browser that holds this mark, in the last 90 days."""
    number, _, rest = given.partition(".")
    if not (number.isascii() and number.isdecimal()) or len(number) > _LONGEST_ID:
        return False
    row = session.get(SignIn, int(number))
    if row is None or row.account_id != account_id or row.made_at <= now - KNOWN:
        return False
    return compare_digest(_mark(row).encode(), rest.encode())


def _mark(row: SignIn) -> str:
    return fingerprint(f"known/{row.token_hash}")


def refused(session: Session, account: Account | None, step: str, address: str, now: datetime) -> None:
    """Enter a failed try; who is not known is not named, since a password may stand where a name should."""
    said = {"step": step, "address": address} | ({"name": account.name} if account else {})
    subject = f"account/{account.id}" if account else "sign-in"
    journal.append(session, now, NOBODY, "sign_in.failed", subject, said)


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the sign-in of the browser that holds this token; harmless when there is none."""
    row = session.execute(
        select(SignIn.id, Account.id.label("account_id"), Account.shown)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.token_hash == fingerprint(token), _live(now))
    ).one_or_none()
    if row is not None:
        end(session, row.account_id, row.id, now, row.shown)


def end(session: Session, account_id: int, sign_in_id: int, now: datetime, by: str) -> None:
    """End one of a person's sign-ins; it lets nobody in from this moment on. Harmless when it has ended."""
    _end(session, account_id, SignIn.id == sign_in_id, now, by)


def end_all(session: Session, account_id: int, now: datetime, by: str, *, but: int | None = None) -> int:
    """End a person's sign-ins, all but one if given; gives how many there were."""
    which = SignIn.id != but if but is not None else SignIn.id.is_not(None)
    return _end(session, account_id, which, now, by)


def sign_ins_of(session: Session, account_id: int, now: datetime) -> Sequence[SignIn]:
    """Give a person's live sign-ins, the last used first."""
    query = select(SignIn).where(SignIn.account_id == account_id, _live(now))
    return session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.id.desc())).all()


def _live(now: datetime) -> ColumnElement[bool]:
    return and_(SignIn.revoked_at.is_(None), SignIn.expires_at > now)


def _end(session: Session, account_id: int, which: ColumnElement[bool], now: datetime, by: str) -> int:
    ending = update(SignIn).where(SignIn.account_id == account_id, which, _live(now))
    count = rows_of(session, ending.values(revoked_at=now))
    if count:
        said = {"account": account_id, "sign_ins": count}
        journal.append(session, now, by, "sign_in.ended", f"account/{account_id}", said)
    return count
