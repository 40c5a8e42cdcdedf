"""A year in simulated time: the book is brought up at every hour, the outbox emptied whenever there is cause.

What acts on the book is what acts on it every day: the flows' own functions and the ledger's operations.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Literal, Protocol

from sqlalchemy import func, select

from ..ledger.tables import Message, Round, Stretch
from ..obligations.errors import DubanError
from ..obligations.moments import SHANGHAI
from . import demo_cast as cast
from .demo_acts import Actors, sitting
from .demo_cast import Act, Matter
from .demo_checks import CheckCast
from .demo_events import events
from .demo_ladder import LadderCast
from .demo_meetings import MeetingCast
from .demo_watchmen import WatchCast

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    Watch = Callable[[date, "Rehearsal"], None]

    from ..tasks.works import Works

What = Literal["look", "send", "sit", "event", "answer", "extend", "exempt", "attend"]
_WHAT: dict[Act, What] = {Act.ANSWER: "answer", Act.ASK_FOR_TIME: "extend", Act.ASK_TO_BE_EXEMPT: "exempt"}
HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)
CALL = timedelta(minutes=5)
MORNING = time(9)
NOBODY = Matter("", "", "", "")


class Hands(Protocol):
    """Who runs the two functions that the schedules run: plainly, or through Prefect's engine."""

    def bring_up(self, works: Works, now: datetime) -> list[str]:
        """Bring the book up to ``now``; gives what could not be done."""
        ...

    def deliver(self, works: Works, now: datetime) -> None:
        """Send all that may leave by ``now``."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """Something that happens at a moment (UTC); those of one moment in the order in which it was planned."""

    at: datetime
    number: int
    what: What = field(compare=False)
    matter: Matter = field(compare=False, default=NOBODY)


class Rehearsal:
    """One year of one seed."""

    def __init__(self, works: Works, seed: int, hands: Hands) -> None:
        """Take the works of a scratch book in which plans have been adopted."""
        self.works, self.seed, self.hands = works, seed, hands
        self.actors = Actors(works, seed)
        self.ladder, self.checks = LadderCast(works, seed), CheckCast(works, seed)
        self.meetings, self.watchmen = MeetingCast(works, seed), WatchCast(works)
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self._deeds: list[Deed] = []
        self._planned: set[tuple[datetime, str, Matter]] = set()
        self._busy: set[Matter] = set()

    def go(self, first: date, last: date, watch: Watch) -> None:
        """Live through the days from ``first`` to ``last`` (Asia/Shanghai), telling ``watch`` of each."""
        midnight = datetime.combine(first, time(), SHANGHAI)
        self.checks.begin(midnight)
        self.watchmen.begin(midnight)
        self._plan(datetime.combine(first, MORNING, SHANGHAI), "look")
        self._plan(sitting(datetime.combine(first, MORNING, SHANGHAI)), "sit")
        for event in events(self.seed, first.year):
            self._plan(event.at + CALL, "event")
        day = first - timedelta(days=1)
        while self._deeds:
            deed = heappop(self._deeds)
            today = deed.at.astimezone(SHANGHAI).date()
            if today > last:
                return
            while day < today:
                day += timedelta(days=1)
                watch(day, self)
            self._do(deed)

    def opened(self) -> int:
        """Give how many rounds have opened so far."""
        with self.works.book.read() as session:
            return session.scalar(select(func.count()).where(Round.opened_at.is_not(None))) or 0

    def _plan(self, at: datetime, what: What, matter: Matter = NOBODY) -> None:
        at = at.astimezone(UTC)
        if (at, what, matter) not in self._planned:
            self._planned.add((at, what, matter))
            heappush(self._deeds, Deed(at, len(self._planned), what, matter))

    def _do(self, deed: Deed) -> None:
        match deed.what:
            case "look":
                self._look(deed.at)
            case "send":
                self._send(deed.at)
            case "sit":
                self._sit(deed.at)
            case "event":
                self._happen(deed.at)
            case "attend":
                self.meetings.sit(deed.at)
            case _:
                self._act(deed)

    def _look(self, now: datetime) -> None:
        """Do what the two schedules do at ``now``."""
        self.failed += self.hands.bring_up(self.works, now)
        self._send(now)
        self._plan(self._next_look(now), "look")

    def _send(self, now: datetime) -> None:
        """Send what may leave, and let the units hear of it."""
        self.hands.deliver(self.works, now)
        heard = self.actors.heard(now)
        self.done["told"] += len(heard)
        for told in heard:
            self._hear(told)
        self._plan_sending(now)

    def _happen(self, now: datetime) -> None:
        for event in events(self.seed, now.year):
            if event.at + CALL == now:
                self.actors.raise_event(event, now)
                self._plan(_next(now, TEN_MINUTES), "send")

    def _hear(self, told: cast.Told) -> None:
        decided = None if told.matter in self._busy else cast.decide(self.seed, told)
        if decided is not None:
            at, act = decided
            self._busy.add(told.matter)
            self._plan(at, _WHAT[act], told.matter)

    def _act(self, deed: Deed) -> None:
        self._busy.discard(deed.matter)
        self.done[deed.what] += 1
        try:
            if deed.what == "extend":
                until = self.actors.extend(deed.matter, deed.at)
                self._busy.add(deed.matter)
                self._plan(cast.before(self.seed, deed.matter, until), "answer", deed.matter)
            elif deed.what == "exempt":
                self.actors.exempt(deed.matter, deed.at)
            else:
                self.actors.answer(deed.matter, deed.at)
        except DubanError as wrong:
            self.failed.append(f"{' '.join(deed.matter)}：{wrong}")

    def _sit(self, now: datetime) -> None:
        """Let the office judge what has come in, on workdays; what it returns is told within minutes."""
        tomorrow = now.astimezone(SHANGHAI) + timedelta(days=1)
        self._plan(sitting(tomorrow), "sit")
        if self.works.workdays.is_workday(now.astimezone(SHANGHAI).date()):
            self._work(now)

    def _work(self, now: datetime) -> None:
        """Do a workday's afternoon at the desk: judge reports, then supervise."""
        self.actors.judge(now)
        for cast_ in (self.ladder, self.checks, self.meetings, self.watchmen):
            try:
                for at in cast_.act(now):
                    self._plan(at, "attend")
            except DubanError as wrong:
                self.failed.append(f"督查督办：{wrong}")
        self._plan(_next(now, TEN_MINUTES), "send")

    def _next_look(self, now: datetime) -> datetime:
        """Give the next whole hour at which there is something to do, tomorrow morning at the latest."""
        tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
        with self.works.book.read() as session:
            ahead = [
                session.scalar(select(func.min(column)).where(column > now))
                for column in (Round.next_at, Stretch.next_at)
            ]
        soonest = [_next(at, HOUR) for at in ahead if at is not None]
        return min([datetime.combine(tomorrow, MORNING, SHANGHAI), *soonest])

    def _plan_sending(self, now: datetime) -> None:
        """Look again when the next message may leave."""
        waiting = Message.not_before > now, Message.state == "queued"
        with self.works.book.read() as session:
            at = session.scalar(select(func.min(Message.not_before)).where(*waiting))
        if at is not None:
            self._plan(_next(at, TEN_MINUTES), "send")


def _next(at: datetime, step: timedelta) -> datetime:
    """Give the first moment, not before ``at``, at which a schedule that runs in such steps runs."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - (midnight - at) // step * step
