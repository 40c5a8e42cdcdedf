"""The rows of the paper ledger of meetings (会议台账), as of a moment: what was held, decided and done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, or_, select

from ..obligations.meetings import Coming, MeetingState
from ..obligations.words import State
from .deciding import DECIDED
from .decisions import UnitStanding
from .meeting_facts import meeting_facts
from .standings import Filters, standpoints
from .tables import Decision, Meeting, Obligation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from .decisions import DecisionStanding
    from .meeting_facts import MeetingFacts
    from .standings import Standpoint

_OPEN = (State.OWED, State.RETURNED)


class FiledMeeting(NamedTuple):
    """One line: a meeting with one of its decisions, or with none. Moments in UTC, empty where unknown."""

    number: int
    title: str
    starts_at: datetime
    place: str
    chair: str
    expected: int
    present: int | None
    excused: int
    agenda: str
    decision: str
    units: str
    due_at: datetime | None
    done: str


def filed_meeting_ids(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> list[int]:
    """Give the numbers of the meetings of a plan and year that the book had by ``as_of``, in their order.

    A unit (code) asks for those that call it; a round for the meeting that it called, or that decided it.
    """
    query = select(Meeting.id).where(Meeting.made_at <= as_of)
    wanted = {Meeting.slug: filters.slug, Meeting.year: filters.year}
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if round_id is not None:
        decided = exists().where(Decision.meeting_id == Meeting.id, Decision.round_id == round_id)
        query = query.where(or_(Meeting.round_id == round_id, decided))
    if filters.unit is not None:
        calls = select(Obligation.round_id).join(Unit, Unit.id == Obligation.unit_id)
        query = query.where(Meeting.round_id.in_(calls.where(Unit.code == filters.unit)))
    return list(session.scalars(query.order_by(Meeting.id)))


def filed_meetings(
    session: Session, filters: Filters, as_of: datetime, round_id: int | None = None
) -> Iterator[FiledMeeting]:
    """Give the lines in the order of the sittings, then of the decisions; chosen as the numbers are."""
    ids = filed_meeting_ids(session, filters, as_of, round_id)
    found = [here for id_ in ids if (here := meeting_facts(session, id_, as_of)) is not None]
    found.sort(key=lambda one: (one.starts_at, one.id))
    owed = _owed(session, filters, as_of)
    for number, here in enumerate(found, start=1):
        yield from _lines(number, here, owed, as_of)


def _owed(session: Session, filters: Filters, as_of: datetime) -> dict[int, list[Standpoint]]:
    """Give how units stood with what was decided, by round."""
    decided = Filters(slug=filters.slug, year=filters.year, duty=DECIDED)
    by_round: dict[int, list[Standpoint]] = defaultdict(list)
    for one in standpoints(session, decided, as_of):
        by_round[one.round.id].append(one)
    return by_round


def _agenda(here: MeetingFacts) -> str:
    """Give what the last notice said as one line."""
    return "；".join(str(one["text"]).rstrip("。；") for one in here.steps[-1].agenda)


def _lines(
    number: int, here: MeetingFacts, owed: dict[int, list[Standpoint]], as_of: datetime
) -> Iterator[FiledMeeting]:
    head = (
        *(number, here.title, here.starts_at, here.place, here.chair, len(here.attendees)),
        len(here.present) if here.starts_at <= as_of and here.state is MeetingState.CALLED else None,
        *(len(here.answered(Coming.LEAVE)), _agenda(here)),
    )
    for one in here.decided:
        said = _standing(one, owed[one.round_id]).said
        asked = "\n".join(filter(None, (f"{one.number}．{one.text}", one.requirement)))
        units = [one.lead, *(unit.unit for unit in one.units if unit.unit != one.lead)]
        yield FiledMeeting(*head, asked, "、".join(units), one.due_at, said)
    if not here.decided:
        yield FiledMeeting(*head, "", "", None, _undecided(here, as_of))


def _standing(one: DecisionStanding, owed: list[Standpoint]) -> DecisionStanding:
    return replace(one, units=tuple(_unit(point) for point in owed))


def _unit(point: Standpoint) -> UnitStanding:
    here = point.standing
    late = here.overdue_by.days + 1 if here.overdue_by and here.state in _OPEN else 0
    return UnitStanding(point.obligation_id, point.unit, here.state, here.outcome, late)


def _undecided(here: MeetingFacts, as_of: datetime) -> str:
    if here.state is MeetingState.CANCELLED:
        why = here.steps[-1].reason
        return f"会议取消：{why}" if why else "会议取消"
    if here.minutes:
        return "没有议定事项"
    return "待召开" if as_of < here.ends_at else "会议纪要未印发"
