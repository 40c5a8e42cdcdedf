"""Meetings as they stand: time, place and standing of a meeting are those of its latest step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ..obligations.errors import DubanError
from ..obligations.meetings import MeetingState, Sitting
from .duties import duty_of
from .tables import Meeting, MeetingStep, Minutes, Obligation, Round

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.plan import Meeting as Rules

LONGEST = 1000  # characters of a matter or a reason
SHORT = 100  # of a name, a post, a place


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting, its round, its latest step, and when its minutes were published (UTC), if they were."""

    meeting: Meeting
    round: Round
    step: MeetingStep
    minuted_at: datetime | None

    @property
    def sitting(self) -> Sitting:
        """Give it as the rules see it."""
        step, state = self.step, MeetingState(self.step.state)
        return Sitting(state, step.starts_at, step.ends_at, step.place, self.minuted_at)


def held(session: Session, meeting_id: int, *, lock: bool = False, by: datetime | None = None) -> Held | None:
    """Give a meeting by its number, locked for this transaction if asked; with ``by``, as it stood then.

    None where there is, or by then was, no such meeting.
    """
    query = select(Meeting).where(Meeting.id == meeting_id)
    meeting = session.scalar(query.with_for_update(key_share=True) if lock else query)
    here = select(MeetingStep).where(MeetingStep.meeting_id == meeting_id)
    first = select(Minutes.at).where(Minutes.meeting_id == meeting_id, Minutes.version == 1)
    if by is not None:
        here, first = here.where(MeetingStep.at <= by), first.where(Minutes.at <= by)
    step = session.scalars(here.order_by(MeetingStep.version.desc()).limit(1)).one_or_none()
    if meeting is None or step is None:
        return None
    return Held(meeting, session.get_one(Round, meeting.round_id), step, session.scalar(first))


def is_latest() -> ColumnElement[bool]:
    """Tell of a step whether it is the latest of its meeting, for joins."""
    newer = aliased(MeetingStep)
    last = select(func.max(newer.version)).where(newer.meeting_id == MeetingStep.meeting_id)
    return MeetingStep.version == last.correlate(MeetingStep).scalar_subquery()


def rules_of(session: Session, found: Round) -> Rules | None:
    """Give what the plan says of the meeting that a round calls; None where the office calls none."""
    duty = duty_of(session, found)
    meeting = duty.meeting if duty else None
    return meeting if meeting and meeting.convened == "office" else None


def called(session: Session, here: Held) -> list[int]:
    """Give the numbers of the units that the meeting calls: those that its round was asked of."""
    query = select(Obligation.unit_id).where(Obligation.round_id == here.round.id)
    return list(session.scalars(query.order_by(Obligation.unit_id)))


def is_called(session: Session, here: Held, unit_id: int) -> bool:
    """Tell whether a unit is among those that the meeting calls."""
    mine = select(Obligation.id).where(Obligation.round_id == here.round.id, Obligation.unit_id == unit_id)
    return session.scalar(mine) is not None


def about(meeting: Meeting) -> str:
    """Give the name under which letters and entries are about a meeting."""
    return f"meeting/{meeting.id}"


def limited(text: str, most: int = LONGEST) -> str:
    """Give what somebody typed, without the space around it; raises :class:`DubanError` when too long."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > most:
        message = f"最多写{most}字，现有{len(text)}字，请精简：{text[:20]}……"
        raise DubanError(message)
    return text
