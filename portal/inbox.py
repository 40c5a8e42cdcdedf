"""Takes reports in: all that wait at a moment go into the book in one transaction.

A report costs one flush of the disk however many come with it. Whoever has to wait serves everybody who
waits; no thread of its own, nothing to start or stop, and nobody is answered before their report is safe.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from ..ledger.submitting import Handed, Report, Taken, submit_many
from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from datetime import datetime

    from ..ledger.book import Book

MOST = 100  # reports in one transaction


def _shut() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True)
class _Slot:
    """A report that waits, and what came of it; ``call`` opens when it is served, or is to serve."""

    handed: Handed
    outcome: Taken | BaseException | None = None
    call: Lock = field(default_factory=_shut)


class Inbox:
    """The place where the requests of one process hand in their reports."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._waiting: deque[_Slot] = deque()
        self._line = Lock()
        self._serving = False

    def take(self, obligation_id: int, report: Report, now: datetime) -> Taken:
        """Take a report into the book; when this returns it is on the disk.

        Raises :class:`DubanError` as :func:`submitting.submit` does, and when the book cannot be written.
        """
        slot = _Slot(Handed(obligation_id, report, now))
        with self._line:
            self._waiting.append(slot)
            waits, self._serving = self._serving, True
        if waits:  # each is called once and by name: a line before one door would cost more than the book
            slot.call.acquire()
        while slot.outcome is None:
            self._serve_all_that_wait()
        if isinstance(slot.outcome, BaseException):
            raise slot.outcome
        return slot.outcome

    def _serve_all_that_wait(self) -> None:
        """Serve one batch, in which whoever comes here is the first; the next in line serves the next."""
        batch = self._next_batch()
        try:
            self._serve(batch)
        finally:
            with self._line:
                self._serving = bool(self._waiting)
                following = [self._waiting[0]] if self._waiting else []
            for slot in (*following, *batch[1:]):
                slot.call.release()

    def _next_batch(self) -> list[_Slot]:
        """Take from the line what can be judged together: one for each obligation and key, in order."""
        batch: list[_Slot] = []
        left: deque[_Slot] = deque()
        seen: set[int | str] = set()
        with self._line:
            for slot in self._waiting:
                names = {slot.handed.obligation_id, slot.handed.report.key}
                together = len(batch) < MOST and not names & seen
                (batch if together else left).append(slot)
                seen |= names
            self._waiting = left
        return batch

    def _serve(self, batch: list[_Slot]) -> None:
        try:
            with self._book.write() as session:
                outcomes = submit_many(session, [slot.handed for slot in batch])
        except BaseException as wrong:  # noqa: BLE001 - each request is to hear of it, not only this one
            if len(batch) > 1 and not isinstance(wrong, DubanError):
                self._serve_singly(batch)
                return
            outcomes = [wrong] * len(batch)
        for slot, outcome in zip(batch, outcomes, strict=True):
            slot.outcome = outcome

    def _serve_singly(self, batch: list[_Slot]) -> None:
        """Let one report that breaks the program take down no other."""
        for slot in batch:
            self._serve([slot])
