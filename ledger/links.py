"""Links for contacts: made with each digest, opened without a password, expiring and revocable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from . import channels, journal
from .parcels import LINK_MESSAGES
from .tables import Contact, Link, Message, PlanHome, Unit
from .tokens import fingerprint
from .upsert import insert_new, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Purpose = Literal["list", "board", "feed"]
LASTS = {"list": timedelta(days=45), "board": timedelta(days=400), "feed": timedelta(days=400)}
RENEWAL_PAUSE = timedelta(hours=1)  # one new link an hour, however often it is asked for
_FAILED = Message.state.in_(("dead", "withdrawn"))
_SORRY = {
    "unknown": "这个链接无效，可能没有复制完整。",
    "expired": "这个链接已过有效期。",
    "revoked": "这个链接已停用。",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Whom a link is for. ``purpose`` says what it opens; ``expires_at`` is in UTC.

    ``path`` is the unit's way from the root where townships share the book, else empty.
    """

    link_id: int
    purpose: str
    expires_at: datetime
    contact_id: int
    contact: str
    unit_id: int
    unit_code: str
    unit: str
    path: str


class LinkRefusedError(DubanError):
    """A link that does not open, with a kind sentence; ``contact_id`` is whose it was, if it was one."""

    def __init__(self, why: Literal["unknown", "expired", "revoked"], contact_id: int | None = None) -> None:
        super().__init__(_SORRY[why])
        self.why, self.contact_id = why, contact_id


def write(
    session: Session, made: Sequence[tuple[str, int, int | None]], purpose: Purpose, now: datetime
) -> None:
    """Keep links that are about to be handed out: (token, contact id, message id)."""
    rows = [
        {
            "token_hash": fingerprint(token),
            "contact_id": contact_id,
            "message_id": message_id,
            "purpose": purpose,
            "made_at": now,
            "expires_at": now + LASTS[purpose],
        }
        for token, contact_id, message_id in made
    ]
    if rows:
        session.execute(insert(Link), rows)


def make(session: Session, contact_id: int, purpose: Purpose, token: str, now: datetime, by: str) -> None:
    """Make a link that somebody asked for, and enter who did."""
    write(session, [(token, contact_id, None)], purpose, now)
    journal.append(session, now, by, "link.made", f"contact/{contact_id}", {"purpose": purpose})


_LINKS, _CONTACTS, _UNITS = (table.__table__ for table in (Link, Contact, Unit))
# Built once and without entities: every request of a unit begins with it.
_BY_TOKEN = (
    select(
        *(_LINKS.c.id, _LINKS.c.purpose, _LINKS.c.expires_at, _LINKS.c.revoked_at, _LINKS.c.contact_id),
        *(_CONTACTS.c.name, _CONTACTS.c.active, _CONTACTS.c.unit_id, _UNITS.c.code),
        *(_UNITS.c.name.label("unit"), _UNITS.c.path),
        exists(select(PlanHome.__table__.c.slug)).label("shared"),
    )
    .join(_CONTACTS, _CONTACTS.c.id == _LINKS.c.contact_id)
    .join(_UNITS, _UNITS.c.id == _CONTACTS.c.unit_id)
    .where(_LINKS.c.token_hash == bindparam("token_hash"))
)


def open_link(session: Session, token: str, now: datetime) -> Opened:
    """Give whom the token is for; raises :class:`LinkRefusedError` for one that does not open."""
    row = session.execute(_BY_TOKEN, {"token_hash": fingerprint(token)}).one_or_none()
    if row is None:
        raise LinkRefusedError("unknown")
    if row.revoked_at is not None or not row.active:
        raise LinkRefusedError("revoked", row.contact_id if row.active else None)
    if row.expires_at <= now:
        raise LinkRefusedError("expired", row.contact_id)
    whom = (row.contact_id, row.name, row.unit_id, row.code, row.unit, row.path if row.shared else "")
    return Opened(row.id, row.purpose, row.expires_at, *whom)


def revoke(session: Session, contact_id: int, now: datetime, by: str) -> int:
    """Revoke every link of a contact; gives how many still opened. They open no more from this moment on."""
    live = and_(Link.contact_id == contact_id, Link.revoked_at.is_(None), Link.expires_at > now)
    count = rows_of(session, update(Link).where(live).values(revoked_at=now))
    if count:
        journal.append(session, now, by, "links.revoked", f"contact/{contact_id}", {"links": count})
    return count


def send_new(session: Session, contact_id: int, now: datetime, by: str | None = None) -> bool:
    """Put a message with a new link into the outbox, to the channel on file; at most one an hour.

    ``by`` is who in the office sends it, None when somebody asks in the contact's own name; the message says
    which. It leaves at once, at any hour: somebody is waiting for it. For whom is reached in a group of
    several units it is written to the folder, for the office to hand over. Gives whether one was put there;
    what could not be delivered or was withdrawn does not bar the next.
    """
    if _sent_lately(session, contact_id, now):
        return False
    values = {
        "key": _key(session, contact_id, now),
        "purpose": "link" if by is None else "office-link",
        "contact_id": contact_id,
        "channel_id": _way(session, contact_id),
        "send_on": local_day(now),
        "urgent": True,
        "not_before": now,
    }
    if (made := insert_new(session, Message, values, ("key",))) is None:
        return False
    name = session.scalar(select(Contact.name).where(Contact.id == contact_id))
    told = {"name": name, "message": made}
    action = "link.asked" if by is None else "link.sent"
    journal.append(session, now, by or "duban", action, f"contact/{contact_id}", told)
    return True


def waits(session: Session, contact_id: int) -> bool:
    """Tell whether a message with a new link for a contact has still to leave."""
    waiting = Message.state.in_(("queued", "sending"))
    return session.scalar(select(Message.id).where(_brings(contact_id), waiting).limit(1)) is not None


def _brings(contact_id: int) -> ColumnElement[bool]:
    return and_(Message.contact_id == contact_id, Message.purpose.in_(LINK_MESSAGES))


def _sent_lately(session: Session, contact_id: int, now: datetime) -> bool:
    # What a clock that ran ahead has dated forbids nothing.
    near = Message.not_before > now - RENEWAL_PAUSE, Message.not_before < now + RENEWAL_PAUSE
    lately = or_(and_(*near, ~_FAILED), Message.state == "queued")
    return session.scalar(select(Message.id).where(_brings(contact_id), lately).limit(1)) is not None


def _key(session: Session, contact_id: int, now: datetime) -> str:
    """Give a key that two who ask at once share, and that what failed before does not hold."""
    failed = select(func.count()).select_from(Message).where(_brings(contact_id), _FAILED)
    again = session.scalar(failed)
    return f"l-{now:%Y%m%dT%H}-{contact_id}" + (f"-{again}" if again else "")


def _way(session: Session, contact_id: int) -> int | None:
    found = session.scalar(select(Contact.channel_id).where(Contact.id == contact_id))
    return None if found is not None and channels.shared(session, [found]) else found


def contact_named(session: Session, unit: str, person: str) -> int | None:
    """Give the contact whom somebody without a link says to be; None for nobody, or more than one."""
    found = session.scalars(
        select(Contact.id)
        .join(Unit, Unit.id == Contact.unit_id)
        .where(or_(Unit.name == unit, Unit.code == unit), Contact.name == person, Contact.active)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
