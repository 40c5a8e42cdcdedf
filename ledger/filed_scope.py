"""What a binder or an excerpt is about: a plan's year, of it one unit or one round, as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from .tables import (
    Finding,
    FindingStep,
    InspectedUnit,
    Inspection,
    LookBack,
    Obligation,
    Revisit,
    Round,
    Sheet,
    Unit,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select


@dataclass(frozen=True, slots=True)
class Filed:
    """A plan (slug) and a year, as of a moment (UTC); of one unit (code) or one round (number) if named.

    Each function selects the numbers of what belongs to it.
    """

    slug: str
    year: int
    as_of: datetime
    unit: str | None = None
    round_id: int | None = None

    @property
    def whole(self) -> bool:
        """Tell whether it is about the whole campaign."""
        return self.unit is None and self.round_id is None

    def units(self) -> Select[tuple[int]]:
        """Select the unit, if one is named, else every unit."""
        query = select(Unit.id)
        return query if self.unit is None else query.where(Unit.code == self.unit)

    def rounds(self) -> Select[tuple[int]]:
        """Select the rounds; with a unit, those in which it owes."""
        query = select(Round.id).where(Round.slug == self.slug, Round.year == self.year)
        if self.round_id is not None:
            query = query.where(Round.id == self.round_id)
        if self.unit is not None:
            owes = select(Obligation.round_id).where(Obligation.unit_id.in_(self.units()))
            query = query.where(Round.id.in_(owes))
        return query

    def obligations(self) -> Select[tuple[int]]:
        """Select what is owed."""
        query = select(Obligation.id).where(Obligation.round_id.in_(self.rounds()))
        return query if self.unit is None else query.where(Obligation.unit_id.in_(self.units()))

    def findings(self) -> Select[tuple[int]]:
        """Select the findings; a unit's are those for which it ever answered by then."""
        own = (Finding.slug == self.slug, Finding.year == self.year, Finding.entered_at <= self.as_of)
        query = select(Finding.id).where(*own)
        if self.round_id is not None:
            query = query.where(Finding.obligation_id.in_(self.obligations()))
        if self.unit is not None:
            asked = select(FindingStep.finding_id).where(
                FindingStep.unit_id.in_(self.units()), FindingStep.at <= self.as_of
            )
            query = query.where(Finding.id.in_(asked))
        return query

    def sheets(self) -> list[ColumnElement[bool]]:
        """Give the conditions under which a sheet belongs to it; a draft may."""
        chosen = [Sheet.series == self.slug, Sheet.year == self.year]
        if self.unit is not None:
            chosen.append(Sheet.unit_id.in_(self.units()))
        if self.round_id is not None:
            about = Sheet.obligation_id.in_(self.obligations()), Sheet.finding_id.in_(self.findings())
            chosen.append(or_(*about))
        return chosen

    def inspections(self) -> Select[tuple[int]]:
        """Select the inspections; a unit's are those that were seen, by then, to have drawn it."""
        query = select(Inspection.id).where(
            *(Inspection.slug == self.slug, Inspection.year == self.year),
            Inspection.prepared_at <= self.as_of,
        )
        if self.round_id is not None:
            query = query.where(Inspection.round_id == self.round_id)
        if self.unit is not None:
            drawn = select(InspectedUnit.inspection_id).where(InspectedUnit.unit_id.in_(self.units()))
            query = query.where(Inspection.id.in_(drawn), Inspection.begun_at <= self.as_of)
        return query

    def lookbacks(self) -> Select[tuple[int]]:
        """Select the look-backs; a unit's are those with something of its own to be visited."""
        query = select(LookBack.id).where(
            *(LookBack.slug == self.slug, LookBack.year == self.year, LookBack.made_at <= self.as_of)
        )
        if self.round_id is not None:
            query = query.where(LookBack.round_id == self.round_id)
        if self.unit is not None:
            own = select(Revisit.lookback_id).where(Revisit.unit_id.in_(self.units()))
            query = query.where(LookBack.id.in_(own))
        return query
