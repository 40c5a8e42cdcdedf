"""The results of an inspection: what came of each unit that was drawn, the findings of it, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ..calendar.dates import local_day
from ..obligations import inspecting as rules
from ..obligations.errors import DubanError
from ..obligations.inspecting import Checked, InspectionState
from ..obligations.moments import in_words
from . import journal
from .asking import said
from .inspections import about
from .journal import Note
from .kept_inspections import CLOSED, INSPECTED_FINDINGS, RESULTS
from .tables import Finding, InspectedFinding, InspectedUnit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from .tables import Inspection


@dataclass(frozen=True, slots=True)
class Result:
    """What came of inspecting a unit: when (UTC) and by whom, and the findings that were recorded of it."""

    checked: Checked
    checked_at: datetime
    checked_by: str
    text: str = ""
    findings: Collection[int] = ()


def part(session: Session, one: Inspection, part_id: int) -> InspectedUnit | None:
    """Give a unit of an inspection by the number of its row, locked until the transaction ends."""
    query = select(InspectedUnit).where(InspectedUnit.inspection_id == one.id, InspectedUnit.id == part_id)
    return session.scalar(query.with_for_update(key_share=True))


def result(
    session: Session, one: Inspection, part: InspectedUnit, came: Result, now: datetime, by: str
) -> None:
    """Enter what came of inspecting one unit; after the last the inspection is closed.

    Raises :class:`DubanError` before it has begun, for a second result, for times that cannot be, for
    findings that are not of this unit and of this inspection's time, or for a result that does not go with
    them.
    """
    text, people = said(came.text), said(came.checked_by)
    known = Checked(part.checked) if part.checked else None
    rules.check_result(InspectionState(one.state), known, came.checked, text)
    rules.check_findings(came.checked, len(came.findings))
    _check_when(one, came.checked_at, now)
    if not people:
        raise DubanError("请写明由谁检查。")
    found = list(_findings(session, one, part, came.findings))
    part.checked, part.checked_at, part.checked_by = str(came.checked), came.checked_at, people
    part.text, part.entered_at, part.entered_by = text, now, by
    session.add_all(found)
    session.flush()
    notes = [Note("inspection.result", about(one), RESULTS.said(part))]
    notes += [Note("inspection.finding", about(one), INSPECTED_FINDINGS.said(row)) for row in found]
    journal.append_many(session, now, by, [*notes, *_close(session, one, now)])


def _check_when(one: Inspection, checked_at: datetime, now: datetime) -> None:
    if checked_at > now:
        raise DubanError(f"检查时间不能晚于现在；所填为{in_words(checked_at)}。")
    begun = first_day(one)
    if begun is None or local_day(checked_at) < begun:
        raise DubanError(f"检查时间不能早于督查开始之日；所填为{in_words(checked_at)}。")


def first_day(one: Inspection) -> date | None:
    """Give the local day from which a check can be made; None before it begins.

    The clock may begin it later than it was fixed for.
    """
    if one.begun_at is None:
        return None
    return local_day(min(one.begun_at, one.begins_at or one.begun_at))


def _findings(
    session: Session, one: Inspection, part: InspectedUnit, ids: Collection[int]
) -> Iterator[InspectedFinding]:
    begun = first_day(one)
    taken = select(InspectedFinding.finding_id).where(InspectedFinding.finding_id.in_(ids))
    if session.scalars(taken).first() is not None:
        raise DubanError("所选的隐患已登记为另一次检查发现的，请核对。")
    for each in session.scalars(select(Finding).where(Finding.id.in_(ids)).order_by(Finding.id)):
        if each.unit_id != part.unit_id or begun is None or local_day(each.found_at) < begun:
            raise DubanError(f"隐患第{each.number}号不是这次检查该单位时发现的，请核对单位和检查时间。")
        yield InspectedFinding(finding_id=each.id, inspected_id=part.id)


def _close(session: Session, one: Inspection, now: datetime) -> list[Note]:
    left = select(func.count()).where(InspectedUnit.inspection_id == one.id, InspectedUnit.checked.is_(None))
    if session.scalar(left):
        return []
    one.state, one.closed_at = str(InspectionState.CLOSED), now
    session.flush()
    return [Note("inspection.closed", about(one), CLOSED.said(one))]
