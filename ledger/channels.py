"""The channels of the book: their settings are kept encrypted and leave only for the sender."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from ..calendar.faults import nearest
from ..obligations.errors import DubanError
from . import journal, outbox
from .scope import root_of
from .states import SENDING
from .tables import Attempt, Channel, Contact, Message, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .secrets import SecretBox

# Two moments one minute apart may be 61 seconds apart once their fractions are cut off.
WINDOW = timedelta(seconds=61)
# Attempts lie in the order in which they were written down, which is theirs to within a batch.
LOOSE = timedelta(minutes=10)
CHUNK = 500
DEFAULT = "默认"
ROBOTS = ("wecom", "dingtalk", "feishu")


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel with its settings in the clear, not in its repr; ``trouble`` is why it cannot send."""

    id: int
    name: str
    kind: str
    per_minute: int | None
    settings: Mapping[str, Any] = field(repr=False)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as it may be shown: nothing secret."""

    name: str
    kind: str
    per_minute: int | None
    active: bool
    contacts: int


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel to add; its settings are secret and not in its repr."""

    name: str
    kind: str
    per_minute: int | None
    settings: Mapping[str, Any] = field(repr=False)


def add(session: Session, box: SecretBox, new: NewChannel, now: datetime, actor: str) -> bool:
    """Add a channel, or replace the one of that name; tells whether it is new.

    The journal says that it changed, never what is in it.
    """
    row = session.scalar(select(Channel).where(Channel.name == new.name))
    fresh = row is None
    row = row or Channel(name=new.name, unit_id=root_of(session))
    row.kind, row.per_minute, row.active = new.kind, new.per_minute, True
    row.secret = box.seal(new.settings)
    session.add(row)
    session.flush()
    detail = {"kind": new.kind, "per_minute": new.per_minute, "settings": sorted(new.settings)}
    journal.append(session, now, actor, "channel.set", new.name, detail)
    return fresh


def rows(session: Session) -> list[ChannelRow]:
    """Give the channels by name, each with how many contacts it reaches."""
    found = session.execute(
        select(Channel.name, Channel.kind, Channel.per_minute, Channel.active, func.count(Contact.id))
        .outerjoin(Contact, Contact.channel_id == Channel.id)
        .group_by(Channel.id)
        .order_by(Channel.name)
    )
    return [ChannelRow(*row) for row in found]


def shared(session: Session, ids: Collection[int]) -> set[int]:
    """Give which of these channels are groups that people of several units read.

    A robot posts for everybody in its group; what opens one unit's list has no place there.
    """
    of_robots = select(Channel.id).where(Channel.id.in_(ids), Channel.kind.in_(ROBOTS))
    several = (
        select(Contact.channel_id)
        .where(Contact.channel_id.in_(of_robots), Contact.active)
        .group_by(Contact.channel_id)
        .having(func.min(Contact.unit_id) != func.max(Contact.unit_id))
    )
    return {number for number in session.scalars(several) if number is not None} if ids else set()


def everything(session: Session, box: SecretBox) -> dict[int, ChannelFacts]:
    """Give the channels by id, opened with the key; one that cannot be used says why and stops no other."""
    return {row.id: _usable(row, box) for row in session.scalars(select(Channel))}


def _usable(row: Channel, box: SecretBox) -> ChannelFacts:
    if not row.active:
        return ChannelFacts(row.id, row.name, row.kind, row.per_minute, {}, f"渠道“{row.name}”已停用")
    try:
        return _open(row, box)
    except DubanError as wrong:
        return ChannelFacts(row.id, row.name, row.kind, row.per_minute, {}, f"渠道“{row.name}”：{wrong}")


def _open(row: Channel, box: SecretBox) -> ChannelFacts:
    settings = box.open(row.secret) if row.secret else {}
    return ChannelFacts(row.id, row.name, row.kind, row.per_minute, settings)


def named(session: Session, box: SecretBox, name: str) -> ChannelFacts:
    """Give one channel by name; raises :class:`DubanError` with the nearest name when there is none."""
    return _open(_row(session, name), box)


def _row(session: Session, name: str) -> Channel:
    row = session.scalar(select(Channel).where(Channel.name == name))
    if row is None:
        raise DubanError(_unknown("渠道", name, session.scalars(select(Channel.name))))
    return row


def _in_use(session: Session, name: str) -> int:
    row = _row(session, name)
    session.refresh(row, with_for_update={"read": True})  # whoever takes it out of use waits
    if not row.active:
        raise DubanError(f"渠道“{name}”已停用，请另选一个。")
    return row.id


def _unknown(what: str, name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    near = nearest(name, known)
    hint = f"；是否想写“{near}”？" if near else "。"
    return f"没有{what}“{name}”{hint}现有：{'、'.join(known) or '（无）'}。"


def use(session: Session, contact_names: tuple[str, str], channel: str, now: datetime, actor: str) -> int:
    """Let a contact (unit code or name, contact's name) be reached through a channel from now on.

    ``默认`` is the outbox folder. What already waits goes the new way too; gives how many messages that were.
    Raises :class:`DubanError` for a channel that is out of use.
    """
    contact = _contact(session, *contact_names)
    contact.channel_id = None if channel == DEFAULT else _in_use(session, channel)
    moved = outbox.redirect(session, contact.id, contact.channel_id)
    detail = {"channel": channel, "messages": moved}
    journal.append(session, now, actor, "contact.channel", "/".join(contact_names), detail)
    return moved


def _contact(session: Session, unit: str, person: str) -> Contact:
    named_so = or_(Unit.code == unit, Unit.name == unit)
    if session.scalar(select(Unit.id).where(named_so).limit(1)) is None:
        raise DubanError(_unknown("单位", unit, session.scalars(select(Unit.name))))
    rows = session.scalars(select(Contact).join(Unit, Unit.id == Contact.unit_id).where(named_so))
    known = {contact.name: contact for contact in rows}
    if person not in known:
        raise DubanError(f"“{unit}”{_unknown('联系人', person, known)}")
    return known[person]


def places_left(session: Session, channel_id: int, per_minute: int, mine: set[int], now: datetime) -> int:
    """Give how many more letters a channel may take within this minute, over all workers.

    ``mine`` are the messages that the caller has claimed. The channel's row is locked until the transaction
    ends, so that two workers do not count the same places.
    """
    session.execute(select(Channel.id).where(Channel.id == channel_id).with_for_update(key_share=True))
    flying = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(SENDING, Message.channel_id == channel_id, Message.id.not_in(mine))
    )
    return max(0, per_minute - _tried(session, channel_id, now) - (flying or 0))


def _tried(session: Session, channel_id: int, now: datetime) -> int:
    """Count a channel's letters of this minute, from the last backwards, so the cost follows what is new.

    What a clock that ran ahead has dated further ahead than two machines differ holds up nothing.
    """
    count, before, since, until = 0, None, now - WINDOW, now + LOOSE
    while True:
        query = select(Attempt.id, Attempt.at, Message.channel_id).join(
            Message, Message.id == Attempt.message_id
        )
        query = query if before is None else query.where(Attempt.id < before)
        rows_ = session.execute(query.order_by(Attempt.id.desc()).limit(CHUNK)).all()
        count += sum(since < row.at <= until and row.channel_id == channel_id for row in rows_)
        if len(rows_) < CHUNK or rows_[-1].at < since - LOOSE:
            return count
        before = rows_[-1].id
