"""Sending what is ready, on several threads, and writing down what is answered as it comes."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..ledger import outbox
from ..ledger.outbox import Result
from ..notifications.letters import ANSWER_LIMIT, Answer, Letter
from ..notifications.retry import next_attempt

HIDDEN = "……"  # in the place of a token
SHORTEST = 8  # signs of a token that are worth hiding by themselves
MOMENT = 0.002  # seconds, a hundredth of what a provider takes to answer
FRESH = 60.0  # seconds for which a claim needs no renewing; the sweeper waits a quarter of an hour

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from datetime import datetime

    from ..notifications.letters import Sender
    from .works import Works


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter with the sender that takes it, the notices that it has no room for, and its link's token."""

    message_id: int
    attempt: int
    letter: Letter
    sender: Sender
    paced: bool
    unsaid: tuple[int, ...] = ()
    token: str = field(default="", repr=False)


class Post:
    """Sends on several threads; writes down what has been answered while the rest is still on its way.

    A thread takes its next letter only when the answer to its last one has been committed, so that a crash
    repeats at most one letter for each thread. All that have been answered meanwhile are recorded at once.
    When answers cannot be recorded nothing more is sent.
    """

    def __init__(self, works: Works, now: datetime, pool: ThreadPoolExecutor) -> None:
        self.fates: Counter[str] = Counter()
        self._works, self._now, self._pool = works, now, pool
        self._answers: SimpleQueue[Result] = SimpleQueue()
        self._waiting: deque[Ready] = deque()
        self._flying: dict[int, int] = {}  # the attempt of each message that left and is not yet recorded
        self._begun = self._renewed = monotonic()

    def send(self, ready: list[Ready]) -> None:
        """Send these, but none that was swept back meanwhile; returns when the last of them has left."""
        self._waiting.extend(ready)
        if monotonic() - self._begun > FRESH:
            # A lot that was made ready behind a slow one may have waited longer than the sweeper does.
            self._hold()
        self._fill()
        while self._waiting:
            self._settle()

    def finish(self) -> None:
        """Record the answers to all that left."""
        while self._flying:
            self._settle()

    def _fill(self) -> None:
        while self._waiting and len(self._flying) < self._works.threads:
            one = self._waiting.popleft()
            self._flying[one.message_id] = one.attempt
            self._pool.submit(_send, one, self._now, self._begun, self._answers)

    def _settle(self) -> None:
        fresh = _gather(self._answers, len(self._flying))
        with self._works.book.write() as session:
            outbox.record(session, fresh, self._now)
        for result in fresh:
            self._flying.pop(result.message_id, None)
        self.fates.update(result.fate for result in fresh)
        if monotonic() - self._renewed > FRESH:
            self._hold()
        self._fill()

    def _hold(self) -> None:
        """Renew the claims of what goes slowly, and let go of what is no longer ours."""
        claims = self._flying | {one.message_id: one.attempt for one in self._waiting}
        if not claims:
            return
        at = self._now + timedelta(seconds=monotonic() - self._begun)
        with self._works.book.write() as session:
            kept = outbox.hold(session, list(claims.items()), self._works.worker, at)
        self._waiting = deque(one for one in self._waiting if one.message_id in kept)
        self._renewed = monotonic()


def _send(one: Ready, now: datetime, begun: float, answers: SimpleQueue[Result]) -> None:
    try:
        answer = one.sender.send(one.letter)
    except Exception as wrong:  # noqa: BLE001 - an answer must come, or the batch would wait for it for ever
        answer = Answer(ok=False, permanent=False, text=f"发送程序出错：{type(wrong).__name__}")
    # A robot's limit counts by the true moment; elsewhere the batch's own keeps a rehearsal repeatable.
    at = now + timedelta(seconds=monotonic() - begun) if one.paced else now
    retry = None if answer.ok or answer.permanent else next_attempt(one.attempt, at)
    said = (answer.ok, answer.permanent, _masked(answer.text, one.token))
    answers.put(Result(one.message_id, one.attempt, *said, at, retry, one.unsaid))


def _masked(text: str, token: str) -> str:
    """Give an answer without the letter's token, which comes back from a provider that echoes."""
    if not token:
        return text
    masked = text.replace(token, HIDDEN)
    if "%" in masked:
        coded = (f"(?:{re.escape(sign)}|%{ord(sign):02x})" for sign in token)
        masked = re.sub("".join(coded), HIDDEN, masked, flags=re.IGNORECASE)
    return _without_tail(masked, token) if len(text) >= ANSWER_LIMIT else masked


def _without_tail(text: str, token: str) -> str:
    """Give an answer that was cut without what it ends in, if that is the better part of the token."""
    for start in range(max(0, len(text) - 3 * len(token)), len(text) - SHORTEST + 1):
        tail = unquote(text[start:]).partition("%")[0]
        if len(tail) >= SHORTEST and token.startswith(tail):
            return text[:start] + HIDDEN
    return text


def _gather(answers: SimpleQueue[Result], most: int) -> list[Result]:
    """Wait for one answer, and a moment for others, up to ``most``, since all share one wait for the disk."""
    came, until = [answers.get()], monotonic() + MOMENT
    while len(came) < most:
        try:
            came.append(answers.get(timeout=max(0.0, until - monotonic())))
        except Empty:
            break
    return came
