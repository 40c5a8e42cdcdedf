"""What a unit finds on its list of inspections that it was told of, and of what it is to visit once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ledger import inspection_letters, inspection_waiting, lookback_list
from ...obligations.looking_back import Why
from ...obligations.moments import in_words
from .also_kind import Also

if TYPE_CHECKING:
    from datetime import datetime

    from ...ledger.book import Session
    from ...ledger.tables import InspectedUnit, Inspection


def inspected(session: Session, unit_id: int, now: datetime) -> list[Also]:
    """Give the inspections that are announced to the unit and have no result yet."""
    return [
        Also("督查", one.title, f"inspections/{part.id}", _said(part, one), act="查看")
        for part, one in inspection_waiting.to_unit(session, unit_id, now)
    ]


def revisits(session: Session, unit_id: int, _now: datetime) -> list[Also]:
    """Give what the unit is to visit once more."""
    return [
        Also(
            "回头看",
            f"复查{one.unit}",
            f"revisits/{one.row.id}",
            f"{Why(one.row.why).zh}：{one.finding.description}" if one.finding else Why(one.row.why).zh,
            due_at,
            "复查",
        )
        for one, due_at in lookback_list.to_visit(session, unit_id)
    ]


def _said(part: InspectedUnit, one: Inspection) -> str:
    begins = f"{in_words(one.begins_at)}起检查，" if one.begins_at else ""
    return f"{begins}检查人员：{inspection_letters.team(part)}"
