"""What every page needs, wired once at the edge and handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..app import clock, doctor, doorbell, wiring
from ..calendar.slots import QuietHours, slot
from ..calendar.workdays import Workdays
from ..ledger.means import Means
from ..ledger.reminding import Slots, slots_at
from ..ledger.tokens import new_token
from .inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..app.doctor_finding import Finding
    from ..app.settings import Settings
    from ..ledger.book import Book
    from ..ledger.secrets import SecretBox


@dataclass(frozen=True)
class Counter:
    """The book, the calendar of workdays, where files lie, who the office is, and the clock.

    ``now`` is asked once for each request; ``ring`` tells the sender that something in the outbox need not
    wait for its schedule; ``examine`` looks at the installation as ``duban doctor`` does.
    """

    book: Book
    workdays: Workdays
    box: SecretBox
    attachments: Path
    outbox: Path
    public_url: str
    office_name: str = ""
    office_phone: str = ""
    quiet: QuietHours = field(default_factory=QuietHours)
    now: Callable[[], datetime] = clock.now
    new_token: Callable[[], str] = new_token
    ring: Callable[[], None] = lambda: None
    examine: Callable[[datetime], Sequence[Finding]] = lambda _now: ()

    @cached_property
    def inbox(self) -> Inbox:
        """Give the place where reports are handed in, one for the process."""
        return Inbox(self.book)

    @property
    def secure(self) -> bool:
        """Tell whether people reach the pages over TLS, so that cookies must not travel without it."""
        return self.public_url.startswith("https://")

    def slots(self, now: datetime, *, urgent: bool) -> Slots:
        """Give when a reminder made at ``now`` may leave."""
        return slots_at(now, self.workdays, self.quiet, urgent=urgent)

    @property
    def means(self) -> Means:
        """Give what the ledger's acts need besides the book."""
        return Means(self.workdays, lambda now, urgent: self.slots(now, urgent=urgent), box=self.box)

    def leaves(self, at: datetime) -> datetime:
        """Give when a message that may leave from ``at`` on really does, if it is not urgent."""
        return slot(at, self.workdays, self.quiet, urgent=False).not_before


def from_settings(settings: Settings, now: Callable[[], datetime] = clock.now) -> Counter:
    """Give the counter of an installation; raises :class:`DubanError` when book or key cannot be used."""
    return Counter(
        book=wiring.open_book(settings),
        workdays=Workdays.load(),
        box=wiring.secret_box(settings),
        attachments=settings.attachments,
        outbox=settings.outbox,
        public_url=settings.portal_url,
        office_name=settings.office_name,
        office_phone=settings.office_phone,
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        now=now,
        ring=lambda: doorbell.ring(settings),
        examine=lambda at: doctor.examine(settings, at),
    )
