"""Inspections and look-backs as of a moment: who was drawn, what was found, and the draws to repeat.

Of a draw only what had been revealed by then is told.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, or_, select

from ..obligations import findings
from ..obligations.draw import Replaced
from ..obligations.inspecting import Checked
from ..obligations.looking_back import Found, Why
from . import lots, unit_names
from .tables import (
    Finding,
    InspectedFinding,
    InspectedUnit,
    Inspection,
    Inspector,
    LookBack,
    Lot,
    Replacement,
    Revisit,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from .filed_scope import Filed


class FiledInspection(NamedTuple):
    """One unit that was inspected, or an inspection that had not begun. Moments in UTC, empty if unknown."""

    number: int
    title: str
    clause: str
    how: str
    commitment: str
    begun_at: datetime | None
    unit: str
    team: str
    replaced: str
    checked_at: datetime | None
    result: str
    text: str
    found: str
    entered_by: str


class FiledRevisit(NamedTuple):
    """One thing that was to be visited once more, and what came of it by then. Moments in UTC."""

    number: int
    title: str
    what: str
    unit: str
    why: str
    promised: str
    visited_at: datetime | None
    visited_by: str
    result: str
    text: str
    until: datetime | None


class FiledDraw(NamedTuple):
    """What one needs to repeat a draw, and what it was for."""

    title: str
    lookback: bool
    paper: dict[str, Any]


def filed_inspections(session: Session, filed: Filed) -> Iterator[FiledInspection]:
    """Give the units in the order of the inspections and of the draw."""
    as_of, name = filed.as_of, unit_names.called(session, filed.as_of)
    drawn = and_(InspectedUnit.inspection_id == Inspection.id, Inspection.begun_at <= as_of)
    if filed.unit is not None:
        drawn = and_(drawn, InspectedUnit.unit_id.in_(filed.units()))
    rows = session.execute(
        select(Inspection, InspectedUnit, name, Lot.commitment)
        .select_from(Inspection)
        .join(Lot, Lot.id == Inspection.lot_id)
        .outerjoin(InspectedUnit, drawn)
        .outerjoin(Unit, Unit.id == InspectedUnit.unit_id)
        .where(Inspection.id.in_(filed.inspections()))
        .order_by(Inspection.prepared_at, Inspection.id, InspectedUnit.place)
    )
    found, swaps = _found(session, filed), _swaps(session, filed)
    for number, row in enumerate(rows, start=1):
        one: Inspection = row[0]
        part: InspectedUnit | None = row[1]
        unit, commitment = row[2:]
        begun = one.begun_at if one.begun_at is not None and one.begun_at <= as_of else None
        head = (number, one.title, one.clause, "事先通知" if one.announced else "不打招呼", commitment, begun)
        if not part:
            yield FiledInspection(*head, "", "", "", None, "未开始", "", "", "")
            continue
        done = part.entered_at is not None and part.entered_at <= as_of
        yield FiledInspection(
            *(*head, unit, "、".join(str(name) for _, name in part.team), swaps[part.id]),
            *(part.checked_at if done else None, Checked(part.checked or "").zh if done else "待登记"),
            *((part.text or "") if done else "", "、".join(found[part.id])),
            (part.entered_by or "") if done else "",
        )


def _found(session: Session, filed: Filed) -> dict[int, list[str]]:
    """Give the numbers of the findings of each inspected unit."""
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(InspectedFinding.inspected_id, Finding.year, Finding.number)
        .join(Finding, Finding.id == InspectedFinding.finding_id)
        .where(Finding.slug == filed.slug, Finding.entered_at <= filed.as_of)
    )
    for inspected_id, year, number in session.execute(query.order_by(Finding.year, Finding.number)):
        found[inspected_id].append(findings.called(year, number))
    return found


def _swaps(session: Session, filed: Filed) -> dict[int, str]:
    """Give who took whose place in each inspected unit, and why."""
    names = {str(id_): name for id_, name in session.execute(select(Inspector.id, Inspector.name)).tuples()}
    said: dict[int, str] = defaultdict(str)
    query = select(Replacement).where(Replacement.at <= filed.as_of).order_by(Replacement.id)
    for one in session.scalars(query):
        swap = f"{names.get(one.out, one.out)}换为{names.get(one.into, one.into)}：{one.reason}"
        said[one.inspected_id] += ("；" if said[one.inspected_id] else "") + swap
    return said


def filed_revisits(session: Session, filed: Filed) -> Iterator[FiledRevisit]:
    """Give what the look-backs went to see, in their order."""
    query = (
        select(LookBack.title, Revisit, unit_names.called(session, filed.as_of), Finding)
        .select_from(Revisit)
        .join(LookBack, LookBack.id == Revisit.lookback_id)
        .join(Unit, Unit.id == Revisit.unit_id)
        .outerjoin(Finding, Finding.id == Revisit.finding_id)
        .where(LookBack.id.in_(filed.lookbacks()))
        .order_by(LookBack.id, Revisit.number)
    )
    if filed.unit is not None:
        query = query.where(Revisit.unit_id.in_(filed.units()))
    for number, (title, one, unit, finding) in enumerate(session.execute(query).tuples(), start=1):
        done = one.entered_at is not None and one.entered_at <= filed.as_of
        what = f"{findings.called(finding.year, finding.number)} {finding.place}" if finding else "报送情况"
        yield FiledRevisit(
            *(number, title, what, unit, Why(one.why).zh, one.promised),
            *(one.visited_at if done else None, (one.visited_by or "") if done else ""),
            *(Found(one.found or "").zh if done else "待复查", (one.text or "") if done else ""),
            one.until if done else None,
        )


def filed_draws(session: Session, filed: Filed) -> list[FiledDraw]:
    """Give the draws that had been revealed by then, the earliest first."""
    inspected = Inspection.lot_id == Lot.id, Inspection.id.in_(filed.inspections())
    looked = LookBack.lot_id == Lot.id, LookBack.id.in_(filed.lookbacks())
    rows = session.execute(
        select(Lot, Inspection.title, LookBack.title)
        .select_from(Lot)
        .outerjoin(Inspection, and_(*inspected))
        .outerjoin(LookBack, and_(*looked))
        .where(Lot.revealed_at <= filed.as_of, or_(Inspection.id.is_not(None), LookBack.id.is_not(None)))
        .order_by(Lot.revealed_at, Lot.id)
    )
    found: list[FiledDraw] = []
    for row in rows:
        lot, inspection, lookback = row
        paper = lots.paper(lot, _replaced(session, lot, filed.as_of))
        found.append(FiledDraw(lookback or inspection, lookback is not None, paper))
    return found


def _replaced(session: Session, lot: Lot, by: datetime) -> list[Replaced]:
    rows = session.execute(
        select(Unit.code, Replacement.out, Replacement.into)
        .join(InspectedUnit, InspectedUnit.id == Replacement.inspected_id)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Inspection.lot_id == lot.id, Replacement.at <= by)
        .order_by(Replacement.id)
    )
    return [Replaced(*row) for row in rows.tuples()]
