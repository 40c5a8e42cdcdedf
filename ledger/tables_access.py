"""Tables of who may come in: a contact by link, a person by password, a program by token.

Tokens are never kept, only their SHA-256.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from .tables_base import Base, Id, one_of
from .tables_journal import Sha256
from .types import BigKey

LINK_PURPOSES = ("list", "board", "feed")


class Link(Base):
    """One contact's way to its unit's list; ``board`` is for the notice board, ``feed`` a calendar."""

    __tablename__ = "links"
    __table_args__ = (one_of("purpose", LINK_PURPOSES),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(Sha256, unique=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    purpose: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("messages.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Account(Base):
    """A person who signs in. ``password`` is an argon2 hash, empty until set.

    ``totp`` is sealed; it waits for its first code until ``totp_step``, the last step of time whose code was
    accepted, is there. ``unit_id`` is the root of the subtree that they see; without one the whole book.
    """

    __tablename__ = "accounts"
    __table_args__ = (one_of("role", words.Role),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    shown: Mapped[str]
    role: Mapped[str]
    password: Mapped[str] = mapped_column(default="")
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int | None] = mapped_column(BigKey)
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class SignIn(Base):
    """One browser in which a person is signed in; revoked, it is signed out at the next request.

    ``view_id`` is the subtree below their own that they look at just now.
    """

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(Sha256, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    device: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    view_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class Knock(Base):
    """One try to come in with a secret, so that they can be limited: ``what`` is tried, from ``address``."""

    __tablename__ = "knocks"
    __table_args__ = (Index(None, "what", "at"), Index(None, "address", "at"))

    id: Mapped[Id]
    what: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    ok: Mapped[bool]


class Invitation(Base):
    """A one-time link to make an account of this role, or to set the password of one that is there."""

    __tablename__ = "invitations"
    __table_args__ = (one_of("role", words.Role),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(Sha256, unique=True)
    role: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class Integration(Base):
    """A program that may use the API, with the rights of a role."""

    __tablename__ = "integrations"
    __table_args__ = (one_of("role", words.Role),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(Sha256, unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class Replay(Base):
    """What a request with an idempotency key was answered, to be answered again."""

    __tablename__ = "replays"
    __table_args__ = (UniqueConstraint("integration_id", "key"), Index(None, "at"))

    id: Mapped[Id]
    integration_id: Mapped[int] = mapped_column(ForeignKey("integrations.id"))
    key: Mapped[str]
    request_hash: Mapped[str] = mapped_column(Sha256)
    status: Mapped[int]
    body: Mapped[str]
    at: Mapped[datetime]
