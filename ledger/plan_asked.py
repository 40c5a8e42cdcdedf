"""Of whom a round of a plan that changes is asked, and what their names are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from .audiences import matches
from .homes import within
from .rounds import StoredAudience
from .tables import Round, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.orm import Session

    from ..calendar.expansion import RoundSpec, Year
    from .audiences import AudienceLike


def names(session: Session, unit_ids: Collection[int]) -> list[str]:
    """Give the names of units, by code."""
    return list(session.scalars(select(Unit.name).where(Unit.id.in_(unit_ids)).order_by(Unit.code)))


class Asked:
    """Of whom a round is asked, by its audience and the day on which it opens; each is looked up once."""

    def __init__(self, session: Session, opened: Year) -> None:
        self.opened = opened
        self._session = session
        self._here = within(session, opened.plan.slug)
        self._known: dict[tuple[object, date], frozenset[int]] = {}

    def after(self, spec: RoundSpec) -> frozenset[int]:
        """Give the units of which the new revision asks a round."""
        return self._units(self.opened.plan.audiences[spec.audience], local_day(spec.opens_at))

    def before(self, row: Round) -> frozenset[int]:
        """Give the units of which a round of the book would be asked as it stands."""
        return self._units(StoredAudience(row.audience), local_day(row.opens_at))

    def _units(self, audience: AudienceLike, day: date) -> frozenset[int]:
        named = *map(tuple, (audience.kinds, audience.tags, audience.units, audience.except_)), audience.under
        if (named, day) not in self._known:
            chosen = select(Unit.id).where(matches(audience, day, self._here))
            self._known[named, day] = frozenset(self._session.scalars(chosen))
        return self._known[named, day]
