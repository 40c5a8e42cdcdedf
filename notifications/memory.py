"""The in-memory twin of the senders: it keeps the letters and answers as it is told."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from .letters import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .letters import Letter

TAKEN = Answer(ok=True, permanent=False, text="已收下")


class MemorySender:
    """Keeps every letter in `letters`, in order; gives the scripted answers, then `TAKEN` for ever."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        """Take the answers to give, in order."""
        self.letters: list[Letter] = []
        self._answers = deque(answers)
        self._lock = Lock()

    def send(self, letter: Letter) -> Answer:
        """Keep the letter and give the next answer."""
        with self._lock:
            self.letters.append(letter)
            return self._answers.popleft() if self._answers else TAKEN

    @property
    def keys(self) -> list[str]:
        """Give the keys of the letters so far; a repeat shows twice."""
        return [letter.key for letter in self.letters]
