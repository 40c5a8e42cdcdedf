"""What the clock does to meetings: prepares them, gathers what is proposed, calls, asks for minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select

from ..calendar.dates import local_day
from ..obligations.meetings import MeetingState
from . import addressed, convening, journal, meeting_letters, proposing
from .agenda import Due
from .audiences import active
from .convening import as_it_stands
from .duties import plan_of
from .homes import within
from .means import Doing
from .meetings import about, held, rules_of
from .tables import Meeting, Obligation, Round, Submission, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means
    from .meetings import Held

BY = "duban"


def to_prepare(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds whose meeting is to be prepared, and those whose reports put matters before it."""
    there = exists().where(Meeting.round_id == Round.id)
    # What was opened once it should have begun is for the office to see to: the call says so.
    ahead = or_(Round.starts_at > now, Round.opened_at >= Round.starts_at)
    opened = select(Round, Round.opened_at).where(
        Round.flow == "meeting", Round.opened_at.is_not(None), ahead, ~there
    )
    new = [row for row in session.execute(opened.order_by(Round.id)) if rules_of(session, row[0])]
    more = exists().where(
        Obligation.round_id == Meeting.round_id,
        Submission.obligation_id == Obligation.id,
        Submission.id > Meeting.gathered,
    )
    told = select(Round, Meeting.next_at).join(Meeting, Meeting.round_id == Round.id)
    said = session.execute(told.where(Meeting.next_at.is_not(None), more).order_by(Round.id)).all()
    return _due("meetings", [*new, *((row[0], now) for row in said)])


def prepare(session: Session, one: Due, now: datetime, means: Means) -> str | None:
    """Prepare a round's meeting and gather what was put before it; gives what was done."""
    found = session.get_one(Round, one.id)
    # Reports that are being written are waited for: one that got an earlier number would be passed over.
    owed = select(Obligation.id).where(Obligation.round_id == found.id).order_by(Obligation.id)
    session.execute(owed.with_for_update(read=True)).all()
    said = ["列入筹备"] if convening.prepare(session, found, now, means.workdays) else []
    meeting_id = session.scalar(select(Meeting.id).where(Meeting.round_id == found.id))
    here = held(session, meeting_id, lock=True) if meeting_id else None
    if here is not None and (count := proposing.gather(session, here, now)):
        said.append(f"收到议题{count}条")
    return "，".join(said) or None


def to_call(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the rounds whose meeting is to be called, or whose minutes are owed."""
    rows = select(Round, Meeting.next_at).join(Meeting, Meeting.round_id == Round.id)
    return _due("sittings", session.execute(rows.where(Meeting.next_at <= now).order_by(Round.id)).all())


def call(session: Session, one: Due, now: datetime, means: Means) -> str | None:
    """Call a round's meeting, or ask the office for its minutes; gives what was done, None for nothing."""
    meeting_id = session.scalar(select(Meeting.id).where(Meeting.round_id == one.id))
    here = held(session, meeting_id, lock=True) if meeting_id else None
    if here is None or here.meeting.next_at is None or here.meeting.next_at > now:
        return None
    doing = Doing(now, BY, means)
    planned = here.sitting.state is MeetingState.PLANNED
    return _call(session, here, doing) if planned else _ask_for_minutes(session, here, doing)


def _due(what: str, rows: Iterable[Row[Any] | tuple[Any, ...]]) -> list[Due]:
    return [Due(what, "meeting", one.title, one.slug, one.duty, one.period, at, one.id) for one, at in rows]


def _call(session: Session, here: Held, doing: Doing) -> str:
    if here.step.starts_at <= doing.now:
        here.meeting.next_at = None
        return "会议通知没有发出，会议没有召开，请办公室另定时间或取消"
    if not here.step.place:
        here.meeting.next_at = here.step.starts_at
        return "地点没有填写，会议通知待办公室发出"
    notes = proposing.list_all(session, here, doing.now, doing.by)
    sent = convening.call(session, here, as_it_stands(here), doing)
    journal.append_many(session, doing.now, doing.by, notes)
    listed = f"，列入议题{len(notes)}条" if notes else ""
    untold = f"，{'、'.join(sent.untold)}没有联系人，请电话通知" if sent.untold else ""
    return f"发出会议通知{sent.letters}封{listed}{untold}"


def _ask_for_minutes(session: Session, here: Held, doing: Doing) -> str:
    limit = here.step.minutes_due_at
    late = doing.now > limit
    here.meeting.next_at = None if late else limit + timedelta(seconds=1)
    letter = meeting_letters.minutes_owed(here.meeting, here.step, late=late)
    slot = doing.means.slots(doing.now, False).first  # noqa: FBT003 - as the means are called
    sent = addressed.address(session, _office(session, here, doing), letter, slot)
    said = "会议纪要逾期" if late else "会议纪要今日到期"
    detail = {"meeting": here.meeting.id, "limit": limit, "late": late, "letters": sent.letters}
    journal.append(session, doing.now, doing.by, "meeting.reminded", about(here.meeting), detail)
    return f"{said}，提醒{sent.letters}人"


def _office(session: Session, here: Held, doing: Doing) -> list[int]:
    """Give the unit that is the plan's office, where the roster has one of that name."""
    office = plan_of(session, here.meeting.plan_id).office
    named = Unit.name == office, active(local_day(doing.now))
    return list(session.scalars(select(Unit.id).where(*named, within(session, here.meeting.slug))))
