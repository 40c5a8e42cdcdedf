"""Puts the program together from its settings; the flows get their works here."""

from __future__ import annotations

import os
import socket
from functools import cache
from typing import TYPE_CHECKING

from ..calendar.slots import QuietHours
from ..calendar.workdays import Workdays
from ..ledger.book import Book
from ..ledger.secrets import SecretBox, load_or_create_key
from .clock import unix_seconds
from .settings import Settings

if TYPE_CHECKING:
    from ..tasks.works import Works


def open_book(settings: Settings) -> Book:
    """Open the book that the settings name, brought to this program's shape.

    Raises :class:`DubanError` when it cannot be reached or is newer than the program.
    """
    book = Book.open(settings.url)
    book.migrate()
    return book


def secret_box(settings: Settings) -> SecretBox:
    """Give what seals and opens the channels' secrets: the key is outside the book."""
    given = settings.secret_key.get_secret_value() or None
    return SecretBox(load_or_create_key(settings.data.resolve() / "secret.key", given))


def assemble(settings: Settings) -> Works:
    """Give the works of one process."""
    from ..tasks.works import Works

    settings.data.mkdir(parents=True, exist_ok=True)
    return Works(
        book=open_book(settings),
        workdays=Workdays.load(),
        outbox=settings.outbox,
        box=secret_box(settings),
        wall_clock=unix_seconds,
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        office_name=settings.office_name,
        office_phone=settings.office_phone,
        threads=settings.send_threads,
        worker=f"{socket.gethostname()}/{os.getpid()}",
    )


@cache
def works() -> Works:
    """Give this process's works, from the environment; made once."""
    return assemble(Settings())
