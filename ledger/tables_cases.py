"""Tables of cases (案件) with their lists, and of clues (线索) that pass from one unit to another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations.cases import CaseState, CaseStepKind, Part
from ..obligations.clues import Verdict
from .tables_base import Base, Id, one_of

_OPEN = text("state = 'open'")
_RUNNING = text("ended_at IS NULL")


class Case(Base):
    """One case; ``number`` counts in a plan's year from 1 without gaps, ``reopened`` how often it came back.

    It came out of a finding, a clue, or neither. What it was opened with is never changed.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("slug", "year", "number"),
        one_of("state", CaseState),
        Index("ix_cases_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"), index=True)
    clue_id: Mapped[int | None] = mapped_column(ForeignKey("clues.id"), index=True)
    title: Mapped[str]
    description: Mapped[str]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    reopened: Mapped[int] = mapped_column(default=0)


class CaseLine(Base):
    """One line of a case's list. The database closes no case while one is not ``settled``."""

    __tablename__ = "case_lines"
    __table_args__ = (UniqueConstraint("case_id", "part", "number"), one_of("part", Part))

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    part: Mapped[str]
    number: Mapped[int]
    text: Mapped[str]
    settled: Mapped[bool] = mapped_column(default=False)


class CaseStep(Base):
    """One thing that was done to a case or to one of its lines. Never changed or deleted."""

    __tablename__ = "case_steps"
    __table_args__ = (one_of("kind", CaseStepKind),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("case_lines.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    text: Mapped[str]
    approver: Mapped[str]


class Clue(Base):
    """A clue as it was first handed on; without ``from_unit_id`` by the office. Never changed or deleted."""

    __tablename__ = "clues"
    __table_args__ = (UniqueConstraint("slug", "year", "number"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]


class ClueHop(Base):
    """One passing on of a clue, the ``n``-th: to whom, until when to receive and to answer it.

    ``ended_at`` is when it was answered for good or passed on; until then ``next_at`` is when the receiver is
    next reminded.
    """

    __tablename__ = "clue_hops"
    __table_args__ = (
        UniqueConstraint("clue_id", "n"),
        Index("ix_clue_hops_next", "next_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        Index(None, "to_unit_id", "ended_at"),
    )

    id: Mapped[Id]
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"))
    n: Mapped[int]
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    note: Mapped[str]
    receive_by: Mapped[datetime]
    answer_by: Mapped[datetime]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)


class ClueAnswer(Base):
    """What the receiver found: 查实, 查否, or that it is still at work. Never changed or deleted."""

    __tablename__ = "clue_answers"
    __table_args__ = (one_of("verdict", Verdict),)

    id: Mapped[Id]
    hop_id: Mapped[int] = mapped_column(ForeignKey("clue_hops.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    verdict: Mapped[str]
    text: Mapped[str]
