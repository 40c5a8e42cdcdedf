"""People who sign in: their names, roles and passwords, and whether they still may come in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from sqlalchemy import and_, func, select, update

from ..obligations.errors import DubanError
from ..obligations.words import Role
from . import journal, locks, sign_ins
from .tables import Account, Contact, Invitation, SignIn, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_NAME: Final = re.compile(r"[\w.@-]{2,30}")
_LONGEST_SHOWN: Final = 30
_SEEN: Final = select(func.max(SignIn.seen_at)).where(SignIn.account_id == Account.id).scalar_subquery()
_PEOPLE: Final = select(Account, _SEEN, Unit.name).outerjoin(Unit, Unit.id == Account.unit_id)
# What records call the program, other programs, and those who have not signed in.
_RESERVED: Final = ("duban", "接口", sign_ins.NOBODY)
_SYSTEM: Final = "系统"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as administrators see it; ``seen_at`` (UTC) is when a sign-in was last in use."""

    id: int
    name: str
    shown: str
    role: Role
    active: bool
    second_factor: bool
    seen_at: datetime | None
    root: str  # the name of the unit whose subtree they see; empty for the whole book
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class New:
    """Who a new account is for: the name to sign in with, the one that records show, a password's hash."""

    name: str
    shown: str
    password: str


def listed(session: Session) -> list[Person]:
    """Give every account, the active ones first, by role and name."""
    order = (Account.active.desc(), Account.role, Account.name)
    return [_person(*row) for row in session.execute(_PEOPLE.order_by(*order)).tuples()]


def person(session: Session, account_id: int) -> Person | None:
    """Give one account as administrators see it, or none."""
    row = session.execute(_PEOPLE.where(Account.id == account_id)).tuples().one_or_none()
    return None if row is None else _person(*row)


def has_second_factor(account: Account) -> bool:
    """Tell whether the account asks for a code; one that has been begun and not confirmed does not."""
    return account.totp is not None and account.totp_step is not None


def get(session: Session, account_id: int, *, lock: bool = False) -> Account:
    """Give an account, locked for this transaction if asked. Raises :class:`DubanError` for none."""
    row = session.get(Account, account_id, with_for_update=lock)
    if row is None:
        raise DubanError("没有这个账号。")
    return row


def named(session: Session, name: str) -> Account | None:
    """Give the active account that signs in with this name, however it is typed."""
    if not _NAME.fullmatch(plain(name)):  # PostgreSQL takes no text with a NUL in it, for one
        return None
    return session.scalar(select(Account).where(Account.name == plain(name), Account.active))


def plain(name: str) -> str:
    """Give a name to sign in with as it is kept: phones write a capital first, keyboards full-width."""
    return normalize("NFKC", name).strip().casefold()


def make(
    session: Session, new: New, role: Role, now: datetime, invited_by: str, unit_id: int | None = None
) -> Account:
    """Make an account that sees the subtree below ``unit_id``, without one the whole book.

    Raises :class:`DubanError` for names that will not do or are taken.
    """
    locks.names(session)
    row = Account(name=_name(session, new.name), shown=_shown(session, new.shown), role=str(role))
    row.password, row.made_at, row.unit_id = new.password, now, unit_id
    session.add(row)
    session.flush()
    said = {"account": row.id, "name": row.name, "shown": row.shown, "role": role, "invited_by": invited_by}
    said |= {} if unit_id is None else {"unit": unit_id}
    journal.append(session, now, row.shown, "account.made", f"account/{row.id}", said)
    return row


def set_password(
    session: Session,
    account_id: int,
    hashed: str,
    now: datetime,
    by: str,
    *,
    but: int | None = None,
    through: Mapping[str, Any] | None = None,
) -> None:
    """Give an account a new password, and end its sign-ins, all but one if given.

    Links to set it that are still out open no more. ``through`` says in the entry by which link it was set.
    """
    row = get(session, account_id, lock=True)
    row.password = hashed
    session.flush()
    expire_links(session, row, now)
    sign_ins.end_all(session, row.id, now, by, but=but)
    _enter(session, row, now, by, "password.changed", **(through or {}))


def renew_hash(session: Session, account_id: int, old: str, new: str) -> None:
    """Keep the same password by today's parameters, unless it has been changed meanwhile."""
    session.execute(
        update(Account).where(Account.id == account_id, Account.password == old).values(password=new)
    )


def change_role(session: Session, account_id: int, role: Role, now: datetime, by: str) -> None:
    """Give a person another role, from their next request on. The last active administrator keeps theirs."""
    administrators = active_administrators(session, lock=True)
    row = get(session, account_id, lock=True)
    if Role(row.role) is role:
        return
    _keep_one(administrators, row)
    said = {"from": row.role, "to": str(role)}
    row.role = str(role)
    session.flush()
    expire_links(session, row, now)
    _enter(session, row, now, by, "account.role_changed", **said)


def change_root(session: Session, account_id: int, unit_id: int | None, now: datetime, by: str) -> None:
    """Let a person see another subtree from their next request on; without ``unit_id`` the whole book."""
    administrators = active_administrators(session, lock=True)
    row = get(session, account_id, lock=True)
    if row.unit_id == unit_id:
        return
    _keep_one(administrators, row)
    said = {"from": row.unit_id, "to": unit_id}
    row.unit_id = unit_id
    session.flush()
    expire_links(session, row, now)
    session.execute(update(SignIn).where(SignIn.account_id == row.id).values(view_id=None))
    _enter(session, row, now, by, "account.scope_changed", **said)


def deactivate(session: Session, account_id: int, now: datetime, by: str) -> None:
    """Let a person in no more; their sign-ins end at once. The last active administrator cannot be."""
    administrators = active_administrators(session, lock=True)
    row = get(session, account_id, lock=True)
    if not row.active:
        return
    _keep_one(administrators, row)
    row.active = False
    session.flush()
    sign_ins.end_all(session, row.id, now, by)
    _enter(session, row, now, by, "account.deactivated")


def activate(session: Session, account_id: int, now: datetime, by: str) -> None:
    """Let a person in again, with the password and role they had."""
    row = get(session, account_id, lock=True)
    if row.active:
        return
    row.active = True
    session.flush()
    _enter(session, row, now, by, "account.activated")


def active_administrators(session: Session, *, lock: bool = False) -> list[int]:
    """Give the ids of the administrators of the whole book who can sign in, locked if asked.

    A township's own are not among them: somebody must be there who sees everything.
    """
    who = and_(Account.role == str(Role.ADMINISTRATOR), Account.active, Account.unit_id.is_(None))
    query = select(Account.id).where(who).order_by(Account.id)
    return list(session.scalars(query.with_for_update() if lock else query))


def _person(row: Account, seen_at: datetime | None, root: str | None) -> Person:
    whom = (row.id, row.name, row.shown, Role(row.role), row.active)
    return Person(*whom, has_second_factor(row), seen_at, root or "", row.unit_id)


def expire_links(session: Session, row: Account, now: datetime) -> None:
    """Let links to set the password open no more: whoever kept one would come in as what the account is."""
    mine = and_(Invitation.account_id == row.id, Invitation.used_at.is_(None), Invitation.expires_at > now)
    session.execute(update(Invitation).where(mine).values(expires_at=now))


def _keep_one(administrators: list[int], row: Account) -> None:
    # They are locked, all of them and in order, before the row: two who close each other's account at once
    # would otherwise wait for each other, or both succeed.
    if administrators == [row.id]:
        raise DubanError("这是最后一个在用的管理员账号，不能停用或改任；请先邀请另一位管理员。")


def _name(session: Session, typed: str) -> str:
    name = plain(typed)
    if not _NAME.fullmatch(name):
        raise DubanError("登录名请用2至30个汉字、字母或数字，中间不要有空格。")
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise DubanError(f"登录名“{name}”已有人使用，请换一个。")
    return name


def _shown(session: Session, typed: str) -> str:
    shown = " ".join(normalize("NFC", typed).split())
    if not shown or len(shown) > _LONGEST_SHOWN or not shown.isprintable():
        raise DubanError(f"请填写姓名，不超过{_LONGEST_SHOWN}个字；它会写进办理记录。")
    _refuse_misleading(session, shown)
    return shown


def _refuse_misleading(session: Session, shown: str) -> None:
    bare = _bare(shown)
    if word := next((one for one in _RESERVED if bare.startswith(one)), ""):
        raise DubanError(f"姓名不能以“{word}”开头，以免与系统记录混淆，请填写真实姓名。")
    if bare == _SYSTEM:
        raise DubanError(f"姓名不能用“{_SYSTEM}”，以免与系统记录混淆，请填写真实姓名。")
    same = (one for one in session.scalars(select(Account.shown)) if _bare(one) == bare)
    if (taken := next(same, None)) is not None:
        raise DubanError(f"已有姓名为“{taken}”的账号，请加以区分，如 {shown}（财政所）。")
    told = select(Unit.name, Contact.name).join(Contact, Contact.unit_id == Unit.id)
    if any(_bare(unit + name) == bare for unit, name in session.execute(told).tuples()):
        raise DubanError(f"“{shown}”是单位联系人在记录中的称呼，请只填写姓名。")


def _bare(shown: str) -> str:
    """Give what people take for the same name: whatever its width, its capitals and its spaces."""
    return "".join(normalize("NFKC", shown).casefold().split())


def _enter(session: Session, row: Account, now: datetime, by: str, action: str, **said: Any) -> None:
    journal.append(session, now, by, action, f"account/{row.id}", {"account": row.id, **said})
