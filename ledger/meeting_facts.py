"""All that there is of a meeting, for its page, its notice and its minutes on paper, and its calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..obligations.meetings import Coming, MeetingState, Sitting
from . import decisions, minutes
from .attending import Attendee, attendees
from .duties import plan_of
from .meeting_agenda import Agenda, agenda, lines
from .meetings import held, rules_of
from .tables import MeetingStep

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .decisions import DecisionStanding
    from .tables import Minutes


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting as it stands at a moment; moments in UTC.

    ``version`` counts what was done to it. ``agenda`` is what the notice says, or would say now: each with
    ``text``, and of what was proposed ``unit`` and ``proposal``, its number; ``before`` are the decisions
    that come first, ``decided`` its own. ``minutes`` holds all versions, the last of which counts.
    """

    id: int
    round_id: int
    slug: str
    year: int
    title: str
    plan: str
    issuer: str
    office: str
    clause: str
    state: MeetingState
    version: int
    number: str
    starts_at: datetime
    ends_at: datetime
    place: str
    chair: str
    notice_at: datetime
    minutes_due_at: datetime
    called_at: datetime | None
    agenda: tuple[dict[str, Any], ...]
    before: tuple[DecisionStanding, ...]
    attendees: tuple[Attendee, ...]
    minutes: tuple[Minutes, ...]
    decided: tuple[DecisionStanding, ...]
    steps: tuple[MeetingStep, ...]

    @property
    def sitting(self) -> Sitting:
        """Give it as the rules see it."""
        return Sitting(self.state, self.starts_at, self.ends_at, self.place, self.minuted_at)

    @property
    def minuted_at(self) -> datetime | None:
        """Give when the minutes were first published."""
        return self.minutes[0].at if self.minutes else None

    def answered(self, *answers: Coming) -> list[Attendee]:
        """Give the units that gave one of these answers; with none named, those that gave any."""
        return [one for one in self.attendees if one.coming in (answers or tuple(Coming))]

    @property
    def silent(self) -> list[Attendee]:
        """Give the units that have not answered to the hours that hold now."""
        return [one for one in self.attendees if one.coming is None]

    @property
    def present(self) -> list[Attendee]:
        """Give the units that were there."""
        return [one for one in self.attendees if one.present]

    @property
    def absent(self) -> list[Attendee]:
        """Give the units that were not there."""
        return [one for one in self.attendees if not one.present]


def meeting_facts(session: Session, meeting_id: int, now: datetime) -> MeetingFacts | None:
    """Give all about a meeting as it stands, or stood, at ``now``; None where there is no such meeting.

    Of a past moment all is as it was but how far decisions have come, which is as it is today: for those days
    ask ``filed_meetings``.
    """
    here = held(session, meeting_id, by=now)
    if here is None:
        return None
    step, plan = here.step, plan_of(session, here.meeting.plan_id)
    steps = list(
        session.scalars(
            select(MeetingStep)
            .where(MeetingStep.meeting_id == meeting_id, MeetingStep.at <= now)
            .order_by(MeetingStep.version)
        )
    )
    found, rules = agenda(session, here.meeting, step.starts_at, now), rules_of(session, here.round)
    return MeetingFacts(
        id=meeting_id,
        round_id=here.round.id,
        slug=here.meeting.slug,
        year=here.meeting.year,
        title=here.meeting.title,
        plan=plan.title,
        issuer=plan.issuer,
        office=plan.office,
        clause=here.round.clause,
        state=MeetingState(step.state),
        version=step.version,
        number=step.number,
        starts_at=step.starts_at,
        ends_at=step.ends_at,
        place=step.place,
        chair=step.chair,
        notice_at=step.notice_at,
        minutes_due_at=step.minutes_due_at,
        called_at=next((one.at for one in reversed(steps) if one.move == "called"), None),
        agenda=tuple(_agenda(step, found, rules.agenda if rules else ())),
        before=found.before,
        attendees=tuple(attendees(session, here, by=now)),
        minutes=tuple(minutes.versions(session, meeting_id, now)),
        decided=tuple(decisions.of_meeting(session, meeting_id, now)),
        steps=tuple(steps),
    )


def _agenda(step: MeetingStep, found: Agenda, standing: Any) -> list[dict[str, Any]]:
    """Give what the notice said; what was put on the agenda since, after it."""
    now_listed = lines(found, standing)
    if not step.agenda:
        return now_listed
    told = {one["proposal"] for one in step.agenda}
    kept = {one.id for one in found.proposals}
    said = [one for one in step.agenda if one["proposal"] is None or one["proposal"] in kept]
    since = (one for one in now_listed if one["proposal"] is not None and one["proposal"] not in told)
    return [*said, *since]
