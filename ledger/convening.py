"""Calling a meeting: prepared when its round opens, arranged, called, changed, called off.

A step is added and never changed. The meeting comes locked from ``meetings.held``. Each act leaves an entry
in the journal, last of all; whoever has been told of a meeting is told of each change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..calendar import sittings
from ..calendar.dates import local_day
from ..obligations import meetings as rules
from ..obligations.errors import DubanError
from ..obligations.meetings import MeetingMove, MeetingState, Sitting
from . import addressed, journal, locks, meeting_letters
from .kept_meetings import MEETING_STEPS, MEETINGS
from .meeting_agenda import agenda, lines
from .meetings import SHORT, Held, about, called, limited, rules_of
from .tables import Meeting, MeetingStep
from .upsert import insert_new

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .addressed import Addressed, Letter
    from .means import Doing
    from .tables import Round

NEAR = timedelta(days=1)  # what would be told so shortly before a meeting, or later, is told at once
MINUTES = 5  # workdays for them, where the plan no longer says


@dataclass(frozen=True, slots=True)
class Arrangement:
    """When and where a meeting is, who chairs it, and the number of its notice.

    A notice without a number gets the next of its plan as it leaves.
    """

    starts_at: datetime
    ends_at: datetime
    place: str
    chair: str = ""
    number: str = ""


class _Done(NamedTuple):
    """What is done to a meeting, how it stands then, and why."""

    move: MeetingMove
    state: MeetingState
    reason: str = ""


def as_it_stands(here: Held) -> Arrangement:
    """Give time, place and chair as they are, to call a meeting as it was arranged."""
    step = here.step
    return Arrangement(step.starts_at, step.ends_at, step.place, step.chair, step.number)


def prepare(session: Session, found: Round, now: datetime, workdays: Workdays) -> Held | None:
    """Put the meeting of an opened round into the book, as the plan has it; a second call changes nothing."""
    plan = rules_of(session, found)
    if plan is None or found.starts_at is None or found.ends_at is None:
        return None
    values = {"round_id": found.id, "plan_id": found.plan_id, "slug": found.slug, "year": found.year}
    values |= {"title": found.title.replace(" · ", ""), "made_at": now, "gathered": 0}
    written = insert_new(session, Meeting, values, ("round_id",))
    if written is None:
        return None  # another worker has just done it
    meeting = session.get_one(Meeting, written)
    to = Arrangement(found.starts_at, found.ends_at, plan.place, plan.chair or found.receiver)
    done = _Done(MeetingMove.PREPARED, MeetingState.PLANNED)
    step = _dated(session, MeetingStep(meeting_id=meeting.id, version=1), found, to, workdays)
    _add(session, step, done, now, "duban")
    meeting.next_at = step.notice_at
    entered = [("meeting.made", MEETINGS.said(meeting)), ("meeting.prepared", MEETING_STEPS.said(step))]
    notes = [journal.Note(action, about(meeting), said) for action, said in entered]
    journal.append_many(session, now, "duban", notes)
    return Held(meeting, found, step, None)


def arrange(session: Session, here: Held, to: Arrangement, doing: Doing) -> None:
    """Set time and place before anybody is told. Raises :class:`DubanError` when they cannot be."""
    rules.check_arrange(here.sitting, _sitting(here, to), doing.now)
    locks.numbers(session)
    _check_number(session, here, to.number)
    step = _step(session, here, to, _Done(MeetingMove.ARRANGED, MeetingState.PLANNED), doing)
    here.meeting.next_at = step.notice_at
    _enter(session, step, doing)


def call(session: Session, here: Held, to: Arrangement, doing: Doing) -> Addressed:
    """Send the notice with the agenda to every unit called; gives how many letters, and who cannot be told.

    Raises :class:`DubanError` when it has gone already, or time or place will not do.
    """
    rules.check_call(here.sitting, _sitting(here, to), doing.now)
    locks.numbers(session)
    _check_number(session, here, to.number)
    to = replace(to, number=to.number or _next_number(session, here, doing.now))
    step = _step(session, here, to, _Done(MeetingMove.CALLED, MeetingState.CALLED), doing)
    here.meeting.next_at = meeting_letters.minutes_day(step)
    sent = _tell(session, here, step, meeting_letters.notice(here.meeting, step), doing)
    _enter(session, step, doing)
    return sent


def change(session: Session, here: Held, to: Arrangement, reason: str, doing: Doing) -> Addressed:
    """Change time, place or chair of a called meeting and tell everybody anew; gives what :func:`call` does.

    Raises :class:`DubanError` once it has begun, or without a reason.
    """
    rules.check_change(here.sitting, _sitting(here, to), doing.now, reason)
    was = here.step
    if (was.starts_at, was.ends_at, was.place, was.chair) == (to.starts_at, to.ends_at, to.place, to.chair):
        raise DubanError("时间、地点和召集人都没有改动，无需重新通知。")
    locks.numbers(session)
    _check_number(session, here, to.number)
    to = replace(to, number=to.number or was.number)
    step = _step(session, here, to, _Done(MeetingMove.CHANGED, MeetingState.CALLED, reason), doing)
    here.meeting.next_at = meeting_letters.minutes_day(step)
    sent = _tell(session, here, step, meeting_letters.changed(here.meeting, was, step), doing)
    addressed.recall(session, about(here.meeting), doing.now, doing.by, but=meeting_letters.mark(step))
    _enter(session, step, doing)
    return sent


def cancel(session: Session, here: Held, reason: str, doing: Doing) -> Addressed | None:
    """Call a meeting off; whoever was told of it is told. None where nobody had been told yet."""
    rules.check_cancel(here.sitting, doing.now, reason)
    told = here.step.state == str(MeetingState.CALLED)
    done = _Done(MeetingMove.CANCELLED, MeetingState.CANCELLED, reason)
    step = _step(session, here, as_it_stands(here), done, doing)
    here.meeting.next_at = None
    sent = None
    if told:
        sent = _tell(session, here, step, meeting_letters.cancelled(here.meeting, step), doing)
        addressed.recall(session, about(here.meeting), doing.now, doing.by, but=meeting_letters.mark(step))
    _enter(session, step, doing)
    return sent


def _next_number(session: Session, here: Held, now: datetime) -> str:
    """Give the next number of a plan's notices in the year in which they leave, as ``会议〔2023〕1号``.

    One that the office chose itself is not given twice.
    """
    series = f"会议〔{local_day(now).year}〕"
    known = select(MeetingStep.number).join(Meeting, Meeting.id == MeetingStep.meeting_id).distinct()
    here_ = (Meeting.slug == here.meeting.slug, MeetingStep.number.startswith(series))
    taken = set(session.scalars(known.where(*here_)))
    return next(one for n in count(1) if (one := f"{series}{n}号") not in taken)


def _check_number(session: Session, here: Held, number: str) -> None:
    """Refuse a number under which another meeting of the plan was called."""
    other = (MeetingStep.number == number, MeetingStep.meeting_id != here.meeting.id)
    same = select(Meeting.title).join(MeetingStep, MeetingStep.meeting_id == Meeting.id)
    same = same.where(*other, Meeting.slug == here.meeting.slug).limit(1)
    if number and (title := session.scalar(same)) is not None:
        raise DubanError(f"文号“{number}”已用于“{title}”的会议通知，请另编文号。")


def _sitting(here: Held, to: Arrangement) -> Sitting:
    return Sitting(here.sitting.state, to.starts_at, to.ends_at, to.place, here.minuted_at)


def _step(session: Session, here: Held, to: Arrangement, done: _Done, doing: Doing) -> MeetingStep:
    step = MeetingStep(meeting_id=here.meeting.id, version=here.step.version + 1)
    _dated(session, step, here.round, to, doing.means.workdays)
    step.chair = step.chair or here.step.chair
    if done.state is MeetingState.CALLED:
        plan = rules_of(session, here.round)
        listed = agenda(session, here.meeting, step.starts_at, doing.now)
        step.agenda = lines(listed, plan.agenda if plan else ())
    return _add(session, step, done, doing.now, doing.by)


def _dated(
    session: Session, step: MeetingStep, found: Round, to: Arrangement, workdays: Workdays
) -> MeetingStep:
    """Write into a step when and where, and what the plan makes of it for notice and minutes."""
    plan = rules_of(session, found)
    step.number, step.place, step.chair = (limited(text, SHORT) for text in (to.number, to.place, to.chair))
    step.starts_at, step.ends_at = to.starts_at, to.ends_at
    notice, minutes = (plan.notice, plan.minutes) if plan else (0, MINUTES)
    step.notice_at = sittings.notice_at(to.starts_at, notice, found.due_at, workdays)
    step.minutes_due_at = sittings.minutes_due(to.ends_at, minutes, workdays)
    return step


def _add(session: Session, step: MeetingStep, done: _Done, now: datetime, by: str) -> MeetingStep:
    step.move, step.state, step.reason = str(done.move), str(done.state), limited(done.reason)
    step.at, step.by = now, by
    session.add(step)
    session.flush()
    return step


def _tell(session: Session, here: Held, step: MeetingStep, letter: Letter, doing: Doing) -> Addressed:
    slot = doing.means.slots(doing.now, False).first  # noqa: FBT003 - as the means are called
    if late := slot.not_before > step.starts_at - NEAR:
        slot = doing.means.slots(doing.now, True).first  # noqa: FBT003
    return addressed.address(session, called(session, here), replace(letter, urgent=late), slot)


def _enter(session: Session, step: MeetingStep, doing: Doing) -> None:
    action, subject = f"meeting.{step.move}", f"meeting/{step.meeting_id}"
    journal.append(session, doing.now, doing.by, action, subject, MEETING_STEPS.said(step))
