"""Letters about one thing to the people of units: a sheet, a meeting, an event; beside the daily digest.

The text is written beforehand; the link is put in as the letter leaves. A unit without a contact cannot be
told, and the caller learns of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, cast, literal, select, update

from . import journal
from .parcels import LETTER
from .states import QUEUED
from .tables import Contact, Message, Unit
from .upsert import insert_selected, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ..calendar.slots import Slot

_COLUMNS = (
    *("key", "purpose", "about", "contact_id", "channel_id", "send_on", "urgent", "not_before", "state"),
    *("attempts", "subject", "body", "answer", "wording"),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said about one thing; ``about`` names it (``sheet/12``), ``mark`` this among others.

    The same mark about the same thing is one letter to each contact, however often it is addressed. With
    :data:`parcels.NOTICE` as its purpose it brings no link.
    """

    about: str
    mark: str
    subject: str
    text: str
    urgent: bool = False
    purpose: str = LETTER


class Addressed(NamedTuple):
    """How many letters were put into the outbox, and the names of the units that have nobody to tell."""

    letters: int
    untold: tuple[str, ...]


class Told(NamedTuple):
    """One letter about a thing: to whom, and what became of it (UTC)."""

    message_id: int
    unit: str
    contact: str
    subject: str
    state: str
    not_before: datetime
    sent_at: datetime | None
    answer: str


def address(session: Session, unit_ids: Collection[int], letter: Letter, slot: Slot) -> Addressed:
    """Put a letter into the outbox for every active contact of these units, to leave in ``slot``."""
    key = literal(f"a-{letter.about}-{letter.mark}-") + cast(Contact.id, String)
    rows = (
        select(
            *(key, literal(letter.purpose), literal(letter.about), Contact.id, Contact.channel_id),
            *(literal(slot.day, Message.send_on.type), literal(letter.urgent)),
            literal(slot.not_before, Message.not_before.type),
            *(literal("queued"), literal(0), literal(letter.subject), literal(""), literal("")),
            literal(letter.text),
        )
        .where(Contact.unit_id.in_(unit_ids), Contact.active)
        .order_by(Contact.id)
    )
    count = insert_selected(session, Message, _COLUMNS, rows, "ON CONFLICT (key) DO NOTHING")
    reached = select(Contact.unit_id).where(Contact.unit_id.in_(unit_ids), Contact.active)
    untold = select(Unit.name).where(Unit.id.in_(unit_ids), Unit.id.not_in(reached)).order_by(Unit.id)
    return Addressed(count, tuple(session.scalars(untold)))


def address_each(session: Session, letters: Mapping[int, Letter], slot: Slot) -> Addressed:
    """Put a letter of its own into the outbox for the active contacts of each unit; as many statements."""
    contacts = select(Contact.id, Contact.unit_id, Contact.channel_id)
    people = session.execute(contacts.where(Contact.unit_id.in_(letters), Contact.active)).all()
    rows = [_row(one.id, one.channel_id, letters[one.unit_id], slot) for one in people]
    if rows:
        session.execute(upsert(session, Message).on_conflict_do_nothing(index_elements=["key"]), rows)
    alone = set(letters) - {one.unit_id for one in people}
    untold = session.scalars(select(Unit.name).where(Unit.id.in_(alone)).order_by(Unit.id))
    return Addressed(len(rows), tuple(untold))


def _row(contact_id: int, channel_id: int | None, letter: Letter, slot: Slot) -> dict[str, Any]:
    """Give a letter as :func:`address` writes it."""
    key = f"a-{letter.about}-{letter.mark}-{contact_id}"
    when = (slot.day, letter.urgent, slot.not_before)
    values = (key, letter.purpose, letter.about, contact_id, channel_id, *when)
    return dict(zip(_COLUMNS, (*values, "queued", 0, letter.subject, "", "", letter.text), strict=True))


def alone(session: Session, unit_id: int | None) -> bool:
    """Tell whether a unit has nobody to be told."""
    someone = select(Contact.id).where(Contact.unit_id == unit_id, Contact.active).limit(1)
    return unit_id is not None and session.scalar(someone) is None


def recall(
    session: Session,
    about: str,
    now: datetime,
    by: str,
    *,
    but: str | None = None,
    only: str | None = None,
    of: int | None = None,
) -> int:
    """Withdraw what is still queued about a thing, since it no longer holds; gives how many letters.

    ``but`` is the mark of the letter that holds now, ``only`` of the one that does not, ``of`` the unit whose
    people alone it no longer holds for.
    """
    waiting = update(Message).where(Message.about == about, QUEUED).values(state="withdrawn")
    if but is not None:
        waiting = waiting.where(~Message.key.startswith(f"a-{about}-{but}-", autoescape=True))
    if only is not None:
        waiting = waiting.where(Message.key.startswith(f"a-{about}-{only}-", autoescape=True))
    if of is not None:
        waiting = waiting.where(Message.contact_id.in_(select(Contact.id).where(Contact.unit_id == of)))
    ids = sorted(session.scalars(waiting.returning(Message.id).execution_options(synchronize_session=False)))
    if ids:
        journal.append(session, now, by, "messages.withdrawn", "outbox", {"messages": ids})
    return len(ids)


def told(session: Session, about: str) -> list[Told]:
    """Give the letters about a thing, in the order in which they were addressed."""
    return _told(session, Message.about == about)


def told_in(session: Session, message_ids: Collection[int]) -> list[Told]:
    """Give these messages in the same way."""
    return _told(session, Message.id.in_(message_ids)) if message_ids else []


def _told(session: Session, which: ColumnElement[bool]) -> list[Told]:
    rows = session.execute(
        select(
            *(Message.id, Unit.name, Contact.name, Message.subject, Message.state, Message.not_before),
            *(Message.sent_at, Message.answer),
        )
        .join(Contact, Contact.id == Message.contact_id)
        .join(Unit, Unit.id == Contact.unit_id)
        .where(which)
        .order_by(Message.id)
    )
    return [Told(*row) for row in rows]
