"""What a bulletin of a plan tells of a stretch of days, as of a moment: every number is from the facts.

The obligations are those of the rounds that fell due in the stretch (without a due moment: that opened in
it) and that the book had opened by then; findings are those found in it, sheets those issued in it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.outcome import tally
from . import rates_behind
from .filed_sheets import filed_sheets
from .finding_list import FindingFilters
from .finding_rows import finding_rows
from .slices import Slice
from .tables import Round

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from ..obligations.outcome import Tally
    from ..obligations.words import Outcome
    from .filed_sheets import FiledSheet
    from .finding_rows import FindingRow
    from .rates_behind import Behind

_Key = TypeVar("_Key", bound=Hashable)


class RoundTold(NamedTuple):
    """A round that is counted; ``due_at`` in UTC and without extensions."""

    id: int
    duty: str
    name: str
    title: str
    clause: str
    opens_at: datetime
    due_at: datetime | None

    @property
    def month(self) -> int:
        """Give the month (Asia/Shanghai) in which it counts."""
        return local_day(self.due_at or self.opens_at).month


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The facts of a stretch: rounds by due moment, obligations, findings found and sheets issued in it."""

    first: date
    last: date
    as_of: datetime
    rounds: tuple[RoundTold, ...]
    owed: tuple[Behind, ...]
    findings: tuple[FindingRow, ...]
    sheets: tuple[FiledSheet, ...]

    def whole(self) -> Tally:
        """Count everything."""
        return tally(one.outcome for one in self.owed)

    def by_unit(self) -> dict[tuple[str, str], Tally]:
        """Count by unit, code and name, in the order of the roster."""
        return dict(sorted(self._by(lambda one: (one.unit_code, one.unit)).items()))

    def by_round(self) -> list[tuple[RoundTold, Tally]]:
        """Count by round, by due moment."""
        found = self._by(lambda one: one.round_id)
        return [(one, found[one.id]) for one in self.rounds if one.id in found]

    def by_duty(self) -> list[tuple[RoundTold, int, Tally]]:
        """Count by duty: its latest round, how many rounds it had, and their count."""
        rounds = {one.id: one for one in self.rounds}
        found = self._by(lambda one: rounds[one.round_id].duty)
        many: dict[str, list[RoundTold]] = defaultdict(list)
        for one in self.rounds:
            many[one.duty].append(one)
        return [(some[-1], len(some), found[duty]) for duty, some in many.items() if duty in found]

    def by_month(self) -> dict[int, Tally]:
        """Count by the month in which a round fell due."""
        months = {one.id: one.month for one in self.rounds}
        return dict(sorted(self._by(lambda one: months[one.round_id]).items()))

    def _by(self, key: Callable[[Behind], _Key]) -> dict[_Key, Tally]:
        grouped: dict[_Key, list[Outcome]] = defaultdict(list)
        for one in self.owed:
            grouped[key(one)].append(one.outcome)
        return {value: tally(some) for value, some in grouped.items()}


def bulletin(session: Session, slug: str, year: int, days: tuple[date, date], as_of: datetime) -> Bulletin:
    """Give the facts of a plan's stretch of days (both included, of Asia/Shanghai) as of ``as_of`` (UTC)."""
    first, last = days
    chosen = Slice(year=year, slug=slug, first=first, last=last)
    owed = rates_behind.behind(session, chosen, as_of, today=False, limit=sys.maxsize)
    columns = (Round.id, Round.duty, Round.name, Round.title, Round.clause, Round.opens_at, Round.due_at)
    unset = Round.due_at.is_(None)  # the two databases sort nulls differently
    query = select(*columns).where(Round.id.in_(chosen.rounds(as_of))).order_by(unset, Round.due_at, Round.id)
    found = finding_rows(session, FindingFilters(slug=slug, year=year), as_of)
    issued = filed_sheets(session, slug, year, as_of)
    return Bulletin(
        *(first, last, as_of, tuple(RoundTold(*row) for row in session.execute(query)), owed.rows),
        findings=tuple(one for one in found if first <= local_day(one.found_at) <= last),
        sheets=tuple(one for one in issued if first <= local_day(one.issued_at) <= last),
    )
