"""Sending what is ready, on several threads, and writing down what is answered as it comes."""

from __future__ import annotations

import re
from collections import Counter
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
FRESH = 60.0  # seconds for which a claim needs no renewing; the sweeper waits a quarter of an hour

if TYPE_CHECKING:
    from collections.abc import Iterator
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

    Answers are recorded as they come, so a crash repeats only what was in flight. When they cannot be
    recorded nothing more is to be sent.
    """

    def __init__(self, works: Works, now: datetime, pool: ThreadPoolExecutor) -> None:
        self.fates: Counter[str] = Counter()
        self._works, self._now, self._pool = works, now, pool
        self._answers: SimpleQueue[Result] = SimpleQueue()
        self._flying: dict[int, int] = {}  # the attempt of each message whose answer is still to come
        self._begun = self._renewed = monotonic()

    def send(self, ready: list[Ready]) -> None:
        """Send these as soon as there is a thread for each, but none that was swept back meanwhile."""
        mine = self._still_ours(ready)
        for one in mine:
            self._pool.submit(_send, one, self._now, self._begun, self._answers)
        self._flying.update((one.message_id, one.attempt) for one in mine)

    def _still_ours(self, ready: list[Ready]) -> list[Ready]:
        # A lot that was made ready behind a slow one may have waited longer than the sweeper does.
        if not ready or monotonic() - self._begun < FRESH:
            return ready
        kept = self._hold({one.message_id: one.attempt for one in ready})
        return [one for one in ready if one.message_id in kept]

    def _hold(self, claims: dict[int, int]) -> set[int]:
        at = self._now + timedelta(seconds=monotonic() - self._begun)
        with self._works.book.write() as session:
            return outbox.hold(session, list(claims.items()), self._works.worker, at)

    def settle(self, *, leave: int) -> None:
        """Record answers until no more than ``leave`` are still to come; what goes slowly keeps its claim."""
        while len(self._flying) > leave:
            # One thread answers in order: each by itself, a rehearsal's journal is the same every time.
            fresh = _gather(self._answers) if self._works.threads > 1 else [self._answers.get()]
            with self._works.book.write() as session:
                outbox.record(session, fresh, self._now)
            for result in fresh:
                self._flying.pop(result.message_id, None)
            self.fates.update(result.fate for result in fresh)
            if self._flying and monotonic() - self._renewed > FRESH:
                self._hold(self._flying)
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


def _gather(answers: SimpleQueue[Result]) -> list[Result]:
    """Wait for one answer and take all others that are there already."""
    return [answers.get(), *_drain(answers)]


def _drain(answers: SimpleQueue[Result]) -> Iterator[Result]:
    while True:
        try:
            yield answers.get_nowait()
        except Empty:
            return
