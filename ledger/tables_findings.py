"""Tables of what checks find, and of what becomes of it until it is closed (隐患、销号)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from ..obligations.findings import StepKind
from .tables_base import Base, Id, one_of
from .tables_journal import Sha256
from .types import BigKey

_OPEN = text("state = 'open'")
_FIXED = text("state = 'fixed'")
_ASKED = text("asked_at IS NOT NULL")
_GRAVE = text("grade = 'grave'")
_NEXT = text("next_at IS NOT NULL")


class Finding(Base):
    """One finding with the columns of the paper ledger (隐患台账); ``number`` counts in a plan's year.

    ``due_at`` (整改期限) counts extensions, ``first_due_at`` does not. ``unit_id`` answers for the
    rectification; ``obligation_id`` is the report in which it came, if it came in one. ``fixed_on`` is the
    day on which it was rectified, as claimed; ``fixed_at`` when that was reported. ``late`` tells that this
    was once after the limit. ``asked_at`` is since when a request for more time waits. ``next_at`` is when
    the unit is to be reminded next; ``rung`` is the highest step of the ladder that it has reached. All that
    changes but for these two follows from the steps beside it (``obligations.findings.standing_of``).
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("slug", "year", "number"),
        one_of("grade", words.Grade),
        one_of("state", words.FindingState),
        one_of("via", words.Via),
        Index(None, "unit_id", "state", "due_at"),
        Index("ix_findings_open", "due_at", "rung", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_findings_fixed", "state", sqlite_where=_FIXED, postgresql_where=_FIXED),
        Index("ix_findings_asked", "id", sqlite_where=_ASKED, postgresql_where=_ASKED),
        Index("ix_findings_grave", "slug", "state", sqlite_where=_GRAVE, postgresql_where=_GRAVE),
        Index("ix_findings_next", "next_at", sqlite_where=_NEXT, postgresql_where=_NEXT),
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
    fixed_on: Mapped[date | None]
    fixed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    refuted: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[int] = mapped_column(default=0)
    climbs: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)
    listed_at: Mapped[datetime | None]
    delisted_at: Mapped[datetime | None]


# Literals, as the partial indexes spell them: a parameter would hide the word from the planner.
FINDING_UNCLOSED = Finding.state.in_([literal_column("'open'"), literal_column("'fixed'")])
FINDING_OPEN = Finding.state == literal_column("'open'")
FINDING_FIXED = Finding.state == literal_column("'fixed'")


class FindingStep(Base):
    """One thing that happened to a finding. Never changed or deleted.

    ``people`` did it on the spot, ``by`` entered it. ``until`` is the limit that it sets or asks for,
    ``done_on`` the day of a rectification. A finding and each change of it say who answers for it
    (``unit_id``, ``responsible``), how grave it is and what is to be done; else these are null.
    """

    __tablename__ = "finding_steps"
    __table_args__ = (one_of("kind", StepKind),)

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    people: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None]
    done_on: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    grade: Mapped[str | None]
    measures: Mapped[str | None]
    responsible: Mapped[str | None]


class FindingFile(Base):
    """A file that came with a step of a finding; its bytes lie under their SHA-256. Never changed."""

    __tablename__ = "finding_files"
    __table_args__ = (UniqueConstraint("finding_id", "sha256"), Index(None, "sha256"))

    id: Mapped[Id]
    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("finding_steps.id"))
    sha256: Mapped[str] = mapped_column(Sha256)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
