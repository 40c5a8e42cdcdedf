"""How obligations stand as of a moment, computed from the facts, so any past day can be counted again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from ..obligations.outcome import standing, tally
from . import unit_names
from .facts import facts_where
from .states import MISSING
from .tables import Channel, Message, Notice, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from ..obligations.outcome import Standing, Tally


@dataclass(frozen=True, slots=True)
class Filters:
    """Which obligations to look at; an empty one looks at all. A unit is named by its code or its name."""

    slug: str | None = None
    duty: str | None = None
    period: str | None = None
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a count says of its round; moments in UTC, ``lead`` is the name of the leading side or empty."""

    id: int
    plan: str
    duty: str
    period: str
    year: int
    name: str
    title: str
    kind: str
    clause: str
    lead: str
    opens_at: datetime
    due_at: datetime | None
    locks_at: datetime | None


class Told(NamedTuple):
    """How often a unit was really reminded of an obligation, and when last; whether nobody can be reached.

    ``filed`` counts reminders that were only written to the outbox folder, which reaches nobody by itself.
    """

    times: int = 0
    last_at: datetime | None = None
    nobody: bool = False
    filed: int = 0


@dataclass(frozen=True, slots=True)
class Standpoint:
    """One obligation with how it stands."""

    obligation_id: int
    round: RoundFacts
    unit_code: str
    unit: str
    told: Told
    standing: Standing


@dataclass(frozen=True, slots=True)
class RoundCount:
    """One round with the count of its outcomes and the obligations that were counted."""

    round: RoundFacts
    tally: Tally
    points: tuple[Standpoint, ...]


def standpoints(session: Session, filters: Filters, as_of: datetime) -> list[Standpoint]:
    """Give every obligation of the rounds that had been opened by ``as_of``, as it stood then.

    In the order of deadlines, then of units.
    """
    return _stand(session, _conditions(filters, as_of), as_of)


def by_round(points: Iterable[Standpoint]) -> list[RoundCount]:
    """Count outcomes by round; ``points`` come in the order in which :func:`standpoints` gives them."""
    found: list[RoundCount] = []
    for here, some in groupby(points, key=lambda point: point.round):
        own = tuple(some)
        found.append(RoundCount(here, tally(point.standing.outcome for point in own), own))
    return found


def overdue(session: Session, filters: Filters, as_of: datetime, *, today: bool) -> list[Standpoint]:
    """Give what was owed and overdue at ``as_of``, the longest first.

    With ``today`` (``as_of`` is now) the index over what is open serves; a past day is counted from the facts
    alone. What came late and was returned for a trifle is not here: its report stands.
    """
    chosen = _conditions(filters, as_of)
    if today:
        chosen = [*chosen, MISSING, Obligation.due_at < as_of]
    late = [one for one in _stand(session, chosen, as_of) if _is_overdue(one.standing)]
    return sorted(late, key=lambda one: (one.standing.effective_due or as_of, one.round.title, one.unit_code))


def _is_overdue(here: Standing) -> bool:
    return bool(here.overdue_by) and here.credited_at is None and here.state in ("owed", "returned")


def _conditions(filters: Filters, as_of: datetime) -> list[ColumnElement[bool]]:
    # Counted from the day on which the book opened a round, since what was printed before did not have it.
    chosen: list[ColumnElement[bool]] = [Round.opened_at <= as_of]
    wanted = {Round.slug: filters.slug, Round.duty: filters.duty, Round.period: filters.period}
    chosen += [column == value for column, value in wanted.items() if value is not None]
    if filters.year is not None:
        chosen.append(Round.year == filters.year)
    if filters.unit is not None:
        named = select(Unit.id).where(or_(Unit.code == filters.unit, Unit.name == filters.unit))
        chosen.append(Obligation.unit_id.in_(named))
    return chosen


def _stand(session: Session, chosen: list[ColumnElement[bool]], as_of: datetime) -> list[Standpoint]:
    facts, told = facts_where(session, *chosen), _told(session, chosen, as_of)
    return [
        Standpoint(
            row.obligation_id, _round(row), row.unit_code, row.unit, told.get(row.obligation_id, Told()), here
        )
        for row in _rows(session, chosen, as_of)
        if (here := standing(facts[row.obligation_id], as_of))
    ]


def _rows(session: Session, chosen: list[ColumnElement[bool]], as_of: datetime) -> Iterable[Row[Any]]:
    last = Round.due_at.is_(None)  # the two databases sort nulls differently
    return session.execute(
        select(
            *(
                Obligation.id.label("obligation_id"),
                Unit.code.label("unit_code"),
                unit_names.called(session, as_of).label("unit"),
            ),
            *(
                Round.id,
                Round.slug,
                Round.duty,
                Round.period,
                Round.year,
                Round.name,
                Round.title,
                Round.kind,
            ),
            *(Round.clause, Round.audience, Round.opens_at, Round.due_at, Round.locks_at),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(*chosen)
        .order_by(last, Round.due_at, Round.id, Unit.code)
    )


def _round(row: Row[Any]) -> RoundFacts:
    return RoundFacts(
        id=row.id,
        plan=row.slug,
        duty=row.duty,
        period=row.period,
        year=row.year,
        name=row.name,
        title=row.title,
        kind=row.kind,
        clause=row.clause,
        lead=row.audience.get("lead", ""),
        opens_at=row.opens_at,
        due_at=row.due_at,
        locks_at=row.locks_at,
    )


def _told(session: Session, chosen: list[ColumnElement[bool]], as_of: datetime) -> dict[int, Told]:
    """Count the reminders that had really left by then: a reminder to two people of a unit is one."""
    left = and_(Notice.state == "sent", Message.sent_at <= as_of)
    reached = and_(left, Channel.kind != "file")  # not true without a channel, which is a file as well
    rows = session.execute(
        select(
            Notice.obligation_id,
            func.count(case((left, Notice.cue_id)).distinct()),
            func.count(case((reached, Notice.cue_id)).distinct()),
            func.max(case((reached, Message.sent_at))),
            func.count(case((Notice.state == "no_contact", 1))),
        )
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .join(Obligation, Obligation.id == Notice.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Notice.created_at <= as_of, *chosen)
        .group_by(Notice.obligation_id)
    )
    return {
        id_: Told(times, last_at, nobody > 0 and not made, made - times)
        for id_, made, times, last_at, nobody in rows
    }
