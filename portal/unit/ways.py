"""What a unit may begin by itself from its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...ledger import alert_list

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session


class Way(NamedTuple):
    """A button: ``address`` follows ``/l/{token}/``; ``pressing`` ones cannot be overlooked."""

    name: str
    address: str
    pressing: bool = False


def ways(session: Session, unit_id: int, now: datetime) -> list[Way]:
    """Give what this unit may begin."""
    pressing = [Way("报告重大事件", "alerts/new", pressing=True)]
    found = pressing if alert_list.reportable(session, now, unit_id) else []
    return [*found, Way("移送线索", "clues/new")]
