"""Who is at what: programs that bring one book up share its rounds instead of waiting for each other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

if TYPE_CHECKING:
    from collections.abc import Generator

    from .book import Book

_ROUND: Final = 0x726F756E << 32  # any number that is only ours, and the round's own below it


@contextmanager
def at_round(book: Book, round_id: int) -> Generator[bool]:
    """Give whether nobody else is at a round; while the block runs, others are told that somebody is.

    It decides only who begins: that a round is done once is seen to where it is done. Whoever dies lets go. A
    writer of SQLite is alone, so there is nothing to share, and everybody may. Raises :class:`BookError` when
    the book cannot be reached.
    """
    if book.is_sqlite:
        yield True
        return
    with book.read() as session:
        yield bool(session.scalar(select(func.pg_try_advisory_xact_lock(_ROUND + round_id))))
