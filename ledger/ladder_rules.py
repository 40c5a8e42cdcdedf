"""Which rules of the ladder a matter climbs by, on what ground, and who leads: as its plan says.

A round keeps the revision of its plan and the set of rules of the day on which it opens, a finding the set
of the day on which it was found (DESIGN §5.13). For one sheet ``sheet_rules`` says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..calendar.dates import ZONE, local_day
from ..calendar.rules_ladder import DEFAULT, in_force
from .audiences import matches
from .duties import plan_of
from .homes import within
from .sheet_prefill import book_title
from .sheet_rules import latest_plan
from .tables import PlanRevision, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from ..calendar.rules_ladder import LadderRules
    from ..obligations.ladder import LightRules, RungRule


KNOWN = 256
_LADDERS: dict[tuple[str, str], tuple[LadderRules, ...]] = {}


class Ground(NamedTuple):
    """What sheets about a round or a finding rest on.

    ``basis`` is the title of the plan in its marks, ``lead`` the name of the leading side or empty,
    ``lead_unit`` the one unit that this is, None where it is several or nobody knows it.
    """

    series: str
    basis: str
    rungs: tuple[RungRule, ...]
    lead: str = ""
    lead_unit: int | None = None


@dataclass(slots=True)
class Grounds:
    """Reads the grounds of many rounds, each plan and each leading side once; leads are those of ``day``."""

    session: Session
    day: date

    def of_rounds(self, round_ids: Collection[int]) -> dict[int, Ground]:
        """Give the ground of each of these rounds."""
        query = (
            select(Round.id, Round.plan_id, Round.slug, Round.opens_at, Round.audience, PlanRevision.title)
            .join(PlanRevision, PlanRevision.id == Round.plan_id)
            .where(Round.id.in_(round_ids))
        )
        leads: dict[tuple[int, str], int | None] = {}
        found: dict[int, Ground] = {}
        for row in self.session.execute(query):
            lead: str = row.audience.get("lead", "")
            if (row.plan_id, lead) not in leads:
                leads[row.plan_id, lead] = self._lead_unit(row.plan_id, lead)
            rungs = rules_of(self.session, row.plan_id, row.opens_at).rungs
            found[row.id] = Ground(row.slug, book_title(row.title), rungs, lead, leads[row.plan_id, lead])
        return found

    def _lead_unit(self, plan_id: int, lead: str) -> int | None:
        if not lead:
            return None
        plan = plan_of(self.session, plan_id)
        audience = next((one for one in plan.audiences.values() if one.name == lead), None)
        if audience is None:
            return None
        leading = matches(audience, self.day, within(self.session, plan.slug))
        units = self.session.scalars(select(Unit.id).where(leading).limit(2)).all()
        return units[0] if len(units) == 1 else None


def rules_of(session: Session, plan_id: int, opens_at: datetime) -> LadderRules:
    """Give the rules for a round of this revision of a plan that opens at that moment."""
    return in_force(plan_of(session, plan_id).ladder, local_day(opens_at))


def light_rules(session: Session, row: Row[Any]) -> LightRules:
    """Give what the light of a round is computed by; the row names its opens_at, plan_id, slug and sha256.

    Pages ask often, so a text that has been read is known by its check code and not fetched again.
    """
    key = (row.slug, row.sha256)
    if key not in _LADDERS:
        if len(_LADDERS) >= KNOWN:
            _LADDERS.clear()
        _LADDERS[key] = tuple(plan_of(session, row.plan_id).ladder)
    return in_force(_LADDERS[key], local_day(row.opens_at)).lights


class Span(NamedTuple):
    """The ground of what began from ``since`` on and before ``until``, both open where None."""

    since: datetime | None
    until: datetime | None
    ground: Ground


def spans(session: Session, slug: str) -> list[Span]:
    """Give the grounds of what began under a plan, by the set of rules in force on the day it began."""
    latest = latest_plan(session, slug)
    sets = plan_of(session, latest.id).ladder
    edges = [None, *(datetime.combine(one.since, time(), ZONE) for one in sets), None]
    title = book_title(latest.title)
    return [
        Span(edges[n], edges[n + 1], Ground(slug, title, one.rungs)) for n, one in enumerate([DEFAULT, *sets])
    ]
