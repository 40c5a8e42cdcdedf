"""The list of rounds, filtered and paged, each with what has come and what has not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from ..calendar.dates import ZONE
from ..obligations.words import Word
from .states import MISSING
from .tables import Exemption, Obligation, PlanRevision, Round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session


_NOUGHT: ColumnElement[int] = literal_column("0", Integer)
_EXEMPT: ColumnElement[str] = literal_column("'exempt'", String)


class Progress(Word):
    """Where a round stands as a whole."""

    AHEAD = "ahead", "尚未开始"
    OPEN = "open", "正在报送"
    WAITING = "waiting", "有待接收"
    SHORT = "short", "到期未齐"
    DONE = "done", "全部办结"


class Plan(NamedTuple):
    """A plan that has rounds in the book."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class RoundFilters:
    """Which rounds to list; an empty one lists all. ``month`` is any day of the month in which they end."""

    slug: str | None = None
    year: int | None = None
    month: date | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round; moments in UTC. ``received`` counts reports that stand or wait for a verdict."""

    id: int
    slug: str
    plan: str
    title: str
    clause: str
    opens_at: datetime
    due_at: datetime | None
    opened: bool
    skipped: bool
    dropped: bool
    provisional: bool
    expected: int
    received: int
    waiting: int
    returned: int
    exempt: int
    overdue: int


def plans(session: Session) -> list[Plan]:
    """Give the plans that have rounds, each with the title of its latest revision."""
    has_rounds = exists().where(Round.slug == PlanRevision.slug)
    query = select(PlanRevision.slug, PlanRevision.title).where(has_rounds)
    rows = session.execute(query.order_by(PlanRevision.slug, PlanRevision.revision))
    return list({slug: Plan(slug, title) for slug, title in rows}.values())


def years(session: Session) -> list[int]:
    """Give the years that have rounds, the latest first."""
    return list(session.scalars(select(Round.year).distinct().order_by(Round.year.desc())))


def listed(
    session: Session, filters: RoundFilters, now: datetime, *, offset: int = 0, limit: int = 50
) -> tuple[list[RoundRow], int]:
    """Give ``limit`` rounds from ``offset`` on in the order of their deadlines, and how many there are."""
    chosen = _conditions(filters, now)
    total = session.scalar(select(func.count()).select_from(Round).where(*chosen)) or 0
    last: ColumnElement[bool] = Round.due_at.is_(None)  # the two databases sort nulls differently
    # By their numbers first: a round is a fat row, and an index has all that they are sorted by.
    here = select(Round.id).where(*chosen).order_by(last, Round.due_at, Round.id).offset(offset).limit(limit)
    ids = session.scalars(here).all()
    rows = session.execute(
        select(Round, PlanRevision.title.label("plan"))
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Round.id.in_(ids))
        .order_by(last, Round.due_at, Round.id)
    ).all()
    counts = _counts(session, ids, now)
    return [_row(row, counts.get(row.Round.id, {})) for row in rows], total


def _conditions(filters: RoundFilters, now: datetime) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if filters.slug is not None:
        chosen.append(Round.slug == filters.slug)
    if filters.year is not None:
        chosen.append(Round.year == filters.year)
    if filters.month is not None:
        first, after = _month(filters.month)
        moment = func.coalesce(Round.due_at, Round.opens_at)
        chosen += [moment >= first, moment < after]
    if filters.progress is not None:
        chosen.append(_progress(filters.progress, now))
    return chosen


def _month(day: date) -> tuple[datetime, datetime]:
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return datetime.combine(first, time(), ZONE), datetime.combine(after, time(), ZONE)


def _progress(progress: Progress, now: datetime) -> ColumnElement[bool]:
    here, opened = Obligation.round_id == Round.id, Round.opened_at.is_not(None)
    waits = exists().where(here, Obligation.state == literal_column("'submitted'"))
    owed = exists().where(here, MISSING)
    match progress:
        case Progress.AHEAD:
            return and_(Round.opened_at.is_(None), Round.skipped_at.is_(None))
        case Progress.OPEN:
            return and_(opened, or_(Round.due_at.is_(None), Round.due_at >= now), owed)
        case Progress.WAITING:
            return waits
        case Progress.SHORT:
            return and_(opened, Round.due_at < now, owed)
        case Progress.DONE:
            return and_(opened, ~owed, ~waits)


def _counts(session: Session, ids: Sequence[int], now: datetime) -> dict[int, dict[str, int]]:
    """Count what is not settled in these rounds, and what is overdue of it.

    Whatever is settled is the rest of those expected, so the cost follows what is open, not what exists.
    """
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for query in (_open(ids, now), _waiting(ids), _excused(ids)):
        for round_id, name, count, late in session.execute(query).tuples():
            found[round_id][name] += count
            found[round_id]["overdue"] += late or 0
    return found


def _open(ids: Sequence[int], now: datetime) -> Select[Any]:
    late = and_(Obligation.credited_at.is_(None), Obligation.due_at < now)
    counts = func.count(), func.sum(case((late, 1), else_=0))
    here = Obligation.round_id.in_(ids)
    query = select(Obligation.round_id, Obligation.state, *counts).where(MISSING, here)
    return query.group_by(Obligation.round_id, Obligation.state)


def _waiting(ids: Sequence[int]) -> Select[Any]:
    query = select(Obligation.round_id, Obligation.state, func.count(), _NOUGHT)
    waits = Obligation.state == literal_column("'submitted'")
    return query.where(waits, Obligation.round_id.in_(ids)).group_by(Obligation.round_id, Obligation.state)


def _excused(ids: Sequence[int]) -> Select[Any]:
    query = select(Obligation.round_id, _EXEMPT, func.count(), _NOUGHT)
    query = query.join(Exemption, Exemption.obligation_id == Obligation.id)
    return query.where(Obligation.round_id.in_(ids)).group_by(Obligation.round_id)


def _row(row: Row[Any], counts: dict[str, int]) -> RoundRow:
    here: Round = row.Round
    expected, missing = here.expected or 0, counts.get("owed", 0) + counts.get("returned", 0)
    return RoundRow(
        id=here.id,
        slug=here.slug,
        plan=row.plan,
        title=here.title,
        clause=here.clause,
        opens_at=here.opens_at,
        due_at=here.due_at,
        opened=here.opened_at is not None,
        skipped=here.skipped_at is not None,
        dropped=here.dropped,
        provisional=here.provisional,
        expected=expected,
        received=expected - missing - counts.get("exempt", 0),
        waiting=counts.get("submitted", 0),
        returned=counts.get("returned", 0),
        exempt=counts.get("exempt", 0),
        overdue=counts.get("overdue", 0),
    )
