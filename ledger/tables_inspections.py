"""Tables of inspections with who inspects, and of the look-back (抽签、督查检查、回头看)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..obligations import inspecting, looking_back
from .tables_base import Base, Id, one_of

REVISIT_KINDS = ("finding", "unit")
_DRAWN = text("state = 'drawn'")
_TO_VISIT = text("found IS NULL")


class Inspector(Base):
    """A person who can be drawn to inspect; their own unit is the first that they never inspect."""

    __tablename__ = "inspectors"

    id: Mapped[Id]
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class InspectorConflict(Base):
    """Why an inspector does not inspect a unit; once ended it is never changed."""

    __tablename__ = "inspector_conflicts"
    __table_args__ = (one_of("kind", inspecting.ConflictKind),)

    id: Mapped[Id]
    inspector_id: Mapped[int] = mapped_column(ForeignKey("inspectors.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_why: Mapped[str | None]


class Inspection(Base):
    """The inspection of one round. ``lot_id`` is the commitment that stands.

    ``begins_at`` is when it is to begin; if it is not ``announced``, that lies sealed in the lot until then.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        one_of("state", inspecting.InspectionState),
        Index(None, "slug", "year"),
        Index("ix_inspections_begins", "begins_at", sqlite_where=_DRAWN, postgresql_where=_DRAWN),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), unique=True)
    slug: Mapped[str]
    year: Mapped[int]
    title: Mapped[str]
    clause: Mapped[str]
    announced: Mapped[bool]
    prepared_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="prepared")
    begins_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    begun_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]


class InspectedUnit(Base):
    """A unit that was drawn, written when that becomes public; then what came of it, which is never changed.

    ``place`` is its place in the draw; ``team`` lists the inspectors who were drawn as ``[number, name]``,
    ``team_now`` those who go once some of them have been replaced.
    """

    __tablename__ = "inspected_units"
    __table_args__ = (UniqueConstraint("inspection_id", "unit_id"), one_of("checked", inspecting.Checked))

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    place: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    team: Mapped[list[Any]] = mapped_column(JSON)
    checked: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    text: Mapped[str | None]
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[str | None]
    team_now: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    @property
    def going(self) -> list[Any]:
        """Give who goes there, as ``[number, name]``."""
        return self.team_now or self.team


class Replacement(Base):
    """An inspector who took the place of one who was drawn, by their numbers. Never changed or deleted."""

    __tablename__ = "replacements"

    id: Mapped[Id]
    inspected_id: Mapped[int] = mapped_column(ForeignKey("inspected_units.id"), index=True)
    out: Mapped[str]
    into: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class InspectedFinding(Base):
    """A finding that came of inspecting a unit. Never changed or deleted."""

    __tablename__ = "inspected_findings"

    finding_id: Mapped[int] = mapped_column(ForeignKey("findings.id"), primary_key=True, autoincrement=False)
    inspected_id: Mapped[int] = mapped_column(ForeignKey("inspected_units.id"), index=True)


class SealLook(Base):
    """Somebody looked at a draw that was still secret; once a day for each. Never changed or deleted."""

    __tablename__ = "seal_looks"
    __table_args__ = (UniqueConstraint("inspection_id", "by", "day"),)

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    by: Mapped[str]
    day: Mapped[date]
    at: Mapped[datetime]


class LookBack(Base):
    """The look-back of one round: what it was drawn from, and until when its revisits are to be made."""

    __tablename__ = "lookbacks"
    __table_args__ = (Index(None, "slug", "year"),)

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), unique=True)
    slug: Mapped[str]
    year: Mapped[int]
    title: Mapped[str]
    clause: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]


class Revisit(Base):
    """One thing to visit once more: a finding, or a unit that was late; then what was found, never changed.

    ``unit_id`` is who answers for it, ``visitor_id`` the unit that visits; ``visitors`` names people instead
    or besides. ``promised`` is what had been promised by the time it was made, in words.
    """

    __tablename__ = "revisits"
    __table_args__ = (
        UniqueConstraint("lookback_id", "number"),
        UniqueConstraint("lookback_id", "finding_id"),
        one_of("kind", REVISIT_KINDS),
        one_of("why", looking_back.Why),
        one_of("found", looking_back.Found),
        Index("ix_revisits_open", "visitor_id", sqlite_where=_TO_VISIT, postgresql_where=_TO_VISIT),
    )

    id: Mapped[Id]
    lookback_id: Mapped[int] = mapped_column(ForeignKey("lookbacks.id"))
    number: Mapped[int]
    kind: Mapped[str]
    why: Mapped[str]
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    promised: Mapped[str]
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    visitors: Mapped[str] = mapped_column(default="")
    found: Mapped[str | None]
    visited_at: Mapped[datetime | None]
    visited_by: Mapped[str | None]
    text: Mapped[str | None]
    until: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[str | None]
