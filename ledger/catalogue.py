"""What the book holds, in parts that a reader asks for one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.orm import aliased

from ..obligations.words import State
from .marks import OUTCOMES, outcome_now
from .paging import Cut, Part, part
from .states import MISSING
from .tables import (
    Channel,
    Contact,
    Exemption,
    JournalEntry,
    Message,
    Obligation,
    PlanRevision,
    PlanYear,
    Round,
    Submission,
    Unit,
    UnitTag,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from ..obligations.words import Outcome


@dataclass(frozen=True, slots=True)
class RoundFilters:
    """Which rounds; an empty one is all. ``due_after`` is the first second, ``due_before`` is left out.

    ``opened_by`` leaves out what was opened later or is not yet.
    """

    slug: str | None = None
    duty: str | None = None
    period: str | None = None
    year: int | None = None
    opened: bool | None = None
    opened_by: datetime | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObligationFilters:
    """Which obligations; an empty one is all. ``unit`` is a code; due moments count extensions."""

    slug: str | None = None
    duty: str | None = None
    period: str | None = None
    year: int | None = None
    round_id: int | None = None
    unit: str | None = None
    state: State | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None


def plans(session: Session) -> Sequence[Row[Any]]:
    """Give each revision of each plan: slug, revision, title, office, sha256, adopted_at, id."""
    columns = (PlanRevision.slug, PlanRevision.revision, PlanRevision.title, PlanRevision.office)
    query = select(*columns, PlanRevision.sha256, PlanRevision.adopted_at, PlanRevision.id)
    return session.execute(query.order_by(PlanRevision.slug, PlanRevision.revision)).all()


def plan_years(session: Session) -> dict[int, list[int]]:
    """Give the years in which each revision is in force, by its id."""
    found: dict[int, list[int]] = {}
    for row in session.execute(select(PlanYear.plan_id, PlanYear.year).order_by(PlanYear.year)):
        found.setdefault(row.plan_id, []).append(row.year)
    return found


def units(session: Session, cut: Cut) -> Part:
    """Give units, closed ones too: id, code, name, kind, parent (a code), opened_on, closed_on."""
    above = aliased(Unit)
    query = select(
        *(Unit.id, Unit.code, Unit.name, Unit.kind, above.code.label("parent")),
        *(Unit.opened_on, Unit.closed_on),
    ).outerjoin(above, above.id == Unit.parent_id)
    return part(session, query, Unit.id, cut)


def unit_tags(session: Session, unit_ids: Iterable[int]) -> dict[int, list[str]]:
    """Give the tags of units, by id."""
    found: dict[int, list[str]] = {}
    query = select(UnitTag.unit_id, UnitTag.tag).where(UnitTag.unit_id.in_(list(unit_ids)))
    for unit_id, tag in session.execute(query.order_by(UnitTag.unit_id, UnitTag.tag)):
        found.setdefault(unit_id, []).append(tag)
    return found


def rounds(session: Session, filters: RoundFilters, cut: Cut) -> Part:
    """Give rounds, planned ones too, with their dates and how many units owe."""
    query = select(
        *(Round.id, Round.slug.label("plan"), Round.duty, Round.period, Round.year, Round.name, Round.title),
        *(Round.kind, Round.clause, Round.urgent, Round.provisional, Round.opens_at, Round.due_at),
        *(Round.locks_at, Round.opened_at, Round.expected),
    )
    chosen = _named(filters) + _between(Round.due_at, filters)
    if filters.opened is not None:
        chosen.append(Round.opened_at.is_not(None) if filters.opened else Round.opened_at.is_(None))
    if filters.opened_by is not None:
        chosen.append(Round.opened_at <= filters.opened_by)
    return part(session, query.where(*chosen), Round.id, cut)


def obligations(session: Session, filters: ObligationFilters, now: datetime, cut: Cut) -> Part:
    """Give obligations as they stand at ``now``, no earlier than the last move.

    ``outcome`` in a row is a number; :func:`outcome_of` reads it.
    """
    query = _obligations(now).where(*_chosen(filters))
    return part(session, query, Obligation.id, cut)


def obligation(session: Session, obligation_id: int, now: datetime) -> Row[Any]:
    """Give one row of :func:`obligations`, which is there."""
    return session.execute(_obligations(now).where(Obligation.id == obligation_id)).one()


def outcome_of(row: Row[Any]) -> Outcome:
    """Give the outcome in a row of :func:`obligations`."""
    number: int = row.outcome
    return OUTCOMES[number]


def latest_version(session: Session, obligation_id: int) -> int:
    """Give the number of the latest version that came for an obligation, 0 for none."""
    query = select(func.max(Submission.version)).where(Submission.obligation_id == obligation_id)
    return session.scalar(query) or 0


def exemption(session: Session, obligation_id: int) -> Exemption | None:
    """Give why a unit was let off, if it was."""
    return session.scalar(select(Exemption).where(Exemption.obligation_id == obligation_id))


def messages(session: Session, state: str | None, cut: Cut) -> Part:
    """Give messages, the oldest first, with what became of them."""
    query = (
        select(
            *(Message.id, Message.state, Message.purpose, Message.urgent, Unit.code.label("unit_code")),
            *(Unit.name.label("unit"), Contact.name.label("contact"), Channel.name.label("channel")),
            *(Message.send_on, Message.not_before, Message.sent_at, Message.attempts),
            *(Message.subject, Message.body, Message.answer),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
    )
    if state is not None:
        # In a literal, so that the partial indexes over what is queued or being sent may serve.
        query = query.where(Message.state == literal_column(f"'{state}'"))
    return part(session, query, Message.id, cut)


def entries(session: Session, cut: Cut) -> Part:
    """Give entries of the journal as they are hashed."""
    query = select(
        *(JournalEntry.seq, JournalEntry.at, JournalEntry.actor, JournalEntry.action, JournalEntry.subject),
        *(JournalEntry.detail, JournalEntry.previous, JournalEntry.hash),
    )
    return part(session, query, JournalEntry.seq, cut)


def _obligations(now: datetime) -> Select[Any]:
    return (
        select(
            *(Obligation.id, Obligation.round_id, Round.slug.label("plan"), Round.duty, Round.period),
            *(Round.title, Unit.code.label("unit_code"), Unit.name.label("unit"), Obligation.state),
            *(Obligation.nil, Obligation.due_at, Obligation.credited_at, Obligation.acknowledged_at),
            outcome_now(now).label("outcome"),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(Unit, Unit.id == Obligation.unit_id)
    )


def _chosen(filters: ObligationFilters) -> list[ColumnElement[bool]]:
    chosen = _between(Obligation.due_at, filters)
    if named := _named(filters):
        chosen.append(Obligation.round_id.in_(select(Round.id).where(*named)))
    if filters.round_id is not None:
        chosen.append(Obligation.round_id == filters.round_id)
    if filters.unit is not None:
        chosen.append(Obligation.unit_id.in_(select(Unit.id).where(Unit.code == filters.unit)))
    return chosen if filters.state is None else [*chosen, _in_state(filters.state)]


def _in_state(state: State) -> ColumnElement[bool]:
    """Ask for a state in the very words of the partial indexes, or by the table of the few that are in it."""
    here = Obligation.state == literal_column(f"'{state}'")
    if state in (State.OWED, State.RETURNED):
        return and_(MISSING, here)
    if state is State.EXEMPT:
        return and_(here, Obligation.id.in_(select(Exemption.obligation_id)))
    return here


def _named(filters: RoundFilters | ObligationFilters) -> list[ColumnElement[bool]]:
    wanted = (
        (Round.slug, filters.slug),
        (Round.duty, filters.duty),
        (Round.period, filters.period),
        (Round.year, filters.year),
    )
    return [column == value for column, value in wanted if value is not None]


def _between(
    column: InstrumentedAttribute[Any], filters: RoundFilters | ObligationFilters
) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if filters.due_after is not None:
        chosen.append(column >= filters.due_after)
    if filters.due_before is not None:
        chosen.append(column < filters.due_before)
    return chosen
