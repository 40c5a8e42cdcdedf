"""What waits for the office of findings: rechecks, requests for more time, and what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import finding_list
from ..access import Act
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, the most pressing first."""
    found = finding_list.waiting(session, now)
    return [
        Pending(f"{found.overdue}处隐患超期未整改", found.overdue, "/findings?which=overdue", Act.FIND),
        Pending(f"{found.fixed}处隐患待复查", found.fixed, "/findings?which=fixed", Act.FIND),
        Pending(f"{found.asked}处隐患申请延期待答复", found.asked, "/findings?which=asked", Act.FIND),
    ]
