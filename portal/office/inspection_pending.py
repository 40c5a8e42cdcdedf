"""What waits for those who inspect: draws to be made, results to be entered, revisits that are not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...calendar.dates import local_day
from ...ledger import inspection_coverage, inspection_waiting, lookback_list
from ..access import Act
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, and which plans cannot reach all of their units this year any more."""
    to_draw, to_enter = inspection_waiting.to_draw(session), inspection_waiting.to_enter(session)
    nobody, late = lookback_list.unassigned(session, now), lookback_list.overdue(session, now)
    covered = inspection_coverage.coverage(session, local_day(now).year, now)
    lacking = [(f"“{one.title}”督查全年覆盖差{one.lacking}个单位", one.lacking) for one in covered]
    return [
        *(Pending(said, count, "/inspections", Act.INSPECT) for said, count in lacking),
        Pending(f"{to_draw}次督查待抽签", to_draw, "/inspections", Act.INSPECT),
        Pending(f"{to_enter}个被查单位待登记结果", to_enter, "/inspections", Act.INSPECT),
        Pending(f"{nobody}项回头看复查无人承担", nobody, "/lookbacks", Act.INSPECT),
        Pending(f"{late}项回头看复查逾期未办", late, "/lookbacks", Act.INSPECT),
    ]
