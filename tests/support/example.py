"""The example township, as a first start makes it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from duban.app import at_once, first_run
from duban.calendar.workdays import Workdays
from duban.ledger.book import Book

from .remembered import remembered
from .scratch import works_at

KEY = b"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I="  # the book's, which comes with it when it is copied


def furnish(folder: Path) -> None:
    """Put the key and an outbox into a data folder."""
    (folder / "secret.key").write_bytes(KEY)
    (folder / "secret.key").chmod(0o600)
    (folder / "outbox").mkdir()


@remembered
def fill(book: Book, now: datetime) -> list[str]:
    """Put the example into an empty book; gives what was done."""
    return first_run.fill(book, Workdays.load(), now)


@remembered
def fill_and_work(book: Book, now: datetime) -> None:
    """Put the example into an empty book, do what is due and send what may leave; see `furnish`."""
    fill(book, now)
    with TemporaryDirectory() as folder:
        furnish(Path(folder))
        works = works_at(book, Path(folder))
        at_once.bring_up(works, now)
        at_once.deliver(works, now)
