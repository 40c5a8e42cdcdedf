"""What waits for the office of sheets: drafts to sign, replies to answer, talks to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import sheet_list
from ..access import Act
from ..office.pending_kind import Pending

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def waiting(session: Session, now: datetime) -> list[Pending]:
    """Give what waits, the most pressing first."""
    found = sheet_list.waiting(session, now)
    talks = "/sheets?rung=yuetan&state=issued"
    return [
        Pending(f"{found.drafts}份督办文书待签发", found.drafts, "/sheets#drafts", Act.SIGN),
        Pending(f"{found.replies}份督办回复待答复", found.replies, "/sheets?limit=reply", Act.DRAFT),
        Pending(f"{found.talks}次约谈待记录", found.talks, talks, Act.DRAFT),
        Pending(f"{found.promises}次约谈的承诺待跟进", found.promises, talks, Act.DRAFT),
        Pending(f"{found.alone}份督办文书没有联系人可通知", found.alone, "/sheets?limit=alone", Act.CHASE),
    ]
