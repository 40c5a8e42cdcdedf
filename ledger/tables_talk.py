"""Tables of what unit and office say to each other about an obligation, and of its files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from .tables_base import Base, BigId, Id, one_of
from .tables_journal import Sha256
from .types import BigKey


class Remark(Base):
    """Something said: a unit's reply, the office's note, a call that was made. Never changed or deleted.

    ``whom`` is who was called; ``reached`` whether anybody answered, null for what is no call.
    """

    __tablename__ = "remarks"
    __table_args__ = (one_of("kind", words.RemarkKind),)

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    by: Mapped[str]
    text: Mapped[str]
    whom: Mapped[str] = mapped_column(default="")
    reached: Mapped[bool | None]


class Transfer(Base):
    """A unit says that this is not its duty (转办申请); the office decides; once decided never changed."""

    __tablename__ = "transfers"

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    reason: Mapped[str]
    to_unit: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    by: Mapped[str | None]
    granted: Mapped[bool | None]
    answer: Mapped[str | None]


class Upload(Base):
    """A file for an obligation; its bytes lie outside the book under their SHA-256. Never changed."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("obligation_id", "sha256"), Index(None, "sha256"))

    id: Mapped[BigId]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"))
    sha256: Mapped[str] = mapped_column(Sha256)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
