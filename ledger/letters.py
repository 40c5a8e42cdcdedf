"""What was said to whom, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from .tables import Channel, Contact, Message, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Sent:
    """A message and what became of it; ``channel`` is empty for the outbox folder, moments are UTC."""

    id: int
    key: str
    state: str
    unit: str
    contact: str
    channel: str | None
    urgent: bool
    send_on: date
    not_before: datetime
    sent_at: datetime | None
    attempts: int
    subject: str
    answer: str


def messages(session: Session, state: str | None, limit: int) -> list[Sent]:
    """Give the messages in a state, or in any, the newest first."""
    query = (
        select(
            *(Message.id, Message.key, Message.state, Unit.name, Contact.name, Channel.name, Message.urgent),
            *(Message.send_on, Message.not_before, Message.sent_at, Message.attempts),
            *(Message.subject, Message.answer),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .outerjoin(Channel, Channel.id == Message.channel_id)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    rows = session.execute(query if state is None else query.where(Message.state == state))
    return [Sent(*row) for row in rows]
