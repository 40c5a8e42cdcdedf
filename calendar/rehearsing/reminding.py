"""What reaches each person in a year: the digests and urgent messages that the cues make, and calls to meet.

It goes as ``ledger.reminding`` does, round by round and cue by cue, with everything on time: the clock
strikes every hour, quiet hours and rest days defer, one digest a day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ..dates import ZONE, local_day
from ..sittings import notice_at
from ..slots import slot, slot_after
from .crowding import called
from .owing import monday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...obligations.roster import Roster
    from ..slots import QuietHours, Slot
    from ..workdays import Workdays
    from .owing import Owing

_HOUR = timedelta(hours=1)
_NEAR = timedelta(days=1)  # a call that would leave so shortly before the meeting leaves at once


class Person(NamedTuple):
    """Somebody to remind: the key and the name of the unit, and who it is there, empty where not known."""

    unit: str
    unit_name: str
    name: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """The days on which messages reach a person, in order; a day stands there once for each message.

    ``days`` when each report comes on its last day, ``ever`` when none ever comes (without the sheets of the
    ladder).
    """

    person: Person
    days: tuple[date, ...]
    ever: tuple[date, ...]

    @property
    def at_most(self) -> int:
        """Give how many messages reach the person when no report ever comes."""
        return len(self.ever)

    @property
    def weeks(self) -> dict[date, int]:
        """Give how many messages come in each week, by its Monday."""
        return dict(Counter(monday(day) for day in self.days))

    @property
    def busiest(self) -> tuple[date, int] | None:
        """Give the first of the weeks with most messages, and how many; None for nobody's."""
        weeks = self.weeks
        return max(weeks.items(), key=lambda one: (one[1], -one[0].toordinal()), default=None)


class _Fired(NamedTuple):
    """A moment at which those who owe are told of it; a call to meet says when the meeting begins."""

    at: datetime
    who: tuple[str, ...]
    due_at: datetime
    urgent: bool = False
    meets_at: datetime | None = None


def reminded(
    owing: Owing, roster: Roster | None, workdays: Workdays, quiet: QuietHours
) -> tuple[Reminded, ...]:
    """Give what reaches each person, who gets most first."""
    # Those who owe the same are told the same: one of them is gone through for all.
    first = {key: keys[0] for keys in owing.alike().values() for key in keys}
    fired = sorted(_fired(owing, set(first.values()), workdays), key=lambda one: one.at)
    in_time = _sent(fired, _Outbox(workdays, quiet, in_time=True))
    ever = _sent(fired, _Outbox(workdays, quiet, in_time=False))
    days = {key: (in_time.days(key), ever.days(key)) for key in first.values()}
    found = [Reminded(person, *days[first[person.unit]]) for person in _people(owing, roster)]
    return tuple(sorted(found, key=lambda one: (-len(one.days), -one.at_most)))


def without_contact(owing: Owing, roster: Roster | None) -> tuple[str, ...]:
    """Give the names of the units that owe and have nobody to be told; without a roster none is known."""
    if roster is None:
        return ()
    reached = {contact.unit for contact in roster.contacts}
    return tuple(name for key, name in owing.names.items() if key not in reached)


def _people(owing: Owing, roster: Roster | None) -> Iterator[Person]:
    if roster is None:
        return (Person(key, name, "") for key, name in owing.names.items())
    named = ((contact, owing.names.get(contact.unit)) for contact in roster.contacts)
    return (Person(contact.unit, name, contact.name) for contact, name in named if name is not None)


def _fired(owing: Owing, of: set[str], workdays: Workdays) -> Iterator[_Fired]:
    for one in owing.rounds:
        who = tuple(key for key in one.who if key in of)
        # Of several cues within an hour the last goes: the clock comes by once.
        for at, cue in {_struck(cue.at): cue for cue in one.spec.cues}.items():
            if one.spec.locks_at is None or at <= one.spec.locks_at:
                yield _Fired(at, who, one.due_at, cue.urgent)
        if called(one.spec) and one.spec.meeting and (meets_at := one.spec.starts_at):
            at = notice_at(meets_at, one.spec.meeting.notice, one.due_at, workdays)
            yield _Fired(_struck(at), who, meets_at, meets_at=meets_at)


def _struck(at: datetime) -> datetime:
    """Give when the clock comes by: at the full hour (decision 6)."""
    hour = at.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    return hour if hour == at else hour + _HOUR


@dataclass(slots=True)
class _Outbox:
    """What waits for each unit's people: when each day's digest leaves, and what goes beside it.

    With ``in_time`` nothing leaves after its deadline: by then it has been reported, and who has reported is
    not reminded.
    """

    workdays: Workdays
    quiet: QuietHours
    in_time: bool
    digests: defaultdict[str, dict[date, datetime]] = field(default_factory=lambda: defaultdict(dict))
    beside: defaultdict[str, set[tuple[datetime, datetime | None]]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def put(self, fired: _Fired) -> None:
        """Put what is told at a moment into the outbox, for each of those told."""
        first = slot(fired.at, self.workdays, self.quiet, urgent=fired.urgent)
        if fired.urgent:
            self._beside(fired, fired.at)
        elif fired.meets_at is not None:
            near = first.not_before > fired.meets_at - _NEAR
            self._beside(fired, fired.at if near else first.not_before)
        else:
            self._digest(fired, first)

    def _beside(self, fired: _Fired, leaves: datetime) -> None:
        # What is urgent at one moment is one message; each call to meet is a letter of its own.
        for key in fired.who if self._owed(fired, leaves) else ():
            self.beside[key].add((leaves, fired.meets_at))

    def _digest(self, fired: _Fired, first: Slot) -> None:
        after = slot_after(first, self.workdays, self.quiet)
        for key in fired.who:
            known = self.digests[key]
            gone = first.day in known and known[first.day] < fired.at
            chosen = after if gone else first
            leaves = known.get(chosen.day, max(chosen.not_before, fired.at))
            if self._owed(fired, leaves):
                known[chosen.day] = leaves

    def _owed(self, fired: _Fired, leaves: datetime) -> bool:
        return not self.in_time or leaves <= fired.due_at

    def days(self, key: str) -> tuple[date, ...]:
        """Give the day of each message to a unit's people, in order."""
        beside = [local_day(leaves) for leaves, _ in self.beside[key]]
        return tuple(sorted([*self.digests[key], *beside]))


def _sent(fired: Iterable[_Fired], outbox: _Outbox) -> _Outbox:
    for one in fired:
        outbox.put(one)
    return outbox
