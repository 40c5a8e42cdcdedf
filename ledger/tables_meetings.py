"""Tables of joint meetings, of what they decided, and of the gates of phases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations.gates import Edge, GateState, Need
from ..obligations.meetings import Coming, MeetingMove, MeetingState, PresentBy
from .tables_base import Base, Id, one_of
from .types import BigKey

_OPEN = text("state = 'open'")


class Meeting(Base):
    """A sitting that a round calls. Its time, place and standing are those of its latest step.

    ``next_at`` is when it next needs attention; ``gathered`` the last report that was looked through for
    matters to put before it.
    """

    __tablename__ = "meetings"

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    slug: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    title: Mapped[str]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    gathered: Mapped[int] = mapped_column(BigKey, default=0)


class MeetingStep(Base):
    """What was done to a meeting, and how it stands since. Never changed or deleted.

    ``agenda`` holds what the notice said: a text for each item, what was proposed with ``proposal``, its
    number. ``number`` is the notice's own, empty for none.
    """

    __tablename__ = "meeting_steps"
    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        one_of("move", MeetingMove),
        one_of("state", MeetingState),
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    move: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    chair: Mapped[str]
    agenda: Mapped[list[Any]] = mapped_column(JSON, default=list)
    notice_at: Mapped[datetime]
    minutes_due_at: Mapped[datetime]


class Proposal(Base):
    """What one department cannot solve, put before the next meeting of a plan. Never changed or deleted.

    ``unit_id`` is null for what the office proposes; ``obligation_id`` is the report in which it came, if it
    came in one. ``key`` is the sender's own, so that the same sent twice is one row.
    """

    __tablename__ = "meeting_proposals"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    obligation_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    tried: Mapped[str] = mapped_column(default="")
    wanted: Mapped[str] = mapped_column(default="")


class Choice(Base):
    """The office puts a proposal on a meeting's agenda, or leaves it out and says why; the latest counts.

    Never changed or deleted.
    """

    __tablename__ = "meeting_choices"

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("meeting_proposals.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    listed: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")


class MeetingReply(Base):
    """Whether a unit comes, and who; the latest counts. ``version`` is that of the notice it answers.

    Never changed or deleted.
    """

    __tablename__ = "meeting_replies"
    __table_args__ = (one_of("coming", Coming), Index(None, "meeting_id", "unit_id"))

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    coming: Mapped[str]
    name: Mapped[str]
    post: Mapped[str]
    reason: Mapped[str]


class Presence(Base):
    """That a unit was there, or that this was entered by mistake; the latest counts.

    Never changed or deleted.
    """

    __tablename__ = "meeting_presences"
    __table_args__ = (one_of("how", PresentBy), Index(None, "meeting_id", "unit_id"))

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    how: Mapped[str]
    present: Mapped[bool]
    name: Mapped[str]
    reason: Mapped[str]


class Minutes(Base):
    """One version of a meeting's minutes, as published. Never changed or deleted."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (UniqueConstraint("meeting_id", "version"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class Decision(Base):
    """What a meeting decided (议定事项); its round asks it of ``units`` (codes). Never changed or deleted."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    minutes_id: Mapped[int] = mapped_column(ForeignKey("meeting_minutes.id"), index=True)
    number: Mapped[int]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    requirement: Mapped[str]
    lead: Mapped[str]
    units: Mapped[list[Any]] = mapped_column(JSON)
    due_at: Mapped[datetime]


class Gate(Base):
    """One condition at an edge of a phase or window, since that edge was reached.

    ``units`` are the numbers of the units with something lacking. Once settled it is never changed.
    """

    __tablename__ = "gates"
    __table_args__ = (
        UniqueConstraint("stretch_id", "edge", "number"),
        one_of("edge", Edge),
        one_of("need", Need),
        one_of("state", GateState),
        Index("ix_gates_open", "checked_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    stretch_id: Mapped[int] = mapped_column(ForeignKey("stretches.id"))
    edge: Mapped[str]
    number: Mapped[int]
    need: Mapped[str]
    duty: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    lacking: Mapped[int]
    units: Mapped[list[Any]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    reason: Mapped[str | None]
