"""Who comes to a meeting and who was there: replies to the notice, and signing in at the sitting.

The meeting comes locked from ``meetings.held``. Each act leaves an entry in the journal, last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ..obligations import meetings as rules
from ..obligations.errors import DubanError
from ..obligations.meetings import Answer, Coming, PresentBy
from . import journal, unit_names
from .kept_meetings import PRESENCES, REPLIES
from .meetings import SHORT, about, is_called, limited
from .tables import MeetingReply, MeetingStep, Obligation, Presence, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from .meetings import Held


class Attendee(NamedTuple):
    """A unit that is called, its latest reply, ``stale`` if to other hours, and whether it was there."""

    unit_id: int
    code: str
    unit: str
    reply: MeetingReply | None
    stale: bool
    presence: Presence | None

    @property
    def coming(self) -> Coming | None:
        """Give what it answered to the hours that hold now, if it did."""
        return Coming(self.reply.coming) if self.reply and not self.stale else None

    @property
    def present(self) -> PresentBy | None:
        """Give how it came into the book that it was there; None when it was not."""
        return PresentBy(self.presence.how) if self.presence and self.presence.present else None


def attendees(
    session: Session, here: Held, unit_id: int | None = None, by: datetime | None = None
) -> list[Attendee]:
    """Give the units that a meeting calls, in the order of their codes; or the one asked for.

    With ``by``, as the meeting, which was read so too, stood then.
    """
    since = _since(session, here)
    name = Unit.name if by is None else unit_names.called(session, by)
    query = (
        select(Unit.id, Unit.code, name, MeetingReply, Presence)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .outerjoin(MeetingReply, _latest(MeetingReply, here.meeting.id, by))
        .outerjoin(Presence, _latest(Presence, here.meeting.id, by))
        .where(Obligation.round_id == here.round.id)
        .order_by(Unit.code)
    )
    if unit_id is not None:
        query = query.where(Unit.id == unit_id)
    return [
        Attendee(id_, code, name, reply, reply is not None and reply.version < since, there)
        for id_, code, name, reply, there in session.execute(query)
    ]


def _latest(
    table: type[MeetingReply | Presence], meeting_id: int, by: datetime | None
) -> ColumnElement[bool]:
    """Give on what to join the latest row of a unit for a meeting, or the latest by then."""
    newer = aliased(table)
    last = select(func.max(newer.id)).where(newer.meeting_id == meeting_id, newer.unit_id == Unit.id)
    if by is not None:
        last = last.where(newer.at <= by)
    return table.id == last.correlate(Unit).scalar_subquery()


def _since(session: Session, here: Held) -> int:
    """Give the version of the notice that set the hours which hold; earlier replies are to others."""
    query = select(MeetingStep.version, MeetingStep.starts_at, MeetingStep.move)
    known = (MeetingStep.meeting_id == here.meeting.id, MeetingStep.version <= here.step.version)
    rows = session.execute(query.where(*known).order_by(MeetingStep.version))
    since, hours = 0, None
    for version, starts_at, move in rows:
        if starts_at != hours or move == str(rules.MeetingMove.CALLED):
            since, hours = version, starts_at
    return since


def reply(session: Session, here: Held, unit_id: int, answer: Answer, now: datetime, by: str) -> MeetingReply:
    """Let a unit say whether it comes and who, or say it anew.

    Raises :class:`DubanError` once the meeting has begun, or when a name or a reason lacks.
    """
    _refuse_uncalled(session, here, unit_id)
    rules.check_reply(here.sitting, now, answer)
    row = MeetingReply(meeting_id=here.meeting.id, unit_id=unit_id, version=here.step.version, at=now, by=by)
    row.coming, row.reason = str(answer.coming), limited(answer.reason)
    row.name, row.post = limited(answer.name, SHORT), limited(answer.post, SHORT)
    session.add(row)
    session.flush()
    journal.append(session, now, by, "meeting.replied", about(here.meeting), REPLIES.said(row))
    return row


def sign_in(session: Session, here: Held, unit_id: int, name: str, now: datetime, by: str) -> Presence:
    """Let a unit sign in by its link, at the meeting only; a second time is the first.

    Raises :class:`DubanError` before and after the sitting.
    """
    _refuse_uncalled(session, here, unit_id)
    rules.check_sign_in(here.sitting, now)
    if not name.strip():
        raise DubanError("请填写签到人的姓名。")
    there = attendees(session, here, unit_id)[0].presence
    if there is not None and there.present:
        return there
    return _enter(session, here, _Mark(unit_id, PresentBy.LINK, name), now, by)


def mark_present(
    session: Session, here: Held, unit_ids: Collection[int], reason: str, now: datetime, by: str
) -> int:
    """Take the office's ticks of who is there: all who are, the others are not; gives how many changed.

    At the meeting without a reason; afterwards with one, and marked as entered afterwards. Raises
    :class:`DubanError` before the meeting, and once the minutes are published.
    """
    how = PresentBy.DESK
    if not rules.may_sign_in(here.sitting, now) and now > here.sitting.ends_at:
        rules.check_late_entry(here.sitting, now, reason)
        how = PresentBy.LATE
    else:
        rules.check_sign_in(here.sitting, now)
    changed = [one for one in attendees(session, here) if bool(one.present) != (one.unit_id in unit_ids)]
    for one in changed:
        name = one.reply.name if one.reply and not one.present else ""
        mark = _Mark(one.unit_id, how, name, reason, present=not one.present)
        _enter(session, here, mark, now, by)
    return len(changed)


class _Mark(NamedTuple):
    """What is to be entered of a unit."""

    unit_id: int
    how: PresentBy
    name: str
    reason: str = ""
    present: bool = True


def _enter(session: Session, here: Held, mark: _Mark, now: datetime, by: str) -> Presence:
    row = Presence(meeting_id=here.meeting.id, unit_id=mark.unit_id, at=now, by=by, how=str(mark.how))
    row.name, row.reason, row.present = limited(mark.name, SHORT), limited(mark.reason), mark.present
    session.add(row)
    session.flush()
    journal.append(session, now, by, "meeting.attended", about(here.meeting), PRESENCES.said(row))
    return row


def _refuse_uncalled(session: Session, here: Held, unit_id: int) -> None:
    if not is_called(session, here, unit_id):
        raise DubanError("该单位不在本次会议的参会范围。")
