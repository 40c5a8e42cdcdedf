"""Tables of what is said: the outbox, the notices it carries, the attempts to send."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base, BigId, Id, one_of
from .types import BigKey

MESSAGE_STATES = ("queued", "sending", "sent", "dead", "withdrawn")
NOTICE_STATES = ("due", "sent", "withdrawn", "superseded", "no_contact")
_QUEUED = text("state = 'queued'")
_DEAD = text("state = 'dead'")
_WITHDRAWN = text("state = 'withdrawn'")
_SENDING = text("state = 'sending'")
_ABOUT = text("about IS NOT NULL")
_NOBODY = text("contact_id IS NULL")


class Message(Base):
    """One digest to one contact: a row before it is sent. ``key`` stays the same whatever is retried.

    ``purpose`` is null for a digest, ``link`` or ``office-link`` for a message that only brings a new link,
    ``letter`` for one written beforehand about one thing, which ``about`` names (``sheet/12``), ``notice``
    for such a one without a link; ``wording`` is what it was to say before the link was put in.
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("state", MESSAGE_STATES),
        # In the order in which they leave: the next few are taken without a look at the rest of the queue.
        Index(
            *("ix_messages_queued", "urgent", "not_before", "id"),
            sqlite_where=_QUEUED,
            postgresql_where=_QUEUED,
        ),
        Index("ix_messages_dead", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
        Index("ix_messages_withdrawn", "id", sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN),
        Index(None, "channel_id", "id"),
        Index(None, "send_on", "id"),
        Index("ix_messages_about", "about", sqlite_where=_ABOUT, postgresql_where=_ABOUT),
        Index("ix_messages_sending", "claimed_at", sqlite_where=_SENDING, postgresql_where=_SENDING),
    )

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str | None]
    about: Mapped[str | None]
    wording: Mapped[str | None]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"))
    send_on: Mapped[date]
    urgent: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")


class Notice(Base):
    """One reminder owed for one obligation to one contact; without a contact, that nobody can be told."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("cue_id", "obligation_id", "contact_id"),
        one_of("state", NOTICE_STATES),
        # Two nulls are never equal, so the key above does not stop a second notice that has no contact.
        Index(
            "ux_notices_nobody",
            "cue_id",
            "obligation_id",
            unique=True,
            sqlite_where=_NOBODY,
            postgresql_where=_NOBODY,
        ),
    )

    id: Mapped[BigId]
    cue_id: Mapped[int] = mapped_column(ForeignKey("cues.id"))
    obligation_id: Mapped[int] = mapped_column(BigKey, ForeignKey("obligations.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    message_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("messages.id"), index=True)
    state: Mapped[str] = mapped_column(default="due")
    created_at: Mapped[datetime]


class Attempt(Base):
    """One try to send a message, with the provider's own answer. Never changed or deleted."""

    __tablename__ = "attempts"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), index=True)
    at: Mapped[datetime]
    ok: Mapped[bool]
    permanent: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="")
