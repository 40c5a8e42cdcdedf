"""The people of units, and the links that they have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from .tables import Channel, Contact, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


class Links(NamedTuple):
    """The links of one purpose that open now: how many, and until when the last does (UTC)."""

    purpose: str
    number: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person at a unit; ``channel`` is empty for the outbox folder, ``links`` are those that open now."""

    id: int
    name: str
    phone: str
    email: str
    channel_id: int | None
    channel: str
    active: bool
    links: tuple[Links, ...]


def contact(session: Session, contact_id: int, *, lock: bool = False) -> Contact | None:
    """Give a person by their number; with ``lock``, locked until the transaction ends."""
    query = select(Contact).where(Contact.id == contact_id)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def contacts(session: Session, unit_ids: Iterable[int], now: datetime) -> dict[int, list[ContactRow]]:
    """Give the people of units, by unit: who is reached first, those switched off last."""
    rows = session.execute(
        select(Contact, Channel.name.label("channel"))
        .outerjoin(Channel, Channel.id == Contact.channel_id)
        .where(Contact.unit_id.in_(list(unit_ids)))
        .order_by(Contact.active.desc(), Contact.id)
    ).all()
    live = _links(session, [one.id for one, _ in rows], now)
    found: dict[int, list[ContactRow]] = defaultdict(list)
    for one, channel in rows:
        facts = (one.id, one.name, one.phone, one.email, one.channel_id, channel or "", one.active)
        found[one.unit_id].append(ContactRow(*facts, tuple(live[one.id])))
    return found


def _links(session: Session, ids: Sequence[int], now: datetime) -> dict[int, list[Links]]:
    rows = session.execute(
        select(Link.contact_id, Link.purpose, func.count(), func.max(Link.expires_at))
        .where(Link.contact_id.in_(ids), Link.revoked_at.is_(None), Link.expires_at > now)
        .group_by(Link.contact_id, Link.purpose)
        .order_by(Link.contact_id, Link.purpose)
    )
    found: dict[int, list[Links]] = defaultdict(list)
    for contact_id, *rest in rows:
        found[contact_id].append(Links(*rest))
    return found
