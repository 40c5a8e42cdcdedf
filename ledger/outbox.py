"""The outbox: a message is a row before it is sent, is claimed by one worker, and keeps the answer to it.

Nothing is lost: a claim that its worker never finished is swept back. A crash repeats at most what had left
and was not yet recorded, which is one letter for each sending thread, under the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, tuple_, update

from . import journal
from .states import QUEUED, SENDING
from .tables import Attempt, Base, Contact, Message, Notice
from .upsert import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Update
    from sqlalchemy.orm import InstrumentedAttribute, Session

STUCK_AFTER = timedelta(minutes=15)
ACTOR = "duban"
_UNCLAIMED: dict[str, Any] = {"claimed_at": None, "claimed_by": None}

# Built once and without entities: each answer from a provider goes through them.
_MESSAGES, _NOTICES, _ATTEMPTS = (
    Base.metadata.tables[one.__tablename__] for one in (Message, Notice, Attempt)
)
_TRIED = insert(_ATTEMPTS).returning(_ATTEMPTS.c.id)
# One statement for all that were taken, whatever each was answered: on PostgreSQL the threads wait for each.
_SENT = (
    update(_MESSAGES)
    .where(
        _ATTEMPTS.c.id.in_(bindparam("_tries", expanding=True)),
        _ATTEMPTS.c.ok,
        _MESSAGES.c.id == _ATTEMPTS.c.message_id,
        _MESSAGES.c.state != "sent",
    )
    .values(state="sent", sent_at=_ATTEMPTS.c.at, answer=_ATTEMPTS.c.answer, **_UNCLAIMED)
)
_SAID = (
    update(_NOTICES)
    .where(_NOTICES.c.message_id.in_(bindparam("_ids", expanding=True)), _NOTICES.c.state == "due")
    .values(state="sent")
)
_RETRY = func.coalesce(bindparam("_retry", type_=_MESSAGES.c.not_before.type), _MESSAGES.c.not_before)
_FAILED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("_id"), SENDING, _MESSAGES.c.attempts == bindparam("_attempt"))
    .values(state=bindparam("_state"), answer=bindparam("_answer"), not_before=_RETRY, **_UNCLAIMED)
)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try, made at ``at``; without ``retry_at`` it was sent, or never will be (both UTC).

    ``attempt`` is the number under which the message was claimed, so that a worker that was slower than the
    sweeper does not undo what another has done since. ``unsaid``: the notices that had no room in its text.
    """

    message_id: int
    attempt: int
    ok: bool
    permanent: bool
    answer: str
    at: datetime
    retry_at: datetime | None = None
    unsaid: tuple[int, ...] = ()

    @property
    def fate(self) -> str:
        """Give the state that the message takes."""
        if self.ok:
            return "sent"
        return "dead" if self.retry_at is None else "queued"


def claim(
    session: Session, now: datetime, worker: str, limit: int, *, urgent_only: bool = False
) -> list[int]:
    """Take up to ``limit`` messages that may leave by ``now``; no other worker gets them. Gives their ids.

    ``urgent_only`` is for quiet hours and rest days, which hold everything else back, also what is late.
    Raises :class:`journal.ClockWentBack` and takes nothing when the answers could not be entered at ``now``.
    """
    journal.refuse_old(session, now)
    # Looked for and taken in two statements: in one, PostgreSQL may run the inner select again and take more.
    ids = _ready(session, now, limit, Message.urgent)
    if not urgent_only and len(ids) < limit:
        ids += _ready(session, now, limit - len(ids), ~Message.urgent)
    taken = {"state": "sending", "claimed_at": now, "claimed_by": worker, "attempts": Message.attempts + 1}
    session.execute(_update(ids).values(taken))
    return ids


def _ready(
    session: Session, now: datetime, limit: int, which: ColumnElement[bool] | InstrumentedAttribute[bool]
) -> list[int]:
    """Lock the first messages that may leave, of the urgent or of the others, in the order of their index."""
    ready = select(Message.id).where(QUEUED, which, Message.not_before <= now)
    first = ready.order_by(Message.not_before, Message.id).limit(limit)
    return list(session.scalars(first.with_for_update(skip_locked=True, key_share=True)))


def _update(ids: Sequence[int]) -> Update:
    return update(Message).where(Message.id.in_(ids)).execution_options(synchronize_session=False)


def hold(session: Session, claims: Sequence[tuple[int, int]], worker: str, now: datetime) -> set[int]:
    """Renew claims, (message id, attempt), which the sweeper then leaves alone; gives those still held."""
    mine = and_(SENDING, Message.claimed_by == worker, tuple_(Message.id, Message.attempts).in_(claims))
    renewed = update(Message).where(mine).values(claimed_at=now).returning(Message.id)
    return set(session.scalars(renewed.execution_options(synchronize_session=False)))


def withdraw(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Withdraw claimed messages that have nothing left to say; it counts as no attempt."""
    if ids:
        session.execute(_update(ids).values(state="withdrawn", attempts=Message.attempts - 1, **_UNCLAIMED))
        journal.append(session, now, ACTOR, "messages.withdrawn", "outbox", {"messages": sorted(ids)})


def release(session: Session, ids: Sequence[int], until: datetime) -> None:
    """Put back claimed messages that a robot's limit holds up till ``until``; it counts as no attempt."""
    if ids:
        back = {"state": "queued", "not_before": until, "attempts": Message.attempts - 1, **_UNCLAIMED}
        session.execute(_update(ids).values(back))


def record(session: Session, results: Sequence[Result], now: datetime) -> None:
    """Write down what was answered: an attempt for each, the message's new state, one journal entry.

    It is not refused for a clock that went back meanwhile: what has left has left. The entry then takes the
    time of the last one.
    """
    if not results:
        return
    rows = [
        {
            "message_id": one.message_id,
            "at": one.at,
            "ok": one.ok,
            "permanent": one.permanent,
            "answer": one.answer,
        }
        for one in results
    ]
    tries = session.connection().execute(_TRIED, rows).scalars().all()
    _settle_sent(session, [one for one in results if one.ok], tries)
    _settle_failed(session, [one for one in results if not one.ok])
    told = [[one.message_id, one.fate, one.answer] for one in results]
    journal.append_done(session, now, ACTOR, journal.Note("messages.tried", "outbox", {"results": told}))


def _settle_sent(session: Session, results: list[Result], tries: Sequence[int]) -> None:
    if not results:
        return
    connection = session.connection()
    connection.execute(_SENT, {"_tries": tries})
    if whole := [one.message_id for one in results if not one.unsaid]:
        connection.execute(_SAID, {"_ids": whole})
    for one in results:
        if one.unsaid:
            connection.execute(_SAID.where(_NOTICES.c.id.not_in(one.unsaid)), {"_ids": [one.message_id]})
            _carry_on(session, one)


def _carry_on(session: Session, one: Result) -> None:
    """Let what had no room in a message follow in one of its own; it counts as sent only when that is.

    When there was room for nothing there would be none in the next either: the notices stay due, unsent.
    """
    here = Notice.message_id == one.message_id
    left = and_(here, Notice.state == "due", Notice.id.in_(one.unsaid))
    waiting = session.scalar(select(func.count()).where(left))
    if not waiting or not session.scalar(select(func.count()).where(here, Notice.state == "sent")):
        return
    names = ("key", "contact_id", "channel_id", "send_on", "urgent")
    columns = [getattr(Message, name) for name in names]
    row = session.execute(select(*columns).where(Message.id == one.message_id)).one()
    values = dict(zip(names, row, strict=True)) | {"key": f"{row.key}-more", "not_before": one.at}
    following = session.scalar(insert(Message).values(values).returning(Message.id))
    session.execute(update(Notice).where(left).values(message_id=following))


def _settle_failed(session: Session, results: list[Result]) -> None:
    if not results:
        return
    rows = [
        {
            "_id": r.message_id,
            "_attempt": r.attempt,
            "_state": r.fate,
            "_answer": r.answer,
            "_retry": r.retry_at,
        }
        for r in results
    ]
    session.connection().execute(_FAILED, rows)


def sweep(session: Session, now: datetime) -> list[int]:
    """Put back what a worker claimed more than a quarter of an hour ago and never finished; gives the ids.

    What was claimed so far ahead of ``now`` was so by a clock that has been put right since.
    """
    long_ago = or_(Message.claimed_at < now - STUCK_AFTER, Message.claimed_at > now + STUCK_AFTER)
    stuck = and_(SENDING, long_ago)
    swept = _requeue(session, update(Message).where(stuck).values(state="queued", **_UNCLAIMED))
    if swept:
        journal.append(session, now, ACTOR, "messages.swept", "outbox", {"messages": swept})
    return swept


def requeue_dead(session: Session, ids: Sequence[int] | None, now: datetime, actor: str) -> list[int]:
    """Give dead letters another round of attempts, all of them or those named; gives the ids.

    Each goes through the channel that its contact has now, since the old one may have been the trouble. Those
    to a contact who is switched off stay dead.
    """
    told = Message.contact_id.in_(select(Contact.id).where(Contact.active))
    which = and_(Message.state == "dead", told)
    if ids is not None:
        which = and_(which, Message.id.in_(ids))
    channel = select(Contact.channel_id).where(Contact.id == Message.contact_id).scalar_subquery()
    again = {"state": "queued", "attempts": 0, "not_before": now, "channel_id": channel}
    woken = _requeue(session, update(Message).where(which).values(again))
    if woken:
        journal.append(session, now, actor, "messages.requeued", "outbox", {"messages": woken})
    return woken


def _requeue(session: Session, statement: Update) -> list[int]:
    back = statement.returning(Message.id).execution_options(synchronize_session=False)
    return sorted(session.scalars(back))


def redirect(session: Session, contact_id: int, channel_id: int | None) -> int:
    """Let what waits for a contact leave through another channel; gives how many messages that were."""
    waiting = update(Message).where(Message.contact_id == contact_id, QUEUED).values(channel_id=channel_id)
    return rows_of(session, waiting.execution_options(synchronize_session=False))
