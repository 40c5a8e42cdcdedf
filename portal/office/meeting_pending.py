"""What waits for the office of meetings, and for a leader of phases that do not pass their gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import meeting_list, proposing
from ..access import Act
from .pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, the most pressing first."""
    owed, proposed = meeting_list.owed(session, now), len(proposing.waiting(session))
    late = f"，其中{owed.late}份逾期" if owed.late else ""
    return [
        Pending(f"{owed.notices}次会议的通知待发", owed.notices, "/meetings", Act.MEET),
        Pending(f"{owed.missed}次会议没有按期召开", owed.missed, "/meetings", Act.MEET),
        Pending(f"{owed.minutes}份会议纪要待印发{late}", owed.minutes, "/meetings", Act.MEET),
        Pending(f"{proposed}条议题待列入议程", proposed, "/meetings#waiting", Act.MEET),
        Pending(f"{owed.gates}项阶段条件未通过", owed.gates, "/phases", Act.SIGN),
    ]
