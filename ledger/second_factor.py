"""The second factor: six digits from an app on the phone (TOTP, RFC 6238), each accepted once.

An account's ``totp`` is sealed. Until the first code has been given ``totp_step`` is empty, and none is
asked.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import or_, update

from ..obligations.errors import DubanError
from . import accounts, journal
from .accounts import has_second_factor
from .tables import Account
from .tokens import fingerprint
from .upsert import rows_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .secrets import SecretBox

DRIFT: Final = 1  # steps of 30 seconds that a phone may be early or late
PENDING: Final = timedelta(minutes=15)
TICKET: Final = timedelta(minutes=5)
_LOST: Final = "手机验证码的密钥解不开，暂时无法核对。请联系管理员重置手机验证码。"


class WrongCodeError(DubanError):
    """A code that is wrong, too old, or used already; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("验证码不对或已经用过，请输入手机上当前显示的6位数字。")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the app on the phone takes: the secret to type, or the same as an address for a QR code."""

    secret: str
    address: str


def begin(session: Session, account_id: int, box: SecretBox, issuer: str, now: datetime) -> Enrolment:
    """Make a secret for an account, to be confirmed with a code within 15 minutes; begun again, it is new.

    Raises :class:`DubanError` when the second factor is on already.
    """
    row = _off(session, account_id)
    secret = random_base32()
    row.totp = box.seal({"secret": secret, "until": (now + PENDING).isoformat()})
    row.totp_step = None
    session.flush()
    return _enrolment(row, secret, issuer)


def begun(account: Account, box: SecretBox, issuer: str, now: datetime) -> Enrolment | None:
    """Give what was begun and waits for its first code, if there is something."""
    if account.totp is None or has_second_factor(account):
        return None
    kept = _unsealed(account, box)
    in_time = datetime.fromisoformat(kept["until"]) > now
    return _enrolment(account, kept["secret"], issuer) if in_time else None


def confirm(session: Session, account_id: int, code: str, box: SecretBox, now: datetime, by: str) -> None:
    """Turn the second factor on with the first code. Raises :class:`WrongCodeError`, or for one not begun."""
    row = _off(session, account_id)
    if begun(row, box, "", now) is None:
        raise DubanError("设置已超过15分钟，请重新开始。")
    if not spend(session, row, code, box, now):
        raise WrongCodeError
    _enter(session, row, now, by, "totp.on")


def spend(session: Session, account: Account, code: str, box: SecretBox, now: datetime) -> bool:
    """Accept a code if it is right for ``now``, give or take one step, and none so new has been accepted.

    A step that no phone could have been at yet was accepted while the clock was ahead, and shuts nobody out.
    """
    step = _step(_unsealed(account, box)["secret"], code, now)
    if step is None:
        return False
    last = Account.totp_step
    fresh = or_(last.is_(None), last < step, last > step + 2 * DRIFT)
    return (
        rows_of(session, update(Account).where(Account.id == account.id, fresh).values(totp_step=step)) == 1
    )


def turn_off(session: Session, account_id: int, now: datetime, by: str, *, reset: bool = False) -> None:
    """Ask for no code any more; ``reset`` is an administrator, for somebody whose phone is lost."""
    row = accounts.get(session, account_id, lock=True)
    was_on = has_second_factor(row)
    row.totp, row.totp_step = None, None
    session.flush()
    if was_on:
        _enter(session, row, now, by, "totp.reset" if reset else "totp.off")


def ticket(account: Account, box: SecretBox, now: datetime) -> str:
    """Give what the browser brings back with the code: that the password was right, for five minutes.

    Raises :class:`DubanError` when the account's secret cannot be opened, so that no code could be checked.
    """
    _unsealed(account, box)
    until = (now + TICKET).isoformat()
    kept = {"for": "second step", "account": account.id, "until": until, "of": fingerprint(account.password)}
    return box.seal(kept).decode()


def holder(session: Session, given: str, box: SecretBox, now: datetime) -> Account | None:
    """Give whose ticket this is; None when it is none of ours, past its time, or the password has changed."""
    try:
        kept = box.open(given.encode())
    except DubanError:
        return None
    if kept.get("for") != "second step" or datetime.fromisoformat(kept["until"]) <= now:
        return None
    row = session.get(Account, kept["account"])
    same = row is not None and row.active and fingerprint(row.password) == kept["of"]
    return row if same else None


def _off(session: Session, account_id: int) -> Account:
    row = accounts.get(session, account_id, lock=True)
    if has_second_factor(row):
        raise DubanError("手机验证码已经启用；需要更换手机的，请先关闭再重新设置。")
    return row


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Give the step of time whose code this is, of those that are accepted at ``now``."""
    digits = "".join(normalize("NFKC", code).split()).encode()
    totp = TOTP(secret)
    here = totp.timecode(now)
    near = range(here - DRIFT, here + DRIFT + 1)
    return next(
        (step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), digits)), None
    )


def _unsealed(account: Account, box: SecretBox) -> dict[str, Any]:
    try:
        return box.open(account.totp or b"")
    except DubanError as wrong:
        raise DubanError(_LOST) from wrong


def _enrolment(account: Account, secret: str, issuer: str) -> Enrolment:
    address = TOTP(secret).provisioning_uri(name=account.name, issuer_name=issuer)
    return Enrolment(secret, address)


def _enter(session: Session, row: Account, now: datetime, by: str, action: str) -> None:
    journal.append(session, now, by, action, f"account/{row.id}", {"account": row.id})
