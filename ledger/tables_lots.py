"""Tables of commitments to seeds, of the draws that they led to, and of the units that are told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base, Id, one_of
from .tables_journal import Sha256

LOT_KINDS = ("inspection", "lookback")
_UNTOLD = text("told_at IS NULL")


class Lot(Base):
    """One commitment to a seed, and the draw that it led to. Never changed once revealed or withdrawn.

    ``terms`` is the list, ``listed`` its SHA-256 as published with the commitment, ``drawn_from`` that from
    which was drawn. ``sealed`` is what must stay secret, encrypted with the book's key: the seed, what was
    drawn, and when it is to begin; ``seed`` and ``result`` are filled only when it is revealed or withdrawn.
    ``seal`` is what is published of a draw that is still secret; ``told_at`` is when the units of the list
    were told of the commitment.
    """

    __tablename__ = "lots"
    __table_args__ = (
        one_of("kind", LOT_KINDS),
        Index("ix_lots_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    context: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    seed: Mapped[str] = mapped_column(Sha256, default="")
    commitment: Mapped[str] = mapped_column(Sha256)
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    listed: Mapped[str] = mapped_column(default="")
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[str | None]
    drawn_from: Mapped[str | None]
    result: Mapped[list[Any]] = mapped_column(JSON, default=list)
    seal: Mapped[str | None]
    revealed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_why: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    told_at: Mapped[datetime | None]


class LotUnit(Base):
    """A unit that a draw may concern, and that is told of its commitment. Never changed or deleted."""

    __tablename__ = "lot_units"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
