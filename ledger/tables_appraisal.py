"""Tables of the appraisal (目标考核): adopted rules, results, bonuses and vetoes, appeals, adjustments.

Points are exact decimals, kept as people write them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations.appraisal_rules import Band
from .tables_base import Base, Id, one_of
from .tables_journal import Sha256

APPRAISAL_STATES = ("draft", "published")
ENTRY_KINDS = ("bonus", "veto")
_DRAFT = text("state = 'draft'")
_UNSIGNED = text("kind = 'veto' AND signed_at IS NULL AND withdrawn_at IS NULL")
_UNDECIDED = text("decided_at IS NULL")


class AppraisalRuleSet(Base):
    """One set of rules as it was adopted, in force from ``since`` on. Never changed or deleted.

    ``content`` is canonical JSON of the rules and of the audiences that they name, ``digest`` its SHA-256;
    ``origin`` tells which plan or file it came from.
    """

    __tablename__ = "appraisal_rules"
    __table_args__ = (UniqueConstraint("slug", "since"),)

    id: Mapped[Id]
    slug: Mapped[str]
    since: Mapped[date]
    digest: Mapped[str] = mapped_column(Sha256)
    content: Mapped[str]
    origin: Mapped[str]
    adopted_at: Mapped[datetime]
    by: Mapped[str]


class AppraisalRun(Base):
    """The appraisal of a plan in one period: it rests on the book as of ``as_of``. Never changed or deleted.

    ``rules_id`` is the set that says what the period is out of.
    """

    __tablename__ = "appraisal_runs"
    __table_args__ = (UniqueConstraint("slug", "period"),)

    id: Mapped[Id]
    slug: Mapped[str]
    period: Mapped[str]
    year: Mapped[int]
    name: Mapped[str]
    rules_id: Mapped[int] = mapped_column(ForeignKey("appraisal_rules.id"))
    as_of: Mapped[datetime]
    drafted_at: Mapped[datetime]
    units: Mapped[int]


class Appraisal(Base):
    """The result of one unit in a run: as drafted, and once it is published for good.

    ``lines`` say where ``total`` comes from. Adjustments and vetoes come beside it, and what they make of it
    is ``final_total`` and ``final_grade``. Appeals are taken until ``appeal_until``.
    """

    __tablename__ = "appraisals"
    __table_args__ = (
        UniqueConstraint("run_id", "unit_id"),
        one_of("state", APPRAISAL_STATES),
        one_of("grade", Band),
        Index(None, "unit_id"),
        Index("ix_appraisals_draft", "appeal_until", sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("appraisal_runs.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    total: Mapped[str]
    grade: Mapped[str]
    lines: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="draft")
    appeal_until: Mapped[datetime]
    final_total: Mapped[str | None]
    final_grade: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]


class AppraisalTelling(Base):
    """That a person told a unit of its draft, and how, where no letter could. Never changed or deleted."""

    __tablename__ = "appraisal_tellings"

    id: Mapped[Id]
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    how: Mapped[str]


class AppraisalEntry(Base):
    """A bonus for a unit with its evidence and approver, or a veto, which counts once it is signed.

    Never changed but for being signed and withdrawn.
    """

    __tablename__ = "appraisal_entries"
    __table_args__ = (
        one_of("kind", ENTRY_KINDS),
        Index(None, "slug", "period", "unit_id"),
        Index("ix_appraisal_entries_unsigned", "id", sqlite_where=_UNSIGNED, postgresql_where=_UNSIGNED),
    )

    id: Mapped[Id]
    slug: Mapped[str]
    period: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    points: Mapped[str]
    clause: Mapped[str]
    reason: Mapped[str]
    approver: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_why: Mapped[str | None]


class AppraisalAppeal(Base):
    """What a unit says against its draft; unchanged once decided.

    ``line`` is a line of it, 0 the whole, below nought what changed it since (``appraisal_changes``).
    """

    __tablename__ = "appraisal_appeals"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "line"),
        Index("ix_appraisal_appeals_open", "id", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED),
    )

    id: Mapped[Id]
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"))
    line: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    upheld: Mapped[bool | None]
    answer: Mapped[str | None]


class AppraisalAdjustment(Base):
    """Points that the office adds to or takes from a draft, with the reason. Never changed or deleted."""

    __tablename__ = "appraisal_adjustments"

    id: Mapped[Id]
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appraisal_appeals.id"))
    points: Mapped[str]
    why: Mapped[str]
    clause: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
