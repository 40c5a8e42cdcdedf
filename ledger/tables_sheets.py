"""Tables of the ladder: numbered sheets (催办单、督办单、约谈通知、通报), replies to them, and talks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from .tables_base import Base, BigId, Id, one_of
from .types import BigKey

SHEET_CAUSES = ("ladder", "direct", "listing")
_OF_OBLIGATION = text("cause = 'ladder' AND obligation_id IS NOT NULL")
_OF_FINDING = text("cause = 'ladder' AND finding_id IS NOT NULL")
_ON_FINDING = text("finding_id IS NOT NULL")
_RUNNING = text("state = 'issued'")
_DRAFT = text("state = 'draft'")
_UNDECIDED = text("decided_at IS NULL")


class Sheet(Base):
    """One step of the ladder on paper: one matter, one unit.

    The matter is an obligation, a finding, or for a direct entry neither; the cause ``listing`` puts a grave
    finding on the list of those supervised by name (挂牌督办), from signing on. ``number`` counts in
    ``series`` (a plan's slug), ``rung`` and ``year`` from 1 without gaps; a draft has none. ``limit_days`` is
    in workdays from signing, which sets ``limit_at``. ``next_at`` is when an issued sheet that went
    unmet takes its matter a rung further, null once it has or need not. ``again`` is how often its finding
    had come back by then: each time the ladder climbs from its foot. A draft that was dropped says when, by
    whom and why in the columns of a withdrawal.
    """

    __tablename__ = "sheets"
    __table_args__ = (
        UniqueConstraint("series", "rung", "year", "number"),
        one_of("rung", words.Rung),
        one_of("state", words.SheetState),
        one_of("cause", SHEET_CAUSES),
        # The ladder never fires twice.
        Index(
            "ux_sheets_obligation_once",
            *("obligation_id", "rung"),
            unique=True,
            sqlite_where=_OF_OBLIGATION,
            postgresql_where=_OF_OBLIGATION,
        ),
        Index(
            "ux_sheets_finding_once",
            *("finding_id", "again", "rung"),
            unique=True,
            sqlite_where=_OF_FINDING,
            postgresql_where=_OF_FINDING,
        ),
        # All that the hourly look at what runs asks of a sheet, so that the table itself is left alone.
        Index(
            "ix_sheets_running",
            *("next_at", "rung", "obligation_id", "finding_id", "series"),
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index("ix_sheets_finding", "finding_id", sqlite_where=_ON_FINDING, postgresql_where=_ON_FINDING),
        Index("ix_sheets_drafts", "id", sqlite_where=_DRAFT, postgresql_where=_DRAFT),
        Index(None, "unit_id", "state"),
    )

    id: Mapped[BigId]
    rung: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    series: Mapped[str]
    year: Mapped[int]
    number: Mapped[int | None]
    cause: Mapped[str]
    reason: Mapped[str]
    obligation_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    again: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    matter: Mapped[str]
    responsible: Mapped[str]
    lead: Mapped[str]
    requirement: Mapped[str]
    basis: Mapped[str]
    clause: Mapped[str]
    limit_days: Mapped[int]
    limit_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    issued_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closing: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_why: Mapped[str | None]
    next_at: Mapped[datetime | None]


class SheetReply(Base):
    """What a unit answers to a sheet; the office decides whether it is a good reason. Then never changed."""

    __tablename__ = "sheet_replies"
    __table_args__ = (
        Index("ix_sheet_replies_waiting", "sheet_id", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BigKey, ForeignKey("sheets.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    accepted: Mapped[bool | None]
    answer: Mapped[str | None]


class Talk(Base):
    """A talk (约谈) that a sheet called: when, where, what was prepared, its minutes, what was promised."""

    __tablename__ = "talks"

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BigKey, ForeignKey("sheets.id"), unique=True)
    at: Mapped[datetime]
    place: Mapped[str]
    attending: Mapped[str]
    material: Mapped[str]
    minutes: Mapped[str | None]
    minuted_at: Mapped[datetime | None]
    minuted_by: Mapped[str | None]
    promised: Mapped[str | None]
    promised_by: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    followed_by: Mapped[str | None]
    followed: Mapped[str | None]
