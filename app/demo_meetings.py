"""The joint meetings of the rehearsed year: what departments put before them, who comes, what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.dates import local_day
from ..ledger import attending, meetings, minutes, proposing
from ..ledger.deciding import NewDecision
from ..ledger.means import Doing
from ..ledger.meeting_agenda import listed
from ..ledger.proposing import Draft
from ..ledger.tables import Contact, Meeting, Unit
from ..obligations.meetings import Answer, Coming, MeetingState
from ..obligations.moments import END_OF_DAY, SHANGHAI
from .demo_cast import draws
from .demo_matters import helpers, unsolved

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..ledger.meetings import Held
    from ..tasks.works import Works

OFFICE = "打非办（演示）"
SLUG = "erong-dafei"
ABSENT = 0.1
DECIDED_WITHIN = timedelta(days=20)
LEAD, ROUTINE = "应急管理岗", "对辖区零售点联合检查一次，结果报打非办"


@dataclass(frozen=True, slots=True)
class MeetingCast:
    """Those who propose, answer, sit and decide; the seed decides who is away."""

    works: Works
    seed: int

    def act(self, now: datetime) -> list[datetime]:
        """Propose, answer notices, publish minutes; gives when the next sitting is to be attended."""
        coming: list[datetime] = []
        with self.works.book.write() as session:
            for here in _of_the_plan(session):
                if here.minuted_at is None and here.step.state == str(MeetingState.CALLED):
                    coming += self._before_or_after(session, here, now)
                elif here.step.state == str(MeetingState.PLANNED):
                    self._propose(session, here, now)
        return coming

    def sit(self, now: datetime) -> None:
        """Sign in at the sitting that goes on now."""
        with self.works.book.write() as session:
            for here in _of_the_plan(session):
                if here.step.starts_at <= now <= here.step.ends_at and here.minuted_at is None:
                    for unit_id in meetings.called(session, here):
                        if not self._is_away(here, unit_id):
                            name = _contact(session, unit_id)
                            attending.sign_in(session, here, unit_id, name, now, name)

    def _propose(self, session: Session, here: Held, now: datetime) -> None:
        """Put before a meeting what has been open longest, on behalf of the unit that has it."""
        found = unsolved(session, SLUG, now)
        if found is None:
            return
        unit = session.scalars(select(Unit).where(Unit.name == found.unit)).one()
        draft = Draft(f"{found.text}。", f"{found.tried}。", "、".join(helpers(found.unit)))
        proposing.propose(
            *(session, SLUG, draft, now, _contact(session, unit.id)),
            key=f"demo/{here.meeting.id}",
            unit_id=unit.id,
        )

    def _before_or_after(self, session: Session, here: Held, now: datetime) -> list[datetime]:
        if now < here.step.starts_at:
            self._answer(session, here, now)
            return [here.step.starts_at + timedelta(minutes=10)]
        if now > here.step.ends_at + timedelta(days=1):
            self._publish(session, here, now)
        return []

    def _answer(self, session: Session, here: Held, now: datetime) -> None:
        answered = {one.unit_id for one in attending.attendees(session, here) if one.reply is not None}
        for unit_id in meetings.called(session, here):
            if unit_id not in answered:
                name = _contact(session, unit_id)
                answer = Answer(Coming.COMING, name, "分管负责人")
                if self._is_away(here, unit_id):
                    answer = Answer(Coming.LEAVE, reason="参加县里会议")
                attending.reply(session, here, unit_id, answer, now, name)

    def _publish(self, session: Session, here: Held, now: datetime) -> None:
        """Publish what was said of the matters on the agenda, and decide about the oldest that is open."""
        until = datetime.combine(local_day(now + DECIDED_WITHIN), END_OF_DAY, SHANGHAI)
        matters = [one.text.rstrip("。") for one in listed(session, here.meeting.id, now)]
        found = unsolved(session, SLUG, now)
        unit, what = (found.unit, found.decided) if found else (LEAD, ROUTINE)
        names = helpers(unit)
        decision = NewDecision(f"{what}。", tuple(names), until, names[0], "办结后书面报打非办。")
        said = "；".join(matters) or "没有单位提出难以解决的问题"
        minuted = (
            f"会议通报了本季“打非”形势。各单位提请研究的问题：{said}。会议逐项研究，明确了牵头单位和时限。"
        )
        minutes.publish_minutes(session, here, minuted, [decision], Doing(now, OFFICE, self.works.means))

    def _is_away(self, here: Held, unit_id: int) -> bool:
        return draws(self.seed, "away", here.meeting.id, unit_id).random() < ABSENT


def _of_the_plan(session: Session) -> list[Held]:
    ids = session.scalars(select(Meeting.id).where(Meeting.slug == SLUG).order_by(Meeting.id)).all()
    return [here for number in ids if (here := meetings.held(session, number, lock=True)) is not None]


def _contact(session: Session, unit_id: int) -> str:
    who = select(Contact.name).where(Contact.unit_id == unit_id).order_by(Contact.id).limit(1)
    return session.scalar(who) or "负责同志"
