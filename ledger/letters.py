"""What was said to whom, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import literal, select

from .tables import Attempt, Channel, Contact, Cue, Message, Notice, Obligation, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

STATES = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已送达渠道",
    "dead": "无法送达",
    "withdrawn": "已撤回",
}
NOTICE_STATES = {
    "due": "待发",
    "sent": "已发",
    "withdrawn": "已撤回，未发出",
    "superseded": "并入后一次提醒",
    "no_contact": "没有联系人",
}
FOLDER = 0  # stands for the outbox folder where a channel is chosen by its number


@dataclass(frozen=True, slots=True)
class Sent:
    """A message and what became of it; ``channel`` and its ``kind`` are None for the outbox folder (UTC)."""

    id: int
    key: str
    state: str
    unit: str
    contact: str
    channel: str | None
    kind: str | None
    urgent: bool
    send_on: date
    not_before: datetime
    sent_at: datetime | None
    attempts: int
    subject: str
    answer: str

    @property
    def only_filed(self) -> bool:
        """Tell whether it went no further than a folder of this machine, so that nobody has been reached."""
        return self.kind in (None, "file")


@dataclass(frozen=True, slots=True)
class LetterFilters:
    """Which messages: of a state, to units, through a channel (:data:`FOLDER` for none), for a local day."""

    state: str | None = None
    unit_ids: tuple[int, ...] | None = None
    channel_id: int | None = None
    day: date | None = None


class LetterPage(NamedTuple):
    """Some messages, the newest first, and whether there are newer and older ones."""

    rows: tuple[Sent, ...]
    newer: bool
    older: bool


class Try(NamedTuple):
    """One try to send (``at`` in UTC), with the provider's own answer."""

    at: datetime
    ok: bool
    permanent: bool
    answer: str


class Named(NamedTuple):
    """An obligation that a message was to remind of: ``kind`` is the cue's, ``state`` the notice's."""

    obligation_id: int
    round_id: int
    title: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message whole: its text as kept, every try, and what it was about."""

    head: Sent
    unit_id: int
    purpose: str | None
    body: str
    tries: tuple[Try, ...]
    named: tuple[Named, ...]


def messages(session: Session, state: str | None, limit: int) -> list[Sent]:
    """Give the messages in a state, or in any, the newest first."""
    query = _heads().order_by(Message.id.desc()).limit(limit)
    rows = session.execute(query if state is None else query.where(Message.state == state))
    return [Sent(*row) for row in rows]


def _heads(*more: Any) -> Select[Any]:
    return (
        select(
            *(Message.id, Message.key, Message.state, Unit.name, Contact.name, Channel.name, Channel.kind),
            *(Message.urgent, Message.send_on, Message.not_before, Message.sent_at, Message.attempts),
            *(Message.subject, Message.answer, *more),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
    )


def page(
    session: Session,
    filters: LetterFilters,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> LetterPage:
    """Give ``limit`` messages older than ``before``, or newer than ``after`` (numbers), or the newest.

    The cost follows the page, not the book: messages are found by number from where the last page ended.
    """
    # From an edge one looks one way; what lies at one's back is there, since one has come from it.
    back = after is not None
    where = [*_where(filters), Message.id > after] if back else _where(filters)
    where = [*where, Message.id < before] if before is not None and not back else where
    order = Message.id.asc() if back else Message.id.desc()
    ids = list(session.scalars(select(Message.id).where(*where).order_by(order).limit(limit + 1)))
    more, ids = len(ids) > limit, ids[:limit]
    rows = session.execute(_heads().where(Message.id.in_(ids)).order_by(Message.id.desc()))
    newer = more if back else before is not None
    return LetterPage(tuple(Sent(*row) for row in rows), newer, back or more)


def _where(filters: LetterFilters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.state is not None:
        # As the partial indexes spell it: a parameter would hide the word from the planner.
        where.append(Message.state == literal(filters.state, literal_execute=True))
    if filters.unit_ids is not None:
        of_unit = select(Contact.id).where(Contact.unit_id.in_(filters.unit_ids))
        where.append(Message.contact_id.in_(of_unit))
    if filters.channel_id is not None:
        through = Message.channel_id
        where.append(through.is_(None) if filters.channel_id == FOLDER else through == filters.channel_id)
    if filters.day is not None:
        where.append(Message.send_on == filters.day)
    return where


def letter(session: Session, message_id: int) -> Letter | None:
    """Give one message whole; None when there is none of this number."""
    query = _heads(Unit.id, Message.purpose, Message.body).where(Message.id == message_id)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    *head, unit_id, purpose, body = row
    return Letter(
        Sent(*head), unit_id, purpose, body, _tries(session, message_id), _named(session, message_id)
    )


def _tries(session: Session, message_id: int) -> tuple[Try, ...]:
    query = select(Attempt.at, Attempt.ok, Attempt.permanent, Attempt.answer)
    rows = session.execute(query.where(Attempt.message_id == message_id).order_by(Attempt.id))
    return tuple(Try(*row) for row in rows)


def _named(session: Session, message_id: int) -> tuple[Named, ...]:
    rows = session.execute(
        select(Notice.obligation_id, Obligation.round_id, Round.title, Cue.kind, Notice.state)
        .join(Obligation, Obligation.id == Notice.obligation_id)
        .join(Round, Round.id == Obligation.round_id)
        .join(Cue, Cue.id == Notice.cue_id)
        .where(Notice.message_id == message_id)
        .order_by(Notice.id)
    )
    return tuple(Named(*row) for row in rows)


def channel_names(session: Session, *, active: bool = False) -> list[tuple[int, str]]:
    """Give the number and name of every channel by name, or of those in use alone."""
    query = select(Channel.id, Channel.name).order_by(Channel.name)
    rows = session.execute(query.where(Channel.active) if active else query)
    return [(row.id, row.name) for row in rows]
