"""Programs that may use the API: a token for each, revocable, and what their keyed requests were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from ..obligations.errors import DubanError
from ..obligations.words import Role
from . import journal
from .granting import granted
from .scope import root_of
from .tables import Integration, Replay
from .tokens import fingerprint
from .upsert import insert_new

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

REPLAYED_FOR: Final = timedelta(days=30)
_SWEPT_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Program:
    """An integration that may come in, with the rights of ``role``, for the subtree below a unit if any."""

    id: int
    name: str
    role: Role
    unit_id: int | None


def make(
    session: Session, name: str, role: Role, token: str, now: datetime, by: str, unit_id: int | None = None
) -> Integration:
    """Let a program in; the token is shown to whoever made it, once, and kept as a hash alone.

    It sees the subtree below ``unit_id``; without one, what the session sees.
    Raises :class:`DubanError` for an empty name, one in use, or a role that is for people only.
    """
    if not (name := name.strip()):
        raise DubanError("请写明接口的名称，如 县应急平台。")
    if role is Role.ADMINISTRATOR:
        raise DubanError("接口不能有管理员的权限，请选择办公室、督查或领导。")
    if session.scalar(granted(select(Integration.id).where(Integration.name == name))) is not None:
        raise DubanError(f"已有名为“{name}”的接口，请换一个名称。")
    row = Integration(name=name, role=str(role), token_hash=fingerprint(token), made_at=now, made_by=by)
    row.unit_id = root_of(session) if unit_id is None else unit_id
    session.add(row)
    session.flush()
    journal.append(
        session, now, by, "integration.made", f"integration/{row.id}", {"name": name, "role": role}
    )
    return row


def revoke(session: Session, integration_id: int, now: datetime, by: str) -> None:
    """Let a program in no more; once revoked it stays so."""
    row = session.get(Integration, integration_id)
    if row is None:
        raise DubanError("没有这个接口。")
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
        journal.append(session, now, by, "integration.revoked", f"integration/{row.id}", {"name": row.name})


def listed(session: Session) -> list[Integration]:
    """Give every integration, revoked ones too, the newest first."""
    return list(session.scalars(select(Integration).order_by(Integration.id.desc())))


def find(session: Session, token: str) -> Program | None:
    """Give the program that the token lets in, or none."""
    row = session.scalar(
        select(Integration).where(
            Integration.token_hash == fingerprint(token), Integration.revoked_at.is_(None)
        )
    )
    return Program(row.id, row.name, Role(row.role), row.unit_id) if row else None


class KeyReusedError(DubanError):
    """An idempotency key came again with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"幂等键“{key}”已用于另一个请求，没有办理。请为每个请求各用一个键。")


def claim(session: Session, program_id: int, key: str, request_hash: str, now: datetime) -> int | Replay:
    """Take a key for a request: gives its number for :func:`settle`, or what it was answered before.

    Two that come at once wait for each other at the unique key, so the second is given the first's answer.
    An answer is kept for 30 days; a new key sweeps away some of those that are older.
    Raises :class:`KeyReusedError` when the key was used for another request.
    """
    values = {"integration_id": program_id, "key": key, "request_hash": request_hash, "at": now}
    taken = insert_new(session, Replay, values | {"status": 0, "body": ""}, ("integration_id", "key"))
    if taken is not None:
        _sweep(session, now)
        return taken
    known = session.scalars(select(Replay).where(Replay.integration_id == program_id, Replay.key == key))
    row = known.one()
    if row.request_hash != request_hash:
        raise KeyReusedError(key)
    return row


def _sweep(session: Session, now: datetime) -> None:
    # A few at a time and never those that another request is sweeping, so that nobody waits for this.
    old = select(Replay.id).where(Replay.at < now - REPLAYED_FOR).order_by(Replay.at).limit(_SWEPT_AT_ONCE)
    session.execute(delete(Replay).where(Replay.id.in_(old.with_for_update(skip_locked=True))))


def settle(session: Session, claimed: int, status: int, body: str) -> None:
    """Keep what the request that claimed a key is answered, in the transaction that did what it asked."""
    session.execute(update(Replay).where(Replay.id == claimed).values(status=status, body=body))
