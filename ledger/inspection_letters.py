"""What units are told by letter of an inspection that is announced: when, and who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.moments import in_words
from . import addressed, inspection_waiting
from .addressed import Letter
from .tables import InspectedUnit, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .means import Means
    from .tables import Inspection


def about(one: Inspection) -> str:
    """Give the name under which the letters about an inspection go."""
    return f"inspection/{one.id}"


def announce(session: Session, one: Inspection, now: datetime, means: Means) -> None:
    """Tell each unit that was drawn when the inspection begins and who comes."""
    slot = means.slots(now, False).first  # noqa: FBT003 - not urgent
    plan = inspection_waiting.plan_of(session, one)
    rows = session.execute(
        select(InspectedUnit, Unit.name)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .where(InspectedUnit.inspection_id == one.id)
        .order_by(InspectedUnit.place)
    )
    for part, unit in rows.tuples():
        addressed.address(session, [part.unit_id], _letter(one, part, unit, f"《{plan}》{one.clause}"), slot)


def recall(session: Session, one: Inspection, now: datetime, by: str) -> None:
    """Take back what has not left yet."""
    addressed.recall(session, about(one), now, by)


def team(part: InspectedUnit) -> str:
    """Give the names of those who come."""
    return "、".join(name for _, name in part.team)


def _letter(one: Inspection, part: InspectedUnit, unit: str, basis: str) -> Letter:
    begins = in_words(one.begins_at) if one.begins_at else ""
    text = (
        f"{unit}：\n经公开抽签，贵单位列为“{one.title}”的检查对象。\n"
        f"检查时间：{begins}起。\n检查人员：{team(part)}。\n"
        f"依据：{basis}。\n请备好相关台账，安排人员到场。"
    )
    mark = f"{part.id}-{one.begins_at:%Y%m%d%H%M}"
    return Letter(about(one), mark, f"督查检查通知：{one.title}", text)
