"""What lies on which day: rounds that open and fall due, windows and phases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, or_, select

from ..calendar.dates import ZONE, local_day
from .tables import Round, Stretch

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

DAY = timedelta(days=1)


class CalendarRound(NamedTuple):
    """A round; moments in UTC, ``starts_at`` and ``ends_at`` where it is about a stretch of time."""

    id: int
    slug: str
    title: str
    name: str
    kind: str
    clause: str
    opens_at: datetime
    due_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    provisional: bool
    opened: bool
    skipped: bool
    expected: int | None


class CalendarStretch(NamedTuple):
    """A phase or window, from its first to its last second (UTC)."""

    id: int
    slug: str
    kind: str
    key: str
    name: str
    clause: str
    starts_at: datetime
    ends_at: datetime
    provisional: bool


@dataclass(slots=True)
class Day:
    """What lies on one day of Asia/Shanghai."""

    opening: list[CalendarRound] = field(default_factory=list[CalendarRound])
    due: list[CalendarRound] = field(default_factory=list[CalendarRound])
    windows: list[CalendarStretch] = field(default_factory=list[CalendarStretch])
    phases: list[CalendarStretch] = field(default_factory=list[CalendarStretch])


class YearCalendar(NamedTuple):
    """Rounds that open, fall due or take place within the days asked for, and stretches that touch them."""

    first: date
    last: date
    rounds: tuple[CalendarRound, ...]
    stretches: tuple[CalendarStretch, ...]

    def days(self) -> dict[date, Day]:
        """Give the days on which anything lies; a stretch lies on every day that it touches."""
        days: dict[date, Day] = defaultdict(Day)
        for one in self.rounds:
            self._put(days, one)
        for stretch in self.stretches:
            day = max(local_day(stretch.starts_at), self.first)
            while day <= min(local_day(stretch.ends_at), self.last):
                (days[day].phases if stretch.kind == "phase" else days[day].windows).append(stretch)
                day += DAY
        return dict(sorted(days.items()))

    def _put(self, days: dict[date, Day], one: CalendarRound) -> None:
        if self.first <= (day := local_day(one.opens_at)) <= self.last:
            days[day].opening.append(one)
        if one.due_at is not None and self.first <= (day := local_day(one.due_at)) <= self.last:
            days[day].due.append(one)


def year_calendar(session: Session, first: date, last: date, slug: str | None = None) -> YearCalendar:
    """Give what lies between two days, both included (Asia/Shanghai), of one plan or of all; two queries."""
    begins, ends = datetime.combine(first, time(), ZONE), datetime.combine(last + DAY, time(), ZONE)
    rounds = session.execute(
        select(
            *(Round.id, Round.slug, Round.title, Round.name, Round.kind, Round.clause, Round.opens_at),
            *(Round.due_at, Round.starts_at, Round.ends_at, Round.provisional),
            *(Round.opened_at.is_not(None), Round.skipped_at.is_not(None), Round.expected),
        )
        # A round of one year may fall due in the next; the index is by year.
        .where(Round.year.between(first.year - 1, last.year + 1), _touches(begins, ends), *_of(Round, slug))
    )
    stretches = session.execute(
        select(
            *(Stretch.id, Stretch.slug, Stretch.kind, Stretch.key, Stretch.name, Stretch.clause),
            *(Stretch.starts_at, Stretch.ends_at, Stretch.provisional),
        ).where(Stretch.starts_at < ends, Stretch.ends_at >= begins, *_of(Stretch, slug))
    )
    return YearCalendar(
        first,
        last,
        tuple(sorted((CalendarRound(*row) for row in rounds), key=_in_order)),
        tuple(sorted((CalendarStretch(*row) for row in stretches), key=lambda one: (one.starts_at, one.id))),
    )


def _touches(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Round.opens_at >= begins, Round.opens_at < ends),
        and_(Round.due_at >= begins, Round.due_at < ends),
        and_(Round.starts_at < ends, Round.ends_at >= begins),
    )


def _of(table: type[Round | Stretch], slug: str | None) -> list[ColumnElement[bool]]:
    return [] if slug is None else [table.slug == slug]


def _in_order(one: CalendarRound) -> tuple[datetime, datetime, int]:
    return (one.due_at or one.ends_at or one.opens_at, one.opens_at, one.id)
