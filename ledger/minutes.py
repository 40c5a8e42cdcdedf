"""Minutes of a meeting, published once and corrected by a new version; its decisions become obligations.

The meeting comes locked from ``meetings.held``. Each act leaves its entries in the journal, last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from ..obligations import meetings as rules
from . import addressed, journal, meeting_letters
from .deciding import Decided, NewDecision, decide, read
from .kept_meetings import DECISIONS, MINUTES
from .meetings import about, called, limited
from .tables import Minutes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Doing
    from .meetings import Held

__all__ = ["NewDecision", "Published", "correct_minutes", "publish_minutes", "versions"]
LONGEST = 20_000  # characters of minutes


class Published(NamedTuple):
    """What publishing did: the version, how many decisions became obligations, who was told of it."""

    version: int
    decisions: int
    letters: int
    untold: tuple[str, ...]


def publish_minutes(
    session: Session, here: Held, text: str, decisions: Sequence[NewDecision], doing: Doing
) -> Published:
    """Publish a meeting's minutes: what it decided is asked of the units from now on.

    Raises :class:`DubanError` before the meeting, a second time, or when a decision does not say what, by
    whom, until when, or names a unit that is not there.
    """
    rules.check_publish(here.sitting, doing.now, text)
    return _publish(session, here, text, "", decisions, doing)


def correct_minutes(
    session: Session, here: Held, text: str, reason: str, decisions: Sequence[NewDecision], doing: Doing
) -> Published:
    """Publish a new version that says why; decisions made stay as they are, further ones are added."""
    rules.check_correct(here.sitting, text, reason)
    return _publish(session, here, text, reason, decisions, doing)


def versions(session: Session, meeting_id: int, by: datetime) -> list[Minutes]:
    """Give all versions of a meeting's minutes that were published by then, the first first."""
    here = select(Minutes).where(Minutes.meeting_id == meeting_id, Minutes.at <= by)
    return list(session.scalars(here.order_by(Minutes.version)))


def _publish(
    session: Session, here: Held, text: str, reason: str, decisions: Sequence[NewDecision], doing: Doing
) -> Published:
    chosen = [read(session, one, doing.now) for one in decisions]
    row = _row(session, here, limited(text, LONGEST), limited(reason), doing)
    made = decide(session, here, row, chosen, doing)
    here.meeting.next_at = None
    slot = doing.means.slots(doing.now, False).first  # noqa: FBT003 - as the means are called
    letter = meeting_letters.minutes(here.meeting, row, [one.row for one in made])
    sent = addressed.address(session, called(session, here), letter, slot)
    _enter(session, here, row, made, doing)
    return Published(row.version, len(made), sent.letters, sent.untold)


def _row(session: Session, here: Held, text: str, reason: str, doing: Doing) -> Minutes:
    last = select(func.max(Minutes.version)).where(Minutes.meeting_id == here.meeting.id)
    row = Minutes(meeting_id=here.meeting.id, version=(session.scalar(last) or 0) + 1, text=text)
    row.at, row.by, row.reason = doing.now, doing.by, reason
    session.add(row)
    session.flush()
    return row


def _enter(session: Session, here: Held, row: Minutes, made: Sequence[Decided], doing: Doing) -> None:
    subject, action = about(here.meeting), "minutes.corrected" if row.version > 1 else "minutes.published"
    notes = [journal.Note(action, subject, MINUTES.said(row))]
    notes += [journal.Note("decision.made", subject, DECISIONS.said(one.row)) for one in made]
    journal.append_many(session, doing.now, doing.by, notes)
    journal.append_many(session, doing.now, "duban", [one.opened for one in made])
