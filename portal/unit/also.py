"""What a unit finds on its list besides what it owes: sheets, findings, meetings, as each part has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import appraisals, circulars, findings, inspection_also, meetings, pursuit_also, sheets

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from .also_kind import Also, Provider

# What they give is defined in ``also_kind``, which they import; this module imports them.
PROVIDERS: tuple[Provider, ...] = (
    pursuit_also.events,
    pursuit_also.rosters,
    pursuit_also.clues,
    pursuit_also.visits,
    sheets.mine,
    appraisals.mine,
    circulars.mine,
    findings.mine,
    inspection_also.inspected,
    inspection_also.revisits,
    meetings.mine,
)


def also(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give them all, the most pressing first; what has no limit comes last."""
    found = [one for provider in PROVIDERS for one in provider(session, unit_id, now)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))
