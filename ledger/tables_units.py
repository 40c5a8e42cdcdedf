"""Tables of who owes and how to reach them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .tables_base import Base, Id, one_of

CHANNEL_KINDS = ("file", "email", "webhook", "wecom", "dingtalk", "feishu")


class Unit(Base):
    """An organisation in the tree. It is active on a day when opened_on <= day < closed_on."""

    __tablename__ = "units"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]


class UnitTag(Base):
    """A word by which audiences select a unit."""

    __tablename__ = "unit_tags"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Channel(Base):
    """A way to send. ``secret`` is the sealed JSON of its settings; see ``secrets.SecretBox``."""

    __tablename__ = "channels"
    __table_args__ = (one_of("kind", CHANNEL_KINDS),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    per_minute: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)


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
