"""A unit's own list: what it owes, what came back, what waits for the office, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, func, or_, select

from ..calendar.plan import DECIDED
from ..obligations.moments import whole_second
from ..obligations.words import Outcome, State
from .marks import OUTCOMES, latest_version, outcome_now
from .states import MISSING
from .tables import Extension, Obligation, PlanRevision, Round, Submission, Transfer, Verdict

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

DONE = 10  # of what is done, so many are shown
_ACTIVE = ("owed", "returned", "submitted")
_SETTLED = ("accepted", "exempt")
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a unit's list; moments in UTC.

    ``due_at`` counts extensions; ``closes_at`` is the last second at which a report is taken, None while that
    never ends; ``overdue_by`` is how late it is or came, None when it is not. ``version`` is the latest
    report's, 0 for none. ``time_asked`` and ``transfer_asked``: a request waits for an answer.
    ``takes_nil``: there may be nothing to report.
    """

    obligation_id: int
    round_id: int
    slug: str
    plan: str
    title: str
    ask: str
    emphasis: str
    clause: str
    source: str
    receiver: str
    provisional: bool
    urgent: bool
    due_at: datetime | None
    closes_at: datetime | None
    state: State
    outcome: Outcome
    nil: bool
    overdue_by: timedelta | None
    credited_at: datetime | None
    received_at: datetime | None
    acknowledged_at: datetime | None
    version: int
    return_reason: str
    correct_by: datetime | None
    time_asked: bool
    transfer_asked: bool
    takes_nil: bool


class Mine(NamedTuple):
    """A unit's list.

    ``returned`` and ``owed`` come by due moment; ``submitted`` waits for the office, the latest first;
    ``done`` is the last ten of what is settled. ``closed`` counts what was never handed in, or never made
    good, and can no longer be.
    """

    returned: tuple[Item, ...]
    owed: tuple[Item, ...]
    submitted: tuple[Item, ...]
    done: tuple[Item, ...]
    closed: int


def mine(session: Session, unit_id: int, now: datetime) -> Mine:
    """Give what a unit owes and has answered at ``now``, in three queries."""
    here = Obligation.unit_id == unit_id
    items = [item for item in _items(session, _active(here, now), now) if _is_taken(item, now)]
    done = _items(session, _settled(here), now)
    found = Mine(
        returned=tuple(sorted(_in(State.RETURNED, items), key=_by_due)),
        owed=tuple(sorted(_in(State.OWED, items), key=_by_due)),
        submitted=tuple(sorted(_in(State.SUBMITTED, items), key=_by_receipt, reverse=True)),
        done=tuple(sorted(done, key=_by_number, reverse=True)),
        closed=0,
    )
    unanswered = session.scalar(select(func.count()).where(here, MISSING)) or 0
    return found._replace(closed=unanswered - len(found.returned) - len(found.owed))


def _active(here: ColumnElement[bool], now: datetime) -> Select[tuple[int]]:
    """Leave out what no report can change any more: nearly ``obligations.facts.closes_at``, as SQL.

    A limit for correcting an earlier version lets a row through; the item knows the right one.
    """
    corrected = exists().where(
        Submission.obligation_id == Obligation.id,
        Verdict.submission_id == Submission.id,
        Verdict.correct_by >= now,
    )
    taken = or_(
        Obligation.state == "submitted",
        Round.locks_at.is_(None),
        Round.locks_at >= now,
        Obligation.due_at >= now,
        and_(Obligation.state == "returned", corrected),
    )
    joined = select(Obligation.id).join(Round, Round.id == Obligation.round_id)
    return joined.where(here, Obligation.state.in_(_ACTIVE), taken)


def _is_taken(item: Item, now: datetime) -> bool:
    return item.state is State.SUBMITTED or item.closes_at is None or item.closes_at >= whole_second(now)


def _settled(here: ColumnElement[bool]) -> Select[tuple[int]]:
    query = select(Obligation.id).where(here, Obligation.state.in_(_SETTLED))
    return query.order_by(Obligation.id.desc()).limit(DONE)


def _items(session: Session, ids: Select[tuple[int]], now: datetime) -> list[Item]:
    # The ids come first and alone: what an item says beside is not worked out for years that are not shown.
    rows = session.execute(_rows(now).where(Obligation.id.in_(ids.correlate(None))))
    return [_item(row, now) for row in rows]


def _rows(now: datetime) -> Select[Any]:
    sent_back = and_(Verdict.submission_id == Submission.id, Obligation.state == "returned")
    return (
        select(
            *(Obligation.id, Obligation.round_id, Obligation.due_at, Obligation.state, Obligation.nil),
            *(Obligation.credited_at, Obligation.acknowledged_at, outcome_now(now).label("mark")),
            *(Round.slug, Round.duty, Round.title, Round.ask, Round.emphasis),
            PlanRevision.title.label("plan"),
            *(Round.clause, Round.source, Round.receiver, Round.provisional, Round.urgent, Round.locks_at),
            *(Submission.version, Submission.received_at, Verdict.reason, Verdict.correct_by),
            *(_waits(Extension).label("time_asked"), _waits(Transfer).label("transfer_asked")),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .outerjoin(Submission, latest_version())
        .outerjoin(Verdict, sent_back)
    )


def _waits(table: type[Extension | Transfer]) -> ColumnElement[bool]:
    return exists().where(table.obligation_id == Obligation.id, table.decided_at.is_(None))


def _item(row: Row[Any], now: datetime) -> Item:
    ends = [at for at in (row.locks_at, row.due_at, row.correct_by) if at is not None]
    return Item(
        obligation_id=row.id,
        round_id=row.round_id,
        slug=row.slug,
        plan=row.plan,
        title=row.title,
        ask=row.ask,
        emphasis=row.emphasis,
        clause=row.clause,
        source=row.source,
        receiver=row.receiver,
        provisional=row.provisional,
        urgent=row.urgent,
        due_at=row.due_at,
        closes_at=max(ends) if row.locks_at is not None else None,
        state=State(row.state),
        outcome=OUTCOMES[int(row.mark)],
        nil=row.nil,
        overdue_by=_overdue_by(row, now),
        credited_at=row.credited_at,
        received_at=row.received_at,
        acknowledged_at=row.acknowledged_at,
        version=row.version or 0,
        return_reason=row.reason or "",
        correct_by=row.correct_by,
        time_asked=row.time_asked,
        transfer_asked=row.transfer_asked,
        takes_nil=row.duty != DECIDED,
    )


def _overdue_by(row: Row[Any], now: datetime) -> timedelta | None:
    at = row.credited_at or whole_second(now)
    if row.due_at is None or at <= row.due_at or row.state == "exempt":
        return None
    return at - row.due_at


def _in(state: State, items: list[Item]) -> list[Item]:
    return [item for item in items if item.state is state]


def _by_due(item: Item) -> tuple[bool, datetime, int]:
    return (item.due_at is None, item.due_at or _NEVER, item.obligation_id)


def _by_number(item: Item) -> int:
    return item.obligation_id


def _by_receipt(item: Item) -> tuple[datetime, int]:
    return (item.received_at or _NEVER, item.obligation_id)
