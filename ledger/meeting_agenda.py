"""The agenda of a meeting: first what the last ones decided and how it stands, then what was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from . import unit_names
from .decisions import DecisionStanding, standings
from .tables import Choice, Meeting, Proposal, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


class Listed(NamedTuple):
    """A proposal on an agenda; ``unit`` is empty for the office's own."""

    id: int
    text: str
    unit: str
    tried: str
    wanted: str


class Agenda(NamedTuple):
    """Decisions of the meeting before and older ones that are still open, and the proposals listed."""

    before: tuple[DecisionStanding, ...]
    proposals: tuple[Listed, ...]


def agenda(session: Session, meeting: Meeting, starts_at: datetime, now: datetime) -> Agenda:
    """Give a meeting's agenda as it stands at ``now``; ``starts_at`` is when it sits (UTC)."""
    return Agenda(tuple(_before(session, meeting, starts_at, now)), tuple(listed(session, meeting.id, now)))


def _before(session: Session, meeting: Meeting, starts_at: datetime, now: datetime) -> list[DecisionStanding]:
    """Give all that the meeting before this one decided, and of the earlier ones what is still open."""
    found = standings(session, meeting.slug, now, before=starts_at, but=meeting.id)
    last = max((one.meeting_id for one in found), default=0)
    return [one for one in found if one.meeting_id == last or not one.done]


def listed(session: Session, meeting_id: int, by: datetime) -> list[Listed]:
    """Give the proposals on a meeting's agenda by then, in the order in which they were put there."""
    name = unit_names.called(session, by)
    rows = session.execute(
        select(Proposal.id, Proposal.text, func.coalesce(name, ""), Proposal.tried, Proposal.wanted)
        .join(Choice, Choice.proposal_id == Proposal.id)
        .outerjoin(Unit, Unit.id == Proposal.unit_id)
        .where(Choice.meeting_id == meeting_id, Choice.listed, is_latest_choice(by))
        .order_by(Choice.id)
    )
    return [Listed(*row) for row in rows]


def is_latest_choice(by: datetime | None = None) -> ColumnElement[bool]:
    """Tell of a choice whether it is the latest of its proposal, or was by then, for joins."""
    newer = aliased(Choice)
    last = select(func.max(newer.id)).where(newer.proposal_id == Choice.proposal_id)
    if by is not None:
        last = last.where(newer.at <= by)
    return Choice.id == last.correlate(Choice).scalar_subquery()


def lines(found: Agenda, standing: Sequence[str]) -> list[dict[str, Any]]:
    """Give an agenda as a notice says it: the last decisions, the plan's own items, what was proposed.

    Each has ``text``, and of what was proposed ``unit`` and ``proposal``, its number.
    """
    before = len(found.before)
    undone = sum(not one.done for one in found.before)
    first = [f"上次议定事项的落实情况（{before}项，未办结{undone}项）"] if before else []
    own = [{"text": text, "unit": "", "proposal": None} for text in (*first, *standing)]
    return [*own, *({"text": one.text, "unit": one.unit, "proposal": one.id} for one in found.proposals)]
