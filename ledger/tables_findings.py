"""Tables of what checks find, and of what becomes of it until it is closed (隐患、销号)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from .tables_base import Base, Id, one_of
from .types import BigKey

_NOT_CLOSED = text("state <> 'closed'")
_GRAVE = text("grade = 'grave'")
FINDING_STEPS = (
    *("found", "changed", "fixed", "failed", "closed", "reopened", "listed", "delisted", "extended", "moved"),
    "refuted",
)


class Finding(Base):
    """One finding with the columns of the paper ledger (隐患台账); ``number`` counts in a plan's year.

    ``due_at`` (整改期限) counts extensions, ``first_due_at`` does not. ``unit_id`` answers for the
    rectification; ``obligation_id`` is the report in which it came, if it came in one. ``rung`` is the
    highest step of the ladder that it has reached. Every change of it is a step beside it.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("slug", "year", "number"),
        one_of("grade", words.Grade),
        one_of("state", words.FindingState),
        Index(None, "unit_id", "state", "due_at"),
        Index("ix_findings_open", "due_at", "rung", sqlite_where=_NOT_CLOSED, postgresql_where=_NOT_CLOSED),
        Index("ix_findings_grave", "slug", "state", sqlite_where=_GRAVE, postgresql_where=_GRAVE),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    obligation_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    via: Mapped[str]
    found_at: Mapped[datetime]
    checked_by: Mapped[str]
    inspectors: Mapped[str]
    item: Mapped[str]
    place: Mapped[str]
    description: Mapped[str]
    kind: Mapped[str]
    grade: Mapped[str]
    measures: Mapped[str]
    responsible: Mapped[str]
    clause: Mapped[str]
    first_due_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    fixed_at: Mapped[datetime | None]
    fixed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    reopened: Mapped[int] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0)
    listed_at: Mapped[datetime | None]
    delisted_at: Mapped[datetime | None]


class FindingStep(Base):
    """One thing that happened to a finding. Never changed or deleted."""

    __tablename__ = "finding_steps"
    __table_args__ = (one_of("kind", FINDING_STEPS),)

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    text: Mapped[str]
    until: Mapped[datetime | None]


class FindingExtension(Base):
    """A later date for a rectification, asked for before the limit and then decided; then never changed."""

    __tablename__ = "finding_extensions"

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    reason: Mapped[str]
    until: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    by: Mapped[str | None]
    granted: Mapped[bool | None]
    answer: Mapped[str | None]
