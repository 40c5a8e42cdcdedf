"""What waits for the office besides reports and requests: drafts to sign, rechecks, minutes to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..supervise import appraisal_pending, sheet_pending
from . import circulars, finding_pending, inspection_pending, meeting_pending, pursuit_pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from .pending_kind import Pending, Provider

# What they give is defined in ``pending_kind``, which they import; this module imports them.
PROVIDERS: tuple[Provider, ...] = (
    sheet_pending.waiting,
    circulars.waiting,
    finding_pending.waiting,
    pursuit_pending.waiting,
    inspection_pending.waiting,
    meeting_pending.waiting,
    appraisal_pending.waiting,
)


def pending(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, leaving out what there is none of."""
    return [one for provider in PROVIDERS for one in provider(session, now) if one.count]
