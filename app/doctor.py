"""``duban doctor``: everything that a clerk could have wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doctor_book import book_findings
from .doctor_holidays import holiday_findings
from .doctor_place import place_findings
from .doctor_portal import portal_findings
from .doctor_prefect import prefect_findings

if TYPE_CHECKING:
    from datetime import datetime

    from .doctor_finding import Finding
    from .settings import Settings


def examine(settings: Settings, now: datetime, *, full: bool = False) -> list[Finding]:
    """Give a finding for everything checked, as of ``now``; nothing is made, mended or migrated.

    ``full`` proves the whole journal and every report, not only the head.
    """
    return [
        *place_findings(settings, now),
        *book_findings(settings, now, full=full),
        *holiday_findings(now),
        *portal_findings(settings),
        *prefect_findings(settings, now),
    ]
