"""What every task needs, wired once at the edge and handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING

from ..calendar.dates import ZONE
from ..calendar.slots import QuietHours, Slot, awake, slot
from ..ledger.means import Means
from ..ledger.reminding import Slots, slots_at
from ..ledger.tokens import new_seed, new_token

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..calendar.workdays import Workdays
    from ..ledger.book import Book
    from ..ledger.secrets import SecretBox


@dataclass(frozen=True)
class Works:
    """The book, the calendar of workdays, the quiet hours, and what sending needs.

    ``wall_clock`` gives real Unix seconds, for the robots' signatures. ``public_url`` is where people open
    the pages; without it messages carry no link. With ``at_any_hour`` nothing waits for
    the morning: a first start has only files to write, and whoever started it is waiting to see them.
    ``publish_to`` are the codes of the units that keep the journal's daily line, ``publish_at`` from when;
    ``alarm_to`` of those who hear that the program itself fails, the plans' offices where there are none.
    """

    book: Book
    workdays: Workdays
    outbox: Path
    box: SecretBox
    wall_clock: Callable[[], float]
    quiet: QuietHours = field(default_factory=QuietHours)
    office_name: str = ""
    office_phone: str = ""
    public_url: str = ""
    new_token: Callable[[], str] = new_token
    new_seed: Callable[[], str] = new_seed
    threads: int = 8
    worker: str = "duban"
    at_any_hour: bool = False
    publish_to: tuple[str, ...] = ()
    publish_at: time = time(10)
    alarm_to: tuple[str, ...] = ()

    def slots(self, now: datetime, urgent: bool) -> Slots:  # noqa: FBT001 - the ledger calls it by position
        """Give when a reminder made at ``now`` may leave."""
        found = slots_at(now, self.workdays, self.quiet, urgent=urgent)
        if not self.at_any_hour:
            return found
        return Slots(slot(now, self.workdays, self.quiet, urgent=True), found.after)

    @property
    def means(self) -> Means:
        """Give what the ledger's acts need besides the book."""
        return Means(self.workdays, self.slots, self.new_seed, self.box)

    def awake(self, now: datetime) -> Slot:
        """Give the slot of what waits for the end of the quiet hours, but not for a workday."""
        at = awake(now.astimezone(ZONE), self.quiet)
        return Slot(at.date(), at)

    def resting(self, now: datetime) -> bool:
        """Tell whether only what is urgent leaves at ``now``: in the quiet hours and on rest days."""
        return not self.at_any_hour and slot(now, self.workdays, self.quiet, urgent=False).not_before > now
