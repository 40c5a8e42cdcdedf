"""One-time links: to make an account of a role, or to set the password of one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, select, update

from ..obligations.errors import DubanError
from ..obligations.words import Role
from . import accounts, journal
from .scope import root_of
from .tables import Account, Invitation
from .tokens import fingerprint
from .upsert import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from .accounts import New

LASTS: Final = timedelta(hours=72)
ACTOR: Final = "duban"


class InvitationRefusedError(DubanError):
    """A link that was never made, has been used, or is past its time; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("这个链接无效、已经用过，或已过有效期。请联系管理员重新发一个。")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link is for: an account of ``role``; ``account_id`` and the names when it is there already."""

    id: int
    role: Role
    made_by: str
    expires_at: datetime
    account_id: int | None = None
    name: str = ""
    shown: str = ""
    unit_id: int | None = None


def invite(
    session: Session,
    role: Role,
    token: str,
    now: datetime,
    by: str,
    account_id: int | None = None,
    unit_id: int | None = None,
) -> Invitation:
    """Make a link for somebody new, or for an account to set its password; it lasts 72 hours.

    Who is new will see the subtree below ``unit_id``; without one, what the session sees.

    An account's earlier links open no more. Raises :class:`DubanError` for an account that has been closed.
    """
    subject, said = "invitation", {"role": str(role)}
    if account_id is not None:
        row = accounts.get(session, account_id, lock=True)
        if not row.active:
            raise DubanError("该账号已停用，请先启用，再重新设置密码。")
        role, subject, said = Role(row.role), f"account/{row.id}", {"role": row.role, "name": row.name}
        unit_id = row.unit_id
        accounts.expire_links(session, row, now)
    made = Invitation(token_hash=fingerprint(token), role=str(role), account_id=account_id, made_by=by)
    made.made_at, made.expires_at = now, now + LASTS
    made.unit_id = root_of(session) if unit_id is None and account_id is None else unit_id
    session.add(made)
    session.flush()
    under = {} if made.unit_id is None else {"unit": made.unit_id}
    journal.append(session, now, by, "account.invited", subject, {"invitation": made.id, **said, **under})
    return made


def open_invitation(session: Session, token: str, now: datetime) -> Opened:
    """Give what the token is for. Raises :class:`InvitationRefusedError` for one that does not open."""
    row = session.execute(
        select(Invitation, Account)
        .outerjoin(Account, Account.id == Invitation.account_id)
        .where(Invitation.token_hash == fingerprint(token), _waits(now))
    ).one_or_none()
    if row is None:
        raise InvitationRefusedError
    made, account = row[0], row[1]
    if account is not None and not account.active:
        raise InvitationRefusedError
    here = Opened(made.id, Role(made.role), made.made_by, made.expires_at, unit_id=made.unit_id)
    if account is None:
        return here
    whom = (account.id, account.name, account.shown)
    return Opened(here.id, Role(account.role), here.made_by, here.expires_at, *whom)


def accept(session: Session, token: str, new: New, now: datetime) -> int:
    """Make the account, or set the password of the one the link is for; gives its id. The link is spent.

    Of ``new`` an account that is there takes the password alone. Raises :class:`InvitationRefusedError`, and
    :class:`DubanError` for names that will not do; then the link is not spent.
    """
    here = open_invitation(session, token, now)
    spent = update(Invitation).where(Invitation.id == here.id, _waits(now)).values(used_at=now)
    if rows_of(session, spent) != 1:  # somebody else has used it since we looked
        raise InvitationRefusedError
    if here.account_id is None:
        return accounts.make(session, new, here.role, now, here.made_by, here.unit_id).id
    link = {"invitation": here.id, "invited_by": here.made_by}
    accounts.set_password(session, here.account_id, new.password, now, here.shown, through=link)
    return here.account_id


def first_invitation(session: Session, token: str, now: datetime) -> bool:
    """Make the link for the first administrator when no administrator can sign in; tells whether it did.

    Links made so before open no more, so that only the one printed last does.
    """
    if accounts.active_administrators(session):
        return False
    administrators = Invitation.role == str(Role.ADMINISTRATOR)
    _expire(session, and_(administrators, Invitation.made_by == ACTOR), now)
    invite(session, Role.ADMINISTRATOR, token, now, ACTOR)
    return True


def waiting(session: Session, now: datetime) -> Sequence[Invitation]:
    """Give the links for somebody new that have not been used yet, the newest first."""
    new = select(Invitation).where(_waits(now), Invitation.account_id.is_(None))
    return session.scalars(new.order_by(Invitation.id.desc())).all()


def revoke(session: Session, invitation_id: int, now: datetime, by: str) -> None:
    """Let a link open no more. Harmless when it has been used or is past its time, or is not to be seen."""
    if session.get(Invitation, invitation_id) is None:
        return
    if _expire(session, Invitation.id == invitation_id, now):
        said = {"invitation": invitation_id}
        journal.append(session, now, by, "invitation.revoked", "invitation", said)


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(Invitation.used_at.is_(None), Invitation.expires_at > now)


def _expire(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    return rows_of(session, update(Invitation).where(which, _waits(now)).values(expires_at=now))
