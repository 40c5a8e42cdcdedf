"""What waits for those who inspect: draws to be made, results to be entered, revisits that nobody makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import inspection_waiting, lookback_list
from ..access import Act
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, _now: datetime) -> list[Pending]:
    """Give what waits."""
    to_draw, to_enter = inspection_waiting.to_draw(session), inspection_waiting.to_enter(session)
    nobody = lookback_list.unassigned(session)
    return [
        Pending(f"{to_draw}次督查待抽签", to_draw, "/inspections", Act.INSPECT),
        Pending(f"{to_enter}个被查单位待登记结果", to_enter, "/inspections", Act.INSPECT),
        Pending(f"{nobody}项回头看复查无人承担", nobody, "/lookbacks", Act.INSPECT),
    ]
