"""Tables of plans and of what they set in a year: stretches, rounds, cues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base, Id, one_of

STRETCH_KINDS = ("phase", "window")
FLOWS = ("year", "quarter", "month", "meeting", "phase", "window")
_UNLOCKED = text("locked_at IS NULL AND opened_at IS NOT NULL")
CUE_STATES = ("planned", "fired", "superseded")


class PlanRevision(Base):
    """One adopted revision of a plan, with the YAML as it was read."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("slug", "revision"),)

    id: Mapped[Id]
    slug: Mapped[str]
    revision: Mapped[int]
    title: Mapped[str]
    office: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str]
    adopted_at: Mapped[datetime]


class PlanYear(Base):
    """A year in which a plan is in force."""

    __tablename__ = "plan_years"
    __table_args__ = (UniqueConstraint("slug", "year"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    slug: Mapped[str]
    year: Mapped[int]
    adopted_at: Mapped[datetime]
    renews: Mapped[bool] = mapped_column(default=False)


class PlanHome(Base):
    """The root of the subtree to which a plan is bound; a plan without one is about the whole book.

    ``office_phone`` is given in its reminders; empty, the installation's.
    """

    __tablename__ = "plan_homes"

    slug: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    office_phone: Mapped[str] = mapped_column(default="")


class Stretch(Base):
    """A phase or window in a year; ``next_at`` is when it next needs attention."""

    __tablename__ = "stretches"
    __table_args__ = (UniqueConstraint("slug", "kind", "key", "year"), one_of("kind", STRETCH_KINDS))

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    slug: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    year: Mapped[int]
    name: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    source: Mapped[str]
    clause: Mapped[str]
    provisional: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Round(Base):
    """One duty in one period. ``due_at`` is the last second on time; ``expected`` is frozen at opening.

    ``kind`` is the recurrence, ``flow`` the subflow that handles it, ``title`` the printed name with its
    period, ``ask`` what to hand in, ``next_at`` when the round next needs attention.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("slug", "duty", "period"),
        one_of("flow", FLOWS),
        Index(None, "year", "slug"),
        Index(None, "due_at", "id"),
        Index(None, "plan_id", "duty"),
        Index("ix_rounds_unlocked", "due_at", sqlite_where=_UNLOCKED, postgresql_where=_UNLOCKED),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    slug: Mapped[str]
    duty: Mapped[str]
    period: Mapped[str]
    year: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    flow: Mapped[str]
    title: Mapped[str]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    locks_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    clause: Mapped[str]
    emphasis: Mapped[str] = mapped_column(default="")
    ask: Mapped[str] = mapped_column(default="")
    receiver: Mapped[str] = mapped_column(default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    form: Mapped[list[Any]] = mapped_column(JSON, default=list)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]
    due_passed_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    expected: Mapped[int | None]

    @property
    def dropped(self) -> bool:
        """Tell whether another revision took it off; else it was over before its plan was in force."""
        return self.skipped_at is not None and (self.due_at is None or self.due_at >= self.skipped_at)


class Cue(Base):
    """A moment at which a round reminds."""

    __tablename__ = "cues"
    __table_args__ = (UniqueConstraint("round_id", "at", "kind"), one_of("state", CUE_STATES))

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="planned")
    fired_at: Mapped[datetime | None]
