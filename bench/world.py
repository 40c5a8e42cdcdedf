"""A township's book beside its model: each act is done to both, and they are held against each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self
from unittest.mock import patch

from sqlalchemy import or_, select

from duban.app import at_once
from duban.ledger import agenda, journal, round_counts
from duban.ledger.tables import (
    Cue,
    JournalHead,
    Message,
    Notice,
    Obligation,
    PlanYear,
    Round as Row,
    Unit as UnitRow,
)
from duban.notifications.retry import PAUSES
from duban.tasks import outbox

from .begun import CAST, adopted
from .books import works
from .model import NOBODY_AT_FAULT, SHANGHAI, Model, local
from .mortal import Crash, Death, Mortal, Provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from duban.ledger.book import Book
    from duban.tasks.works import Works

    from .books import Shelf

SWEPT = timedelta(minutes=16)
PROVED_EVERY = 8  # checks: a proof takes longer than all else
_begun: dict[tuple[str, datetime], Book] = {}


class World:
    """Both, and the moment that it is."""

    def __init__(self, shelf: Shelf, begun: Book, now: datetime) -> None:
        self.now, self._shelf, self._checks, self.peak = now, shelf, 0, now
        self._folder = TemporaryDirectory(prefix="duban-model-")
        self.works: Works = works(shelf.copy(begun), Path(self._folder.name), threads=1)
        self.book = self.works.book
        self.model = Model({unit.code: copy(unit) for unit in CAST}, {local(now).year: now})
        self.mortal = Mortal(self.book)
        self.provider = Provider(self.model, self.works, now)

    @classmethod
    def begin(cls, shelf: Shelf, now: datetime) -> Self:
        """Give a township that adopts its plan now."""
        if (shelf.name, now) not in _begun:
            _begun[shelf.name, now] = adopted(shelf, now)
        return cls(shelf, _begun[shelf.name, now], now)

    def close(self) -> None:
        self._shelf.drop(self.book)
        self._folder.cleanup()

    @property
    def head(self) -> datetime:
        """Give the moment of the last entry."""
        with self.book.read() as session:
            at = session.scalars(select(JournalHead.at)).one()
        assert at is not None
        return at

    @property
    def behind(self) -> bool:
        """Tell whether the clock is so far behind that nothing may be entered."""
        return self.head - self.now > NOBODY_AT_FAULT

    # The program

    def advance(self, death: Death | None, *, twice: bool = False) -> None:
        """Bring the book up to now; in the model, what the book has opened by then is opened."""
        if self.behind:
            self._refused(lambda: at_once.bring_up(self.works, self.now))
            return
        died = self._run(lambda one: at_once.bring_up(one, self.now).failed, death, twice=twice)
        self._follow(whole=not died)
        if not died:
            self._nothing_is_left_to_do()

    def deliver(self, script: list[str], death: Death | None, *, twice: bool = False) -> None:
        """Send what may go; the provider answers by the script, and then well."""
        self.provider.script, self.provider.now = script, self.now
        with patch.object(outbox, "build", self._build):
            if self.behind:
                self._refused(lambda: at_once.deliver(self.works, self.now))
                return
            before = self.provider.said_ok.copy()
            died = self._run(lambda one: at_once.deliver(one, self.now) and [], death, twice=twice)
        if died:
            self.provider.excuse(self.provider.said_ok - before, self._sent())

    def _build(self, *_: object) -> Provider:
        return self.provider

    def _run(self, act: Callable[[Works], list[str]], death: Death | None, *, twice: bool) -> bool:
        """Let the program do something, maybe in two processes at once; gives whether it died."""
        self.mortal.doom(death)
        both = [replace(self.works, worker=name) for name in ("甲", "乙")[: 1 + twice]]
        try:
            with ThreadPoolExecutor(2) as pool:
                failed = [why for some in pool.map(act, both) for why in some]
        except Crash:
            return True
        finally:
            self.mortal.doom(None)
        assert not failed, failed
        return False

    def _refused(self, act: Callable[[], object]) -> None:
        try:
            act()
        except journal.ClockWentBack:
            return
        raise AssertionError("the clock is behind, and the program went on")

    def _follow(self, *, whole: bool) -> None:
        """Let the model open what the book has opened: all that was to be, or part of it after a death."""
        with self.book.read() as session:
            for year, at in session.execute(select(PlanYear.year, PlanYear.adopted_at)).tuples():
                self.model.adopted.setdefault(year, at)
            opened = set(
                session.execute(select(Row.duty, Row.period).where(Row.opened_at.is_not(None))).tuples().all()
            )
        december = (local(self.now).year, 12, 1) <= (local(self.now).year, local(self.now).month, 1)
        if whole and december and local(self.now).year in self.model.adopted:
            assert local(self.now).year + 1 in self.model.adopted, "the next year was not opened"
        for one in self.model.due_to_open(self.now):
            if (one.duty, one.period) in opened:
                self.model.open(one)
            else:
                assert not whole, f"{one.title} was not opened"
        assert opened == {(one.duty, one.period) for one in self.model.opened}, "opened, and not to be"

    def _nothing_is_left_to_do(self) -> None:
        with self.book.read() as session:
            assert agenda.due(session, self.now) == []
            waiting = (
                select(Cue.id)
                .join(Row)
                .where(Cue.state == "planned", Cue.at <= self.now, Row.skipped_at.is_(None))
            )
            assert session.scalars(waiting).all() == [], "a cue was passed over"

    # What holds

    def check(self) -> None:
        """See that all holds that is to hold at any moment."""
        assert not self.provider.faults, self.provider.faults
        self._checks += 1
        with self.book.read() as session:
            if self._checks % PROVED_EVERY == 0:
                self._prove(session)
            self._stands(session)
            self._counts(session)
            self._said(session)

    def _prove(self, session: Session) -> None:
        proof = journal.verify(session)
        assert proof.ok, proof.reason_zh

    def _stands(self, session: Session) -> None:
        query = (
            select(Row.duty, Row.period, UnitRow.code, Obligation)
            .join(Obligation, Obligation.round_id == Row.id)
            .join(UnitRow, UnitRow.id == Obligation.unit_id)
        )
        found = {
            (duty, period, code): (one.state, one.due_at, one.credited_at)
            for duty, period, code, one in session.execute(query).tuples()
        }
        expected = {key: (one.state, one.due, one.credited) for key, one in self.model.owed.items()}
        assert found == expected, {
            key: (found.get(key), expected.get(key))
            for key in found.keys() | expected
            if found.get(key) != expected.get(key)
        }

    def _counts(self, session: Session) -> None:
        rounds = {
            row.id: (row.duty, row.period)
            for row in session.execute(select(Row.id, Row.duty, Row.period).where(Row.opened_at.is_not(None)))
        }
        at = max(self.now, self.head)
        expected = {key: dict(some) for key, some in self.model.counts(at).items() if some}
        # What is dated ahead of a clock that was put right is not there yet when the past is counted.
        ways = (round_counts.count_now, *([round_counts.count_then] if at >= self.peak else []))
        for count in ways:
            told = count(session, list(rounds), None, at)
            found = {
                rounds[id_]: {name: value for name, value in asdict(one).items() if value}
                for id_, one in told.items()
            }
            assert {key: some for key, some in found.items() if some} == expected, (found, expected)

    def _said(self, session: Session) -> None:
        sent = set(session.scalars(select(Message.key).where(Message.state == "sent")))
        assert sent <= self.provider.said_ok.keys(), "a message is said to be sent that nobody took"
        more = {key: n for key, n in self.provider.said_ok.items() if n > 1 + self.provider.excused[key]}
        assert not more, f"sent again, and nobody died: {more}"
        lost = (
            select(Notice.id)
            .join(Message)
            .where(Notice.state == "due", Message.state.in_(("sent", "withdrawn")))
        )
        assert session.scalars(lost).all() == [], (
            "a reminder that is due waits in a message that will not leave"
        )

    def finish(self) -> None:
        """See that whatever was to be said is said at the next office hours, once nobody dies any more."""
        self.now = max(self.now, self.head) + SWEPT
        day = self.works.workdays.next_workday(local(self.now).date() + timedelta(days=1))
        self.now = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI).astimezone(UTC)
        self.advance(None)
        self.deliver([], None)
        self.check()
        with self.book.read() as session:
            self._prove(session)
            queued = Message.state == "queued"
            stuck = or_(
                Message.state == "sending",
                queued & (Message.not_before <= self.now),
                queued & (Message.attempts > 0) & (Message.not_before > self.now + PAUSES[-1]),
            )
            assert session.scalars(select(Message.key).where(stuck)).all() == [], "left behind"

    def _sent(self) -> set[str]:
        with self.book.read() as session:
            return set(session.scalars(select(Message.key).where(Message.state == "sent")))
