"""Tables of who owes and how to reach them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base, Id, one_of

# Compared sign by sign, whatever language the server sorts by.
_Way = Text().with_variant(Text(collation="C"), "postgresql")
CHANNEL_KINDS = ("file", "email", "webhook", "wecom", "dingtalk", "feishu")


class Unit(Base):
    """An organisation in the tree. It is active on a day when opened_on <= day < closed_on.

    ``path`` is its way from the root by numbers, its own included, as ``/1/5/23/``. The database keeps it:
    nobody else writes it, and what an object in memory says of it may be old.
    """

    __tablename__ = "units"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    path: Mapped[str] = mapped_column(_Way, default="", server_default="", index=True)


class UnitTag(Base):
    """A word by which audiences select a unit."""

    __tablename__ = "unit_tags"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Channel(Base):
    """A way to send. ``secret`` is the sealed JSON of its settings; see ``secrets.SecretBox``.

    ``unit_id`` is the root of the subtree whose own it is; without one it is common to the book.
    """

    __tablename__ = "channels"
    __table_args__ = (one_of("kind", CHANNEL_KINDS),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    per_minute: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))


class Contact(Base):
    """A person at a unit; without a channel they are reached through the default file channel."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channels.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
