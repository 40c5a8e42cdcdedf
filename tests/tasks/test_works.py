"""When a reminder made now may leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from cryptography.fernet import Fernet

from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.secrets import SecretBox
from duban.tasks.works import Works
from support.campaign import SHANGHAI

# Saturday 25 February 2023, two in the morning; the next workday is Monday the 27th.
NIGHT = datetime(2023, 2, 25, 2, 0, tzinfo=SHANGHAI)


def works(book: Book, outbox: Path) -> Works:
    return Works(book, Workdays.load(), outbox, SecretBox(Fernet.generate_key()), lambda: 0.0)


def test_a_digest_made_in_a_weekend_night_waits_for_the_next_workday(
    sqlite_book: Book, tmp_path: Path
) -> None:
    slots = works(sqlite_book, tmp_path).slots(NIGHT, urgent=False)
    assert slots.first.day == date(2023, 2, 27)


def test_on_a_first_start_it_is_written_at_once_and_the_day_after_keeps_its_order(
    sqlite_book: Book, tmp_path: Path
) -> None:
    slots = replace(works(sqlite_book, tmp_path), at_any_hour=True).slots(NIGHT, urgent=False)
    assert (slots.first.day, slots.first.not_before) == (date(2023, 2, 25), NIGHT)
    assert slots.after.day == date(2023, 2, 28)


def test_on_a_first_start_no_hour_holds_anything_back(sqlite_book: Book, tmp_path: Path) -> None:
    kept = works(sqlite_book, tmp_path)
    assert kept.resting(NIGHT)
    assert not replace(kept, at_any_hour=True).resting(NIGHT)
