"""What a unit finds on its list of events, clues, nights on duty and what it is to visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import alert_list
from .also_kind import Also

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


def events(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the events that the unit was told of and has not acknowledged; they are due at once."""
    return [
        Also("紧急", one.round.name, f"alerts/{one.alert.id}", one.alert.text, one.alert.at, "签收")
        for one in alert_list.waiting_for(session, unit_id, now)
    ]
