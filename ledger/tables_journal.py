"""Tables of the journal: the entries, and the one row that is locked to add the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base
from .types import BigKey

Sha256 = String(64)


class JournalEntry(Base):
    """Who did what to what, when; ``hash`` covers the entry and the hash before it. Never changed or deleted.

    ``detail`` is canonical JSON as text, since the hash is over its very characters.
    """

    __tablename__ = "journal"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    previous: Mapped[str] = mapped_column(Sha256)
    hash: Mapped[str] = mapped_column(Sha256)


class JournalHead(Base):
    """The last entry's number, hash and time; one row, made by the migration."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigKey)
    hash: Mapped[str] = mapped_column(Sha256)
    at: Mapped[datetime | None]
