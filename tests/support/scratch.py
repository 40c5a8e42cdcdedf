"""Works over a scratch book, put together by hand."""

from __future__ import annotations

import os
from datetime import timedelta, timezone
from pathlib import Path

# Before Prefect is first imported.
os.environ.update(DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox, load_or_create_key
from duban.tasks.works import Works

SHANGHAI = timezone(timedelta(hours=8))


def works_at(book: Book, folder: Path) -> Works:
    """Give works over a book, with the outbox and the key in a folder."""
    box = SecretBox(load_or_create_key(folder / "secret.key"))
    return Works(book, Workdays.load(), folder / "outbox", box, wall_clock=lambda: 0.0)
