"""Tables of alerts (重大事件), nights on duty (高峰夜), and what is watched (重点人员、重点场所)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations.watching import Result
from .tables_base import Base, Id, one_of
from .types import BigKey

_WAITING = text("next_at IS NOT NULL")
_WATCHED = text("off_at IS NULL")
WATCHED_KINDS = ("person", "place")


class Alert(Base):
    """What was told at once about an event; ``unit_id`` reported it, the office if none.

    ``sent`` counts how often it was told; ``next_at`` is when it is told again, null once somebody has
    acknowledged it or it need not. ``minutes`` is how long it waits for that.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_next", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index(None, "at"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    minutes: Mapped[int]
    sent: Mapped[int] = mapped_column(default=1)
    next_at: Mapped[datetime | None]


class AlertUnit(Base):
    """One unit that an alert is told to, frozen as it was told. Never changed or deleted."""

    __tablename__ = "alert_units"
    __table_args__ = (UniqueConstraint("alert_id", "unit_id"),)

    id: Mapped[Id]
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)


class AlertAck(Base):
    """Somebody has taken note of an alert; ``whom`` if the office told them by telephone. Never changed."""

    __tablename__ = "alert_acks"
    __table_args__ = (UniqueConstraint("alert_id", "unit_id", "by", "whom"),)

    id: Mapped[Id]
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    whom: Mapped[str]


class NightRoster(Base):
    """Who is on duty in a unit for a window, one version; the latest holds. Never changed or deleted.

    ``people`` is a list of objects with ``name``, ``phone`` and ``task``.
    """

    __tablename__ = "night_rosters"
    __table_args__ = (UniqueConstraint("obligation_id", "version"),)

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    people: Mapped[list[Any]] = mapped_column(JSON)


class NightSummary(Base):
    """The morning's summary of a window, as it was told. Never changed or deleted."""

    __tablename__ = "night_summaries"

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    made_at: Mapped[datetime]
    text: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class Watched(Base):
    """One person or place that is revisited every ``every`` days; ``label`` is all that is known of it here.

    ``visit_by`` is the last second of the day by which the next visit is due, ``next_at`` when the unit is
    next reminded. ``rule`` is the key of the plan's kind, which says who may see it.
    """

    __tablename__ = "watched"
    __table_args__ = (
        one_of("kind", WATCHED_KINDS),
        Index("ix_watched_next", "next_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index(None, "unit_id", "visit_by"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    rule: Mapped[str]
    kind: Mapped[str]
    label: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    since: Mapped[date]
    why: Mapped[str]
    clause: Mapped[str]
    every: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    visit_by: Mapped[datetime]
    next_at: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_by: Mapped[str | None]
    off_why: Mapped[str | None]


class Visit(Base):
    """One visit: whether person or place was seen, and what was found. Never changed or deleted."""

    __tablename__ = "visits"
    __table_args__ = (one_of("result", Result),)

    id: Mapped[Id]
    watched_id: Mapped[int] = mapped_column(ForeignKey("watched.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    seen: Mapped[bool]
    result: Mapped[str]
    text: Mapped[str]
