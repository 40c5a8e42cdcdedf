"""People who sign in: their sign-ins are rows, so that each can be ended at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.words import Role
from .tables import Account, SignIn
from .tokens import fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Who:
    """A person who is signed in."""

    account_id: int
    name: str
    shown: str
    role: Role
    sign_in_id: int


def signed_in(session: Session, token: str, now: datetime) -> Who | None:
    """Give whose browser holds this token at ``now``; None when the sign-in or the account has ended."""
    row = session.execute(
        select(Account.id, Account.name, Account.shown, Account.role, SignIn.id.label("sign_in_id"))
        .join(SignIn, SignIn.account_id == Account.id)
        .where(
            SignIn.token_hash == fingerprint(token),
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > now,
            Account.active,
        )
    ).one_or_none()
    return Who(row.id, row.name, row.shown, Role(row.role), row.sign_in_id) if row else None
