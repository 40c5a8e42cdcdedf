"""Tables of plans that are drafted from a document, and of what the office decided about each proposal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..calendar.reviewing.settling import DEEDS
from .tables_base import Base, Id, one_of
from .tables_journal import Sha256


class PlanDraft(Base):
    """One document as it was read: its file by its SHA-256, and ``content``, the proposals. Never changed.

    ``unit_id`` is the root of the township whose it is; null for an office that has the book to itself.
    ``items`` is how many proposals there are. ``key`` is the form's own: the same form sent twice reads once.
    """

    __tablename__ = "plan_drafts"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    title: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Sha256, index=True)
    items: Mapped[int]
    content: Mapped[str]
    content_sha256: Mapped[str] = mapped_column(Sha256)


class PlanDraftAct(Base):
    """One decision about something in a draft; ``n`` counts those about the same. Never changed."""

    __tablename__ = "plan_draft_acts"
    __table_args__ = (UniqueConstraint("draft_id", "item", "n"), one_of("kind", DEEDS))

    id: Mapped[Id]
    draft_id: Mapped[int] = mapped_column(ForeignKey("plan_drafts.id"))
    item: Mapped[str]
    n: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    details: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
