"""The dates of one unit for its calendar: what it owes, and the rounds that are known but not yet open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import and_, func, or_, select

from ..calendar import audiences
from ..calendar.dates import local_day
from ..obligations.roster import Roster, UnitFact
from ..obligations.words import State
from .rounds import StoredAudience
from .tables import (
    Exemption,
    Extension,
    JournalHead,
    Obligation,
    PlanRevision,
    Round,
    Submission,
    Unit,
    UnitTag,
    Verdict,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Subquery
    from sqlalchemy.orm import Session

    from ..calendar.plan import Audience

PAST = timedelta(days=60)
DEEPEST = 10  # units above one another
_sent_back = Obligation.state == State.RETURNED


class DateAhead(NamedTuple):
    """One deadline; moments in UTC. ``state`` and ``obligation_id`` are None for a round not yet open.

    ``due_at`` is the limit for a correction where there is one. ``revision`` and ``moves`` grow with all that
    moves dates: a plan's revision; an extension, a report, a return, an exemption. ``changed_at`` is when
    this was last written.
    """

    round_id: int
    obligation_id: int | None
    title: str
    plan: str
    clause: str
    opens_at: datetime
    due_at: datetime
    provisional: bool
    state: State | None
    revision: int
    moves: int
    changed_at: datetime


def dates_ahead(session: Session, unit_id: int, now: datetime) -> list[DateAhead]:
    """Give the deadlines of a unit from sixty days ago on, the earliest first."""
    found = [*_owed(session, unit_id, now), *_upcoming(session, unit_id, now)]
    return sorted(found, key=lambda one: (one.due_at, one.round_id))


def last_change(session: Session) -> datetime | None:
    """Give when anything in the book last changed (UTC): each change leaves an entry in the journal."""
    return session.scalar(select(JournalHead.at))


def _owed(session: Session, unit_id: int, now: datetime) -> list[DateAhead]:
    said, correct_by = _said(unit_id, now), _correct_by()
    again = _sent_back & (correct_by > now - PAST)
    rows = session.execute(
        select(
            *(Round.id, Obligation.id.label("obligation_id"), Round.title, PlanRevision.title.label("plan")),
            *(Round.clause, Round.opens_at, Obligation.due_at, Round.provisional, Obligation.state),
            *(
                PlanRevision.revision,
                _granted(func.count()).label("extensions"),
                said.c.reports,
                said.c.returns,
            ),
            *(Round.opened_at, said.c.received_at, said.c.judged_at, Exemption.at.label("exempt_at")),
            _granted(func.max(Extension.decided_at)).label("extended_at"),
            correct_by.label("correct_by"),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .outerjoin(said, said.c.obligation_id == Obligation.id)
        .outerjoin(Exemption, Exemption.obligation_id == Obligation.id)
        .where(Obligation.unit_id == unit_id, or_(Obligation.due_at > now - PAST, again))
    )
    return [_dated(row) for row in rows]


def _dated(row: Any) -> DateAhead:
    state = State(row.state)
    written = (row.opened_at, row.received_at, row.judged_at, row.exempt_at, row.extended_at)
    changed = [at for at in written if at is not None]
    moves = row.extensions + (row.reports or 0) + (row.returns or 0) + (row.exempt_at is not None)
    due_at = (row.correct_by if state is State.RETURNED else None) or row.due_at
    here = (row.id, row.obligation_id, row.title, row.plan, row.clause, row.opens_at, due_at)
    latest = max(changed, default=row.opens_at)
    return DateAhead(*here, row.provisional, state, row.revision, moves, latest)


def _said(unit_id: int, now: datetime) -> Subquery:
    """Give for each obligation that was reported on how often it was, how often returned, and when last.

    Not for all that a unit has ever owed: for what the calendar may show.
    """
    returned = func.count().filter(Verdict.verdict == "returned")
    return (
        select(
            *(Submission.obligation_id, func.count().label("reports"), returned.label("returns")),
            func.max(Submission.received_at).label("received_at"),
            func.max(Verdict.at).label("judged_at"),
        )
        .join(Obligation, Obligation.id == Submission.obligation_id)
        .outerjoin(Verdict, Verdict.submission_id == Submission.id)
        .where(Obligation.unit_id == unit_id, or_(Obligation.due_at > now - PAST, _sent_back))
        .group_by(Submission.obligation_id)
        .subquery()
    )


def _granted(what: ColumnElement[Any]) -> Any:
    granted = and_(Extension.obligation_id == Obligation.id, Extension.granted.is_(True))
    return select(what).select_from(Extension).where(granted).correlate(Obligation).scalar_subquery()


def _correct_by() -> Any:
    latest = (
        select(Verdict.correct_by)
        .join(Submission, Submission.id == Verdict.submission_id)
        .where(Submission.obligation_id == Obligation.id)
    )
    return latest.order_by(Submission.version.desc()).limit(1).correlate(Obligation).scalar_subquery()


def _upcoming(session: Session, unit_id: int, now: datetime) -> list[DateAhead]:
    rows = session.execute(
        select(Round, PlanRevision)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .where(Round.opened_at.is_(None), Round.skipped_at.is_(None), Round.due_at > now)
    ).all()
    code, roster = _with_those_above(session, unit_id) if rows else ("", Roster(()))
    return [_planned(one, plan) for one, plan in rows if _expects(one, code, roster)]


def _planned(one: Round, plan: PlanRevision) -> DateAhead:
    due_at = cast("datetime", one.due_at)
    here = (one.id, None, one.title, plan.title, one.clause, one.opens_at, due_at)
    return DateAhead(*here, one.provisional, None, plan.revision, 0, plan.adopted_at)


def _expects(one: Round, code: str, roster: Roster) -> bool:
    """Tell whether a unit will owe a round, by the rule that opening it will follow."""
    audience = cast("Audience", StoredAudience(one.audience))
    chosen = audiences.select(audience, roster, local_day(one.opens_at))
    return any(unit.code == code for unit in chosen)


def _with_those_above(session: Session, unit_id: int) -> tuple[str, Roster]:
    """Give a unit's code, and a roster of it and the units above it."""
    tags = frozenset(session.scalars(select(UnitTag.tag).where(UnitTag.unit_id == unit_id)))
    chain = [session.get_one(Unit, unit_id)]
    while chain[-1].parent_id is not None and len(chain) < DEEPEST:
        chain.append(session.get_one(Unit, chain[-1].parent_id))
    above = [one.code for one in chain[1:]]
    facts = [
        UnitFact(one.code, one.name, one.kind, frozenset(), parent, one.opened_on, one.closed_on)
        for one, parent in zip(chain, [*above, None], strict=True)
    ]
    own = chain[0]
    first = UnitFact(own.code, own.name, own.kind, tags, facts[0].parent, own.opened_on, own.closed_on)
    return own.code, Roster((first, *facts[1:]))
