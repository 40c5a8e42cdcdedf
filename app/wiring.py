"""Puts the program together from its settings; the flows get their works here."""

from __future__ import annotations

import os
import socket
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..calendar.slots import QuietHours
from ..calendar.workdays import Workdays
from ..ledger.book import Book
from ..ledger.secrets import KeylessBox, SecretBox, load_or_create_key
from ..ledger.tables import Channel, Lot
from . import logs
from .clock import unix_seconds
from .settings import Settings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..tasks.works import Works
    from .backup_daily import Daily


def open_book(settings: Settings) -> Book:
    """Open the book that the settings name, brought to this program's shape.

    Raises :class:`DubanError` when it cannot be reached or is newer than the program.
    """
    book = Book.open(settings.url)
    book.migrate()
    return book


def secret_box(settings: Settings) -> SecretBox:
    """Give what seals and opens the channels' secrets: the key is outside the book, and none is made here."""
    given = settings.secret_key.get_secret_value() or None
    path = _key_path(settings)
    return SecretBox(load_or_create_key(path, given)) if given or path.exists() else KeylessBox(path)


def _key_path(settings: Settings) -> Path:
    return settings.data.resolve() / "secret.key"


def _working_box(settings: Settings, book: Book) -> SecretBox:
    """Give the box, with a key made on the first start.

    Raises :class:`DubanError` when settings or seeds were sealed and their key is gone: with a new one every
    message through those channels would be given up for dead, and no draw could be revealed.
    """
    box = secret_box(settings)
    if not isinstance(box, KeylessBox):
        return box
    with book.read() as session:
        secret = (Lot.sealed.is_not(None), Lot.revealed_at.is_(None), Lot.withdrawn_at.is_(None))
        sealed = [
            session.scalar(select(Channel.id).where(Channel.secret.is_not(None)).limit(1)),
            session.scalar(select(Lot.id).where(*secret).limit(1)),
        ]
    if any(sealed):
        book.close()
        raise box.lost()
    return SecretBox(load_or_create_key(_key_path(settings)))


def back_up(now: datetime) -> Daily:
    """Make the day's backup, if there is none yet, as the settings say; raises :class:`DubanError`."""
    from .backup_daily import daily

    return daily(Settings(), works().book, now)


def assemble(settings: Settings) -> Works:
    """Give the works of one process; raises :class:`DubanError` when book or key cannot be used."""
    from ..tasks.works import Works

    settings.data.mkdir(parents=True, exist_ok=True)
    book = open_book(settings)
    return Works(
        book=book,
        workdays=Workdays.load(),
        outbox=settings.outbox,
        box=_working_box(settings, book),
        wall_clock=unix_seconds,
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        office_name=settings.office_name,
        office_phone=settings.office_phone,
        public_url=settings.portal_url if settings.portal else "",
        threads=settings.send_threads,
        publish_to=settings.keepers,
        publish_at=settings.publish_at,
        alarm_to=settings.alarmed,
        worker=f"{socket.gethostname()}/{os.getpid()}",
    )


@cache
def works() -> Works:
    """Give this process's works, from the environment; made once."""
    settings = Settings()
    logs.begin(settings.log)
    return assemble(settings)
