"""Tables of what is owed and of what was answered, judged, extended and exempted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import words
from .tables_base import Base, BigId, Id, one_of
from .types import BigKey

_OPEN = text("state IN ('owed', 'returned')")
_WAITING = text("state = 'submitted'")
_RETURNED = text("state = 'returned'")
_NO_RUNG = text("rung = 0 AND state IN ('owed', 'returned') AND credited_at IS NULL")


class Obligation(Base):
    """What one unit owes in one round.

    ``due_at`` is the effective last second on time (an extension moves it; null when nothing is due);
    ``credited_at`` is the time of receipt that counts for timeliness; ``rung`` the highest step of the ladder
    that it has reached, 0 for none.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id"),
        one_of("state", words.State),
        Index(None, "unit_id", "state", "due_at"),
        # They hold all that lists and counts ask of an obligation, so that the table itself is left alone.
        Index(
            "ix_obligations_open_due_at",
            *("due_at", "round_id", "unit_id", "state", "credited_at"),
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
            postgresql_include=["id"],
        ),
        Index(
            "ix_obligations_standing",
            *("round_id", "credited_at", "state", "due_at", "nil", "unit_id"),
            postgresql_include=["id"],
        ),
        Index("ix_obligations_waiting", "round_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(
            "ix_obligations_returned",
            *("round_id", "state", "unit_id"),
            sqlite_where=_RETURNED,
            postgresql_where=_RETURNED,
        ),
        # What the ladder looks through every hour, round by round: nothing stands, and on no rung yet.
        Index(
            "ix_obligations_no_rung",
            *("round_id", "due_at", "unit_id", "state"),
            sqlite_where=_NO_RUNG,
            postgresql_where=_NO_RUNG,
        ),
    )

    id: Mapped[BigId]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="owed")
    credited_at: Mapped[datetime | None]
    nil: Mapped[bool] = mapped_column(default=False)
    acknowledged_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)


# Not handed in yet. In literals: with parameters SQLite does not see that the partial index serves.
OPEN = Obligation.state.in_([literal_column("'owed'"), literal_column("'returned'")])


class Submission(Base):
    """One version of a report; ``key`` is the sender's own, so the same report sent twice is one row.

    Never changed or deleted: triggers refuse it. ``sha256`` is ``journal.submission_digest`` of the row.
    """

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("obligation_id", "version"), one_of("via", words.Via))

    id: Mapped[BigId]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"))
    key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
    received_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    nil: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(default="")
    via: Mapped[str]
    by: Mapped[str]
    sha256: Mapped[str]


class Verdict(Base):
    """The office's answer to one submission. Never changed or deleted."""

    __tablename__ = "verdicts"
    __table_args__ = (one_of("verdict", words.Verdict), Index(None, "correct_by"))

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(BigKey, ForeignKey("submissions.id"), unique=True)
    verdict: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    material: Mapped[bool] = mapped_column(default=False)
    correct_by: Mapped[datetime | None]


class Extension(Base):
    """A later date, asked for and then decided; once decided it is never changed."""

    __tablename__ = "extensions"
    __table_args__ = (Index(None, "until"),)

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    reason: Mapped[str]
    until: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    by: Mapped[str | None]
    granted: Mapped[bool | None]
    answer: Mapped[str | None]


class Exemption(Base):
    """A unit excused from one obligation, with reason and approver. Never changed or deleted."""

    __tablename__ = "exemptions"

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"), unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
