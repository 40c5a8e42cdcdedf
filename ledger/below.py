"""What lies below somebody who looks from above: whose plans there are, and how each subtree stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, update

from ..obligations.errors import DubanError
from .homes import at_or_below
from .rates import counted, sum_of
from .scope import Scope
from .states import MISSING
from .tables import Obligation, PlanHome, PlanRevision, Round, SignIn, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from ..obligations.outcome import Tally

_WHOLE = "/"


class Subtree(NamedTuple):
    """A unit below and what its subtree has: plans, what is overdue now, and what was due in the stretch.

    ``home`` tells whether plans are bound to the unit itself, ``deeper`` whether to units below it.
    """

    unit_id: int
    name: str
    plans: int
    overdue: int
    tally: Tally
    home: bool
    deeper: bool


class _Home(NamedTuple):
    slug: str
    unit_id: int
    path: str


def scope_at(session: Session, unit_id: int) -> Scope:
    """Give the scope of the subtree whose root is a unit."""
    row = session.execute(select(Unit.name, Unit.path).where(Unit.id == unit_id)).one()
    plan, home = PlanRevision, PlanHome
    bound = select(home.slug, home.office_phone, plan.office).join(plan, plan.slug == home.slug)
    plans = session.execute(bound.where(home.unit_id == unit_id).order_by(plan.id.desc())).all()
    slugs = tuple(sorted({one.slug for one in plans}))
    office, phone = (plans[0].office, plans[0].office_phone) if plans else ("", "")
    further = session.execute(_homes(row.path).where(Unit.id != unit_id).limit(1)).first()
    return Scope(unit_id, row.name, row.path, slugs, office, phone, further is not None)


def _homes(path: str) -> Select[tuple[str, int, str]]:
    query = select(PlanHome.slug, Unit.id, Unit.path).join(Unit, Unit.id == PlanHome.unit_id)
    return query if path == _WHOLE else query.where(at_or_below(path))


def subtrees(
    session: Session, scope: Scope | None, since: datetime, until: datetime, now: datetime
) -> list[Subtree]:
    """Give the units right below a scope's root (without one, below the whole book) that have plans, by code.

    Counted is what was due from ``since`` up to, and not at, ``until`` (UTC), each subtree summed up, as it
    stands at ``now``; that costs what was due. What is overdue is so now, whenever it was due.
    """
    path = _WHOLE if scope is None else scope.path
    homes = [_Home(*row) for row in session.execute(_homes(path)) if row.path != path]
    slugs = select(PlanHome.slug).join(Unit, Unit.id == PlanHome.unit_id)
    slugs = slugs if scope is None else slugs.where(at_or_below(path))
    overdue, tallies = _overdue(session, slugs, now), _tallies(session, slugs, (since, min(until, now)), now)
    below: dict[int, list[_Home]] = defaultdict(list)
    for home in homes:
        below[int(home.path[len(path) :].partition("/")[0])].append(home)
    units = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(below)).order_by(Unit.code))
    return [_summed(row, below[row.id], overdue, tallies) for row in units]


def _summed(
    unit: Row[tuple[int, str]], homes: list[_Home], overdue: Mapping[str, int], tallies: Mapping[str, Tally]
) -> Subtree:
    late = sum(overdue.get(home.slug, 0) for home in homes)
    own = [home.unit_id == unit.id for home in homes]
    tally = sum_of(tallies[home.slug] for home in homes if home.slug in tallies)
    return Subtree(unit.id, unit.name, len(homes), late, tally, any(own), not all(own))


def _overdue(session: Session, slugs: Select[tuple[str]], now: datetime) -> dict[str, int]:
    query = select(Round.slug, func.count()).join(Obligation, Obligation.round_id == Round.id)
    late = MISSING, Obligation.due_at < now, Round.slug.in_(slugs)
    return dict(session.execute(query.where(*late).group_by(Round.slug)).tuples().all())


def _tallies(
    session: Session, slugs: Select[tuple[str]], due: tuple[datetime, datetime], now: datetime
) -> Mapping[str, Tally]:
    which = Round.slug.in_(slugs), Round.due_at >= due[0], Round.due_at < due[1], Round.opened_at.is_not(None)
    return counted(session, Round.slug, (select(Round.id).where(*which), None), now)


def look_at(session: Session, sign_in_id: int, unit_id: int | None, own: int | None) -> None:
    """Let a person who is signed in look at a subtree below their own root; without one, at their own again.

    Raises :class:`DubanError` for a unit that is not below it, or has no plans of its own.
    """
    if unit_id is not None:
        path = _WHOLE if own is None else scope_at(session, own).path
        if session.execute(_homes(path).where(Unit.id == unit_id).limit(1)).first() is None:
            raise DubanError("这里没有可以查看的下级单位。")
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(view_id=unit_id))
