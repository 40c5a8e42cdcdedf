"""Completeness and timeliness per unit, round and plan, each number with the expected set it rests on.

Today's are counted by the database from the columns, a past day's from the facts of the part that is chosen.
A page costs the obligations of the units or rounds that are on it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, func, select

from ..obligations.outcome import Tally, standing, tally
from .facts import facts_where
from .marks import OUTCOMES, outcome_now
from .tables import Obligation, PlanRevision, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from ..obligations.words import Outcome
    from .slices import Slice

SHOWN = 50


class UnitRate(NamedTuple):
    """How one unit did."""

    unit_id: int
    code: str
    name: str
    tally: Tally


class RoundRate(NamedTuple):
    """How one round went; ``due_at`` in UTC."""

    round_id: int
    slug: str
    title: str
    period: str
    clause: str
    due_at: datetime | None
    tally: Tally


class PlanRate(NamedTuple):
    """How one plan went in one year, under the title of its latest revision that has rounds in it."""

    slug: str
    title: str
    year: int
    rounds: int
    tally: Tally


class UnitRates(NamedTuple):
    """Some units by code, and whether there are more."""

    rows: tuple[UnitRate, ...]
    more: bool


class RoundRates(NamedTuple):
    """Some rounds by due moment, and whether there are more."""

    rows: tuple[RoundRate, ...]
    more: bool


def by_unit(
    session: Session, chosen: Slice, as_of: datetime, *, today: bool, offset: int = 0, limit: int = SHOWN
) -> UnitRates:
    """Count by unit, for the units that owed anything. With ``today`` (``as_of`` is now) from the columns.

    Raises :class:`DubanError` when a past day is asked for and too little is chosen.
    """
    rounds = _round_ids(session, chosen, as_of, today=today)
    owes = exists().where(Obligation.unit_id == Unit.id, Obligation.round_id.in_(rounds))
    query = select(Unit.id, Unit.code, Unit.name).where(owes, *_unit(chosen, Unit.id))
    units = session.execute(query.order_by(Unit.code).offset(offset).limit(limit + 1)).all()
    shown = units[:limit]
    tallies = _tallies(session, Obligation.unit_id, (rounds, [row.id for row in shown]), as_of, today=today)
    return UnitRates(tuple(UnitRate._make((*row, tallies[row.id])) for row in shown), len(units) > limit)


def by_round(
    session: Session, chosen: Slice, as_of: datetime, *, today: bool, offset: int = 0, limit: int = SHOWN
) -> RoundRates:
    """Count by round, by due moment; those without one come last. Raises as :func:`by_unit` does."""
    if not today:
        chosen.check_past()
    columns = (Round.id, Round.slug, Round.title, Round.period, Round.clause, Round.due_at)
    last: ColumnElement[bool] = Round.due_at.is_(None)  # the two databases sort nulls differently
    query = select(*columns).where(Round.id.in_(chosen.rounds(as_of))).order_by(last, Round.due_at, Round.id)
    rows = session.execute(query.offset(offset).limit(limit + 1)).all()
    shown = rows[:limit]
    units = None if chosen.unit_id is None else [chosen.unit_id]
    ids = [row.id for row in shown]
    tallies = _tallies(session, Obligation.round_id, (ids, units), as_of, today=today)
    return RoundRates(
        tuple(RoundRate._make((*row, tallies.get(row.id, Tally()))) for row in shown), len(rows) > limit
    )


def by_plan(session: Session, chosen: Slice, as_of: datetime, *, today: bool) -> tuple[PlanRate, ...]:
    """Count by plan and year, the latest year first; it costs all that is chosen. Raises as above."""
    rounds = _round_ids(session, chosen, as_of, today=today)
    units = None if chosen.unit_id is None else [chosen.unit_id]
    tallies = _tallies(session, Obligation.round_id, (rounds, units), as_of, today=today)
    rows = session.execute(
        select(Round.id, Round.slug, Round.year, PlanRevision.title)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Round.id.in_(rounds))
        .order_by(Round.year.desc(), Round.slug, PlanRevision.revision)
    )
    grouped: dict[tuple[int, str], list[int]] = defaultdict(list)
    titles: dict[tuple[int, str], str] = {}
    for id_, slug, year, title in rows:
        grouped[year, slug].append(id_)
        titles[year, slug] = title
    return tuple(
        PlanRate(
            slug, titles[year, slug], year, len(ids), sum_of(tallies[id_] for id_ in ids if id_ in tallies)
        )
        for (year, slug), ids in grouped.items()
    )


def _round_ids(session: Session, chosen: Slice, as_of: datetime, *, today: bool) -> Sequence[int]:
    if not today:
        chosen.check_past()
    return session.scalars(chosen.rounds(as_of)).all()


def _unit(chosen: Slice, column: Any) -> list[ColumnElement[bool]]:
    return [] if chosen.unit_id is None else [column == chosen.unit_id]


def _tallies(
    session: Session,
    key: Any,
    cells: tuple[Sequence[int], Sequence[int] | None],
    as_of: datetime,
    *,
    today: bool,
) -> Mapping[int, Tally]:
    """Count the cells of some rounds and some units, or all, by a column of the obligation."""
    return counted(session, key, cells, as_of) if today else _judged(session, key, cells, as_of)


def counted(
    session: Session,
    key: Any,
    cells: tuple[Sequence[int] | Select[tuple[int]], Sequence[int] | None],
    now: datetime,
) -> Mapping[Any, Tally]:
    """Count what stands at ``now`` in some rounds, of some units or all, by a column of either."""
    rounds, units = cells
    mark = outcome_now(now)
    query: Select[Any] = select(key, mark, func.count()).select_from(Round)
    if units is None:
        query = query.join(Obligation, Obligation.round_id == Round.id)
    else:
        # Joined to the units, so that each cell is found by its key: of many units a page shows a few.
        query = query.join(Unit, Unit.id.in_(units)).join(
            Obligation, and_(Obligation.round_id == Round.id, Obligation.unit_id == Unit.id)
        )
    rows = session.execute(query.where(Round.id.in_(rounds)).group_by(key, mark))
    counts: dict[Any, dict[str, int]] = defaultdict(dict)
    for value, number, count in rows:
        outcome = OUTCOMES[int(number)]
        counts[value][outcome.value] = count
    return {value: Tally(**some) for value, some in counts.items()}


def _judged(
    session: Session, key: Any, cells: tuple[Sequence[int], Sequence[int] | None], as_of: datetime
) -> Mapping[int, Tally]:
    rounds, units = cells
    which = [Obligation.round_id.in_(rounds)]
    if units is not None:
        which.append(Obligation.unit_id.in_(units))
    facts = facts_where(session, *which)
    outcomes: dict[int, list[Outcome]] = defaultdict(list)
    for id_, value in session.execute(select(Obligation.id, key).where(*which)):
        outcomes[value].append(standing(facts[id_], as_of).outcome)
    return {value: tally(some) for value, some in outcomes.items()}


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """Add up the counts of several sets."""
    counts: Counter[str] = Counter()
    for one in tallies:
        counts.update({outcome.value: getattr(one, outcome.value) for outcome in OUTCOMES})
    return Tally(**counts)
