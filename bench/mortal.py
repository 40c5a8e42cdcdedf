"""What can fail around a book: the program, which may die at a commit, and the provider, whatever it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import event

from duban.notifications.letters import Answer

from .model import local

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from duban.ledger.book import Book
    from duban.notifications.letters import Letter
    from duban.tasks.works import Works

    from .model import Model

ANSWERS = {
    "ok": Answer(ok=True, permanent=False, text="好"),
    "busy": Answer(ok=False, permanent=False, text="HTTP 503"),
    "stalled": Answer(ok=False, permanent=False, text="等候超时"),
    "lying": Answer(ok=False, permanent=False, text="HTTP 200 errcode=1"),
    "gone": Answer(ok=False, permanent=True, text="机器人不存在"),
}


class Crash(BaseException):
    """The program has died."""


@dataclass(frozen=True)
class Death:
    """When the program dies: at its ``commit``-th commit, with what was to be committed ``kept`` or not."""

    commit: int
    kept: bool


class Mortal:
    """Lets the program die at a commit; the dead commit nothing more."""

    def __init__(self, book: Book) -> None:
        self._lock, self._left, self._kept, self._dead = Lock(), 0, False, False
        event.listen(book.engine, "commit", self._commit)

    def doom(self, death: Death | None) -> None:
        """Let the program live from here on, or until a commit to come."""
        self._dead, self._left = False, death.commit if death else 0
        self._kept = death is not None and death.kept

    def _commit(self, connection: Connection) -> None:
        with self._lock:
            if self._dead:
                raise Crash
            if self._left == 0:
                return
            self._left -= 1
            if self._left == 0:
                self._dead = True
                if self._kept:
                    connection.dialect.do_commit(connection.connection)
                raise Crash


@dataclass
class Provider:
    """Takes letters, or says so; sees that none is wrong to send at the moment at which it comes."""

    model: Model
    works: Works
    now: datetime
    script: list[str] = field(default_factory=list[str])
    said_ok: Counter[str] = field(default_factory=Counter[str])
    excused: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])

    def send(self, letter: Letter) -> Answer:
        """Take a letter and answer by the script, then well."""
        way = self.script.pop(0) if self.script else "ok"
        self.faults += self._wrong(letter)
        self.said_ok[letter.key] += way == "ok"
        return ANSWERS[way]

    def excuse(self, taken: Counter[str], recorded: set[str]) -> None:
        """Let come again what was taken when the program died before it had written it down."""
        unwritten = [key for key in taken if key not in recorded]
        self.excused.update(unwritten)

    def _wrong(self, letter: Letter) -> list[str]:
        here, wrong = local(self.now), list[str]()
        if not letter.urgent and (not 8 <= here.hour < 21 or not self.works.workdays.is_workday(here.date())):
            wrong.append(f"{letter.key} left at {here}")
        whose = letter.to_name.partition(" ")[0]
        said = [
            one for one in self.model.owed.values() if one.unit.name == whose and one.of.title in letter.body
        ]
        if not said:
            wrong.append(f"{letter.key} says nothing that is owed: {letter.body}")
        for one in said:
            if not one.missing or self.now > one.closes:
                wrong.append(f"{letter.key} reminds {whose} of {one.of.title}, which is {one.state}")
        return wrong
