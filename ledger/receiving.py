"""A round as the office receives it: what each unit has reported, beside what it reported the last time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from ..calendar.plan import DECIDED
from ..obligations.words import Outcome, State, Verdict as Word, Via
from .marks import OUTCOMES, latest_version, outcome_now
from .tables import Extension, Obligation, Round, Submission, Transfer, Unit, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session


class Given(NamedTuple):
    """One version of a report; moments in UTC. ``late``: it came after the due moment, extensions counted."""

    submission_id: int
    version: int
    nil: bool
    answers: dict[str, Any]
    note: str
    by: str
    via: Via
    received_at: datetime
    claimed_at: datetime | None
    late: bool


class Earlier(NamedTuple):
    """What the unit reported in the round before, as it stands there."""

    nil: bool
    answers: dict[str, Any]
    received_at: datetime


class TimeAsked(NamedTuple):
    """A request for a later due moment that nobody has decided yet."""

    id: int
    asked_at: datetime
    asked_by: str
    until: datetime
    reason: str


class TransferAsked(NamedTuple):
    """A request to pass the matter on that nobody has decided yet."""

    id: int
    asked_at: datetime
    asked_by: str
    to_unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One unit of the round; moments in UTC. ``return_reason`` and ``correct_by`` while it lies returned."""

    obligation_id: int
    unit_id: int
    unit_code: str
    unit: str
    state: State
    outcome: Outcome
    due_at: datetime | None
    acknowledged_at: datetime | None
    latest: Given | None
    return_reason: str
    correct_by: datetime | None
    before: Earlier | None
    time_asked: TimeAsked | None
    transfer_asked: TransferAsked | None


@dataclass(frozen=True, slots=True)
class ReceivingSheet:
    """A round, the one before it, and some of its units by code; ``total`` counts those that match."""

    round: Round
    previous: Round | None
    rows: tuple[SheetRow, ...]
    total: int


def sheet(
    session: Session,
    round_id: int,
    now: datetime,
    *,
    states: Sequence[State] = (),
    offset: int = 0,
    limit: int = 300,
) -> ReceivingSheet:
    """Give the units of a round with their reports, in eight queries; ``states`` narrows it to some.

    Raises :class:`sqlalchemy.exc.NoResultFound` when there is no such round.
    """
    here = session.get_one(Round, round_id)
    which = Obligation.round_id == round_id
    if states:
        which = and_(which, Obligation.state.in_([str(one) for one in states]))
    total = session.scalar(select(func.count()).select_from(Obligation).where(which)) or 0
    # The page is found first: what a row says beside is not worked out for units that are not on it.
    ids = select(Obligation.id).join(Unit, Unit.id == Obligation.unit_id).where(which)
    shown = session.scalars(ids.order_by(Unit.code).offset(offset).limit(limit)).all()
    before = previous_round(session, here)
    beside = _Beside.of(session, shown, before)
    rows = session.execute(_rows(now).where(Obligation.id.in_(shown)).order_by(Unit.code))
    return ReceivingSheet(here, before, tuple(_row(row, beside) for row in rows), total)


def previous_round(session: Session, here: Round) -> Round | None:
    """Give the round of the same duty that opened last before this one; of what meetings decided none."""
    if here.duty == DECIDED:
        return None
    same = select(Round).where(Round.slug == here.slug, Round.duty == here.duty, Round.opened_at.is_not(None))
    earlier = same.where(Round.opens_at < here.opens_at)
    return session.scalar(earlier.order_by(Round.opens_at.desc(), Round.id.desc()).limit(1))


class _Beside(NamedTuple):
    """What rows say beside: earlier reports by unit, requests by obligation."""

    before: dict[int, Earlier]
    times: dict[int, TimeAsked]
    transfers: dict[int, TransferAsked]

    @classmethod
    def of(cls, session: Session, shown: Sequence[int], before: Round | None) -> _Beside:
        return cls(
            {} if before is None else _before(session, shown, before.id),
            {
                row[0]: TimeAsked(*row[1:])
                for row in session.execute(_waiting(Extension, shown, Extension.until))
            },
            {
                row[0]: TransferAsked(*row[1:])
                for row in session.execute(_waiting(Transfer, shown, Transfer.to_unit))
            },
        )


def _waiting(table: type[Extension | Transfer], shown: Sequence[int], wanted: Any) -> Select[Any]:
    columns = (table.obligation_id, table.id, table.asked_at, table.asked_by, wanted, table.reason)
    return select(*columns).where(table.obligation_id.in_(shown), table.decided_at.is_(None))


def _before(session: Session, shown: Sequence[int], round_id: int) -> dict[int, Earlier]:
    """Give by unit its latest version in another round that was not sent back."""
    units = select(Obligation.unit_id).where(Obligation.id.in_(shown))
    rows = session.execute(
        select(Obligation.unit_id, Submission.nil, Submission.answers, Submission.received_at)
        .join(Submission, Submission.obligation_id == Obligation.id)
        .outerjoin(Verdict, Verdict.submission_id == Submission.id)
        .where(Obligation.round_id == round_id, Obligation.unit_id.in_(units.correlate(None)))
        .where(or_(Verdict.verdict.is_(None), Verdict.verdict == str(Word.ACCEPTED)))
        .order_by(Submission.version)
    )
    return {row.unit_id: Earlier(row.nil, row.answers, row.received_at) for row in rows}


def _rows(now: datetime) -> Select[Any]:
    sent_back = and_(Verdict.submission_id == Submission.id, Obligation.state == "returned")
    return (
        select(
            *(Obligation.id, Obligation.unit_id, Unit.code, Unit.name, Obligation.state, Obligation.due_at),
            *(Obligation.acknowledged_at, outcome_now(now).label("mark")),
            *(Submission.id.label("submission_id"), Submission.version, Submission.nil, Submission.answers),
            *(Submission.note, Submission.by, Submission.via, Submission.received_at),
            *(Submission.claimed_at, Verdict.reason, Verdict.correct_by),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .outerjoin(Submission, latest_version())
        .outerjoin(Verdict, sent_back)
    )


def _row(row: Row[Any], beside: _Beside) -> SheetRow:
    return SheetRow(
        obligation_id=row.id,
        unit_id=row.unit_id,
        unit_code=row.code,
        unit=row.name,
        state=State(row.state),
        outcome=OUTCOMES[int(row.mark)],
        due_at=row.due_at,
        acknowledged_at=row.acknowledged_at,
        latest=_given(row),
        return_reason=row.reason or "",
        correct_by=row.correct_by,
        before=beside.before.get(row.unit_id),
        time_asked=beside.times.get(row.id),
        transfer_asked=beside.transfers.get(row.id),
    )


def _given(row: Row[Any]) -> Given | None:
    if row.submission_id is None:
        return None
    return Given(
        submission_id=row.submission_id,
        version=row.version,
        nil=row.nil,
        answers=row.answers,
        note=row.note,
        by=row.by,
        via=Via(row.via),
        received_at=row.received_at,
        claimed_at=row.claimed_at,
        late=row.due_at is not None and row.received_at > row.due_at,
    )
