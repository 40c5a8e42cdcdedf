"""The channels as the office keeps them: how each does, and taking one out of use without losing anybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, literal_column, select, update

from ..obligations.errors import DubanError
from . import journal
from .granting import granted
from .states import QUEUED
from .tables import Attempt, Channel, Contact, JournalEntry, Message
from .upsert import rows_of

if TYPE_CHECKING:
    from sqlalchemy import ScalarSelect, Select
    from sqlalchemy.orm import Session

TRIED = "channel.tried"


class LastTry(NamedTuple):
    """What came of the last message that a channel was given (``at`` in UTC), in the provider's own words."""

    message_id: int
    at: datetime
    ok: bool
    answer: str


class Trial(NamedTuple):
    """What a trial of a channel was answered (``at`` in UTC)."""

    at: datetime
    ok: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, or the outbox folder (``id`` nought), with whom it reaches and what waits in it."""

    id: int
    name: str
    kind: str
    per_minute: int | None
    active: bool
    contacts: int
    waiting: int
    last: LastTry | None


def ways(session: Session) -> list[Way]:
    """Give the channels by name, nothing secret; four queries, whose cost does not follow the messages."""
    rows = session.scalars(select(Channel).order_by(Channel.active.desc(), Channel.name)).all()
    people = select(Contact.channel_id, func.count()).where(Contact.active).group_by(Contact.channel_id)
    # The sum hides the column from SQLite, which would walk all messages in the order of the groups.
    group = Message.channel_id + literal_column("0")
    waiting = _counted(session, select(group, func.count()).where(QUEUED).group_by(group))
    using = _counted(session, people)
    last = _last_tries(session)
    return [
        Way(
            *(row.id, row.name, row.kind, row.per_minute, row.active),
            *(using.get(row.id, 0), waiting.get(row.id, 0), last.get(row.id)),
        )
        for row in rows
    ]


def _counted(session: Session, query: Select[Any]) -> dict[int | None, int]:
    rows = session.execute(query)
    return {channel_id: count for channel_id, count in rows}  # noqa: C416 - rows are no pairs to the checker


def _last_tries(session: Session) -> dict[int, LastTry]:
    """Give the last try of each channel: of its newest message that was tried, the last attempt."""
    tried = select(Channel.id.label("channel_id"), _last_message().label("message_id")).subquery()
    newest = select(func.max(Attempt.id)).where(Attempt.message_id == tried.c.message_id)
    rows = session.execute(
        select(tried.c.channel_id, Attempt.message_id, Attempt.at, Attempt.ok, Attempt.answer).join(
            Attempt, Attempt.id == newest.correlate(tried).scalar_subquery()
        )
    )
    return {channel_id: LastTry(*rest) for channel_id, *rest in rows}


def _last_message() -> ScalarSelect[int]:
    here = (Message.channel_id == Channel.id, Message.attempts > 0)
    newest = select(Message.id).where(*here).order_by(Message.id.desc()).limit(1)
    return newest.correlate(Channel).scalar_subquery()


def channel(session: Session, channel_id: int) -> Channel | None:
    """Give a channel by its number."""
    return session.get(Channel, channel_id)


def taken(session: Session, name: str) -> bool:
    """Tell whether there is a channel of this name."""
    return session.scalar(granted(select(Channel.id).where(Channel.name == name))) is not None


def retire(session: Session, found: Channel, instead: int | None, now: datetime, by: str) -> tuple[int, int]:
    """Take a channel out of use; its people and what waits go through ``instead``, none the outbox folder.

    Gives how many people and messages those were. Raises :class:`DubanError` when it is out of use already,
    or the other one is itself, unknown or out of use: messages to it would be given up for dead.
    """
    other = None if instead is None else session.get(Channel, instead)
    _lock(session, found, other)
    if not found.active:
        raise DubanError(f"渠道“{found.name}”已经停用。")
    if instead is not None and (other is None or not other.active or other.id == found.id):
        raise DubanError("请另选一个启用中的渠道。")
    messages = update(Message).where(Message.channel_id == found.id, QUEUED).values(channel_id=instead)
    moved = rows_of(session, messages.execution_options(synchronize_session=False))
    people = update(Contact).where(Contact.channel_id == found.id).values(channel_id=instead)
    who = rows_of(session, people.execution_options(synchronize_session=False))
    found.active = False
    session.flush()
    told = {"instead": other.name if other else "", "contacts": who, "messages": moved}
    journal.append(session, now, by, "channel.off", found.name, told)
    return who, moved


def _lock(session: Session, found: Channel, other: Channel | None) -> None:
    """Let nobody be put on the one, nor the other go out of use, meanwhile; people come before channels."""
    on_it = select(Contact.id).where(Contact.channel_id == found.id).order_by(Contact.id)
    session.scalars(on_it.with_for_update(key_share=True)).all()
    for row in sorted((one for one in {found, other} if one is not None), key=lambda one: one.id):
        session.refresh(row, with_for_update={"key_share": row is found, "read": row is not found})


def revive(session: Session, found: Channel, now: datetime, by: str) -> None:
    """Let a channel be used again; nobody is put back on it."""
    if not found.active:
        found.active = True
        session.flush()
        journal.append(session, now, by, "channel.on", found.name, {})


def last_trial(session: Session, name: str) -> Trial | None:
    """Give what came of the last time that somebody tried a channel out."""
    which = (JournalEntry.subject == name, JournalEntry.action == TRIED)
    row = session.scalars(
        select(JournalEntry).where(*which).order_by(JournalEntry.seq.desc()).limit(1)
    ).first()
    if row is None:
        return None
    said = json.loads(row.detail)
    return Trial(row.at, said["ok"], said["answer"])


def tried(session: Session, name: str, answer: tuple[bool, str], now: datetime, by: str) -> None:
    """Enter that somebody tried a channel out, and what was answered: (taken, the provider's words)."""
    ok, text = answer
    journal.append(session, now, by, TRIED, name, {"ok": ok, "answer": text})
