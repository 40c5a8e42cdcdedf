"""Table of the papers that tell of a quarter or a year (季度通报、年度总结), kept as they left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations.circular_names import CircularKind, CircularState
from .tables_base import Base, Id, one_of
from .tables_journal import Sha256

_STANDS = text("state <> 'dropped'")
_DRAFT = text("state = 'draft'")


class Circular(Base):
    """A quarter's bulletin, or with ``quarter`` 0 the year's summary. Never changed once it is no draft.

    It tells the facts of ``as_of``. Signing gives it the next ``number`` of its plan, kind and
    ``numbered_in`` (a year), and keeps the very bytes that left as ``content``, whose SHA-256 is ``sha256``.
    """

    __tablename__ = "circulars"
    __table_args__ = (
        UniqueConstraint("slug", "kind", "numbered_in", "number"),
        one_of("kind", CircularKind),
        one_of("state", CircularState),
        Index(
            *("ux_circulars_standing", "slug", "year", "quarter"),
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_circulars_drafts", "id", sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    slug: Mapped[str]
    year: Mapped[int]
    quarter: Mapped[int]
    title: Mapped[str]
    as_of: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    numbered_in: Mapped[int | None]
    number: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(Sha256)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[str | None]
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[str | None]
    dropped_why: Mapped[str | None]
