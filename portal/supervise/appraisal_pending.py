"""What waits for the office of an appraisal: appeals to answer, vetoes to sign, results to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import appraisal_list
from ..access import Act
from ..office.pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, the most pressing first."""
    found = appraisal_list.waiting(session, now)
    appeals, vetoes = f"/appraisal?run={found.run_id}", f"?plan={found.plan}&period={found.period}"
    return [
        Pending(f"{found.appeals}件考核申诉待答复", found.appeals, appeals, Act.APPRAISE),
        Pending(f"{found.vetoes}件一票否决待签批", found.vetoes, f"/appraisal/entries{vetoes}", Act.SIGN),
        Pending(f"{found.ready}个单位的考核结果待公布", found.ready, "/appraisal", Act.SIGN),
    ]
