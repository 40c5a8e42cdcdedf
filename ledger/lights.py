"""Which light matters show at a moment, for lists: one query for all the rows of a page (DESIGN §5.18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select

from ..calendar.limits import near_from
from ..obligations.ladder import UNDER_DUBAN, Burning, light
from ..obligations.moments import whole_second
from ..obligations.words import Outcome, State
from .ladder_rules import light_rules
from .tables import Obligation, PlanRevision, Round, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from ..obligations.ladder import LightRules
    from ..obligations.outcome import Standing
    from ..obligations.words import Light
    from .mine import Item


@dataclass(frozen=True, slots=True)
class Shown:
    """What the light of one obligation is computed from; moments in UTC.

    ``due_at`` counts extensions. ``settled``: a report stands, or nothing is owed. ``locked``: none is taken
    any more.
    """

    obligation_id: int
    due_at: datetime | None
    settled: bool
    locked: bool

    @classmethod
    def of(cls, obligation_id: int, here: Standing) -> Shown:
        """Give what the standing of an obligation comes to."""
        left = here.state in (State.OWED, State.RETURNED) and here.credited_at is None
        return cls(obligation_id, here.effective_due, not left, here.final)


def of_items(session: Session, items: Iterable[Item], now: datetime, workdays: Workdays) -> dict[int, Light]:
    """Give the light of each thing on a unit's list, by the number of the obligation."""
    second = whole_second(now)
    shown = [
        Shown(
            *(one.obligation_id, one.due_at, _is_settled(one)),
            one.closes_at is not None and one.closes_at < second,
        )
        for one in items
    ]
    return lights(session, shown, now, workdays)


def _is_settled(one: Item) -> bool:
    # What went back for a trifle counts as handed in; it is to be corrected all the same.
    left = one.state in (State.OWED, State.RETURNED) and one.credited_at is None
    return not left or one.outcome is Outcome.EXEMPT


def lights(
    session: Session, shown: Sequence[Shown], as_of: datetime, workdays: Workdays | None = None
) -> dict[int, Light]:
    """Give the light of each of these at ``as_of``, by the number of the obligation; one query.

    What is near cannot be told without ``workdays``; what is overdue needs none.
    """
    if not shown:
        return {}
    second, here = whole_second(as_of), {one.obligation_id: one for one in shown}
    return {
        row.id: light(_burning(here[row.id], second, rules, workdays, under=row.under), second, rules)
        for row in session.execute(_facts(list(here), as_of))
        if (rules := light_rules(session, row))
    }


def _facts(ids: list[int], as_of: datetime) -> Select[Any]:
    """Select what lights need besides, with whether a 督办单 or more ran about it at ``as_of``."""
    ended = [or_(at.is_(None), at > as_of) for at in (Sheet.closed_at, Sheet.withdrawn_at)]
    mine = (Sheet.obligation_id == Obligation.id, Sheet.rung.in_(UNDER_DUBAN))
    under = exists().where(*mine, Sheet.issued_at <= as_of, *ended).label("under")
    return (
        select(Obligation.id, Round.opens_at, Round.plan_id, PlanRevision.slug, PlanRevision.sha256, under)
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Obligation.id.in_(ids))
    )


def _burning(
    one: Shown, now: datetime, rules: LightRules, workdays: Workdays | None, *, under: bool
) -> Burning:
    near = None
    if workdays is not None and one.due_at is not None and one.due_at >= now:
        near = near_from(one.due_at, rules.near, workdays)
    return Burning(one.due_at, near, settled=one.settled, locked=one.locked, under_duban=under)
