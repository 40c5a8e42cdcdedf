"""What Prefect does on its schedule, done at once in this process: bring the book up, send what may go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..ledger.journal import DRIFT, ClockWentBack, append
from ..ledger.tables import JournalEntry, JournalHead, Message
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from .supervise_prefect import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ..flows.advance import Brought
    from ..ledger.agenda import Due
    from ..ledger.book import Book, Session
    from ..tasks.works import Works
    from .settings import Settings

REHEARSAL = "rehearsal.begun"  # the first entry of a rehearsal's journal, and of no other


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages left, are to be tried again, never will leave, were withdrawn, or wait their turn."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    withdrawn: int = 0
    held: int = 0


def quieten(settings: Settings) -> None:
    """Keep Prefect, which the flows' room imports, to the data folder and off the network."""
    os.environ.update(environment(settings))


def refuse_old_clock(book: Book, now: datetime) -> None:
    """Raise :class:`ClockWentBack` when ``now`` is well behind the journal, before anything is tried."""
    with book.read() as session:
        last = session.scalar(select(JournalHead.at))
    if last is not None and last - now > DRIFT:
        raise ClockWentBack(now, last)


def begin_rehearsal(book: Book, at: datetime, by: str) -> None:
    """Make a book in which nothing is entered yet one for rehearsals, for good; one that is stays as it is.

    Raises :class:`DubanError` for any other book.
    """
    with book.write() as session:
        first = _first_action(session)
        if first is None:
            append(session, at, by, REHEARSAL, "book", {})
        elif first != REHEARSAL:
            raise DubanError(
                "这本账簿已有真实记录，不能用来演练，没有改动它。请用 --data 另指定一个空的数据目录。"
            )


def is_rehearsal(book: Book) -> bool:
    """Tell whether the book was begun as a rehearsal: its journal, which nobody can alter, says so first."""
    with book.read() as session:
        return _first_action(session) == REHEARSAL


def _first_action(session: Session) -> str | None:
    return session.scalar(select(JournalEntry.action).where(JournalEntry.seq == 1))


def refuse_chosen(book: Book, at: datetime) -> None:
    """Raise :class:`DubanError` when somebody may not choose to write at ``at``.

    A real book goes by the clock alone, or a late report could be entered as on time; a rehearsal goes by
    what it is told, but forward only.
    """
    if not is_rehearsal(book):
        raise DubanError(
            "--now 只能用于演练账簿：真实账簿一律按系统时钟记录，不能倒填，也不能提前。"
            "演练请用 --data 另指定一个空的数据目录，先执行 duban advance --now … --rehearsal。"
        )
    with book.read() as session:
        last = session.scalar(select(JournalHead.at))
    if last is not None and at < last:
        raise DubanError(f"{in_words(at)}早于最近一条留痕（{in_words(last)}）：账簿只能向前推进。")


def bring_up(works: Works, now: datetime, going: Callable[[], bool] = lambda: True) -> Brought:
    """Do all that has fallen due by ``now``; with ``going`` turned false, stop after the one under way.

    Raises :class:`ClockWentBack` when ``now`` is behind the journal.
    """
    from ..flows.advance import bring_up as through, plainly

    refuse_old_clock(works.book, now)

    def handler(works: Works, due: Due, now: datetime) -> list[str]:
        return plainly(works, due, now) if going() else []

    return through(works, now, handler)


def deliver(works: Works, now: datetime, going: Callable[[], bool] = lambda: True) -> Delivered:
    """Send all that may leave by ``now``; what a robot's limit holds up is left to the schedule."""
    from ..tasks.again import tell_again
    from ..tasks.outbox import deliver_batch, sweep
    from ..tasks.publishing import publish_head

    refuse_old_clock(works.book, now)
    tell_again.fn(works, now)
    publish_head.fn(works, now)
    sweep.fn(works, now)
    total = Delivered()
    while going() and (batch := deliver_batch.fn(works, now)).claimed:
        total = Delivered(
            total.sent + batch.sent,
            total.retried + batch.retried,
            total.dead + batch.dead,
            total.withdrawn + batch.withdrawn,
            total.held + batch.held,
        )
    return total


def waiting(book: Book) -> tuple[int, datetime | None]:
    """Give how many messages wait in the outbox, and when the first of them may leave (UTC)."""
    with book.read() as session:
        row = session.execute(
            select(func.count(), func.min(Message.not_before)).where(Message.state == "queued")
        ).one()
    return row[0], row[1]
