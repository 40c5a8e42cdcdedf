"""Holds draws against their commitments: repeated from its seed and its list, each must come out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import draw
from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from . import lots
from .tables import InspectedUnit, Inspection, Lot, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def draws(session: Session) -> str | None:
    """Give the first draw that does not follow from what was published before it; None when all do.

    Those that are still secret are held against their seal.
    """
    for row in session.scalars(select(Lot).order_by(Lot.id)):
        if wrong := _wrong(row):
            return f"{row.id}号抽签{wrong}，被改动过"
    return _units(session)


def _wrong(row: Lot) -> str:
    try:
        if draw.commitment(row.seed) != row.commitment:
            return "的种子与公布的承诺不符"
        return _wrong_list(row) or _wrong_draw(row)
    except (DubanError, ValueError):
        return "的种子或名单已无法读取"


def _wrong_list(row: Lot) -> str:
    if row.listed and draw.digest(draw.read(row.terms), times=False) != row.listed:
        return "的名单与公布的不符"
    return ""


def _wrong_draw(row: Lot) -> str:
    if row.drawn_at is None:
        return "没有抽签却有结果" if row.result else ""
    terms = draw.read(row.terms)
    drawn = draw.draw(row.seed, terms) if terms.units else ()
    if draw.digest(terms) != row.drawn_from or drawn != lots.drawn(row):
        return "的结果不能由种子和名单重算得出"
    if row.seal is not None and draw.seal(row.seed, drawn) != row.seal:
        return "的结果与密封的不符"
    return ""


def _units(session: Session) -> str | None:
    """Hold the units of each inspection against what was drawn; before that is public there are none."""
    rows = session.execute(
        select(InspectedUnit, Unit.code)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .order_by(InspectedUnit.inspection_id, InspectedUnit.place)
    )
    there: dict[int, list[list[str]]] = {}
    for one, code in rows.tuples():
        there.setdefault(one.inspection_id, []).append([code, *(number for number, _ in one.team)])
    joined = select(Inspection, Lot).join(Lot, Lot.id == Inspection.lot_id).order_by(Inspection.id)
    for one, lot in session.execute(joined).tuples():
        public = lot.result if lot.revealed_at is not None else []
        if there.get(one.id, []) != public:
            return f"{one.id}号督查的被查单位与抽签的结果不符，有增删或改动"
        if InspectionState(one.state) is not _stands(one, lot):
            return f"{one.id}号督查的进度与抽签、开始、结束的记录不符，被改动过"
    return None


def _stands(one: Inspection, lot: Lot) -> InspectionState:
    if one.closed_at is not None:
        return InspectionState.CLOSED
    if one.begun_at is not None:
        return InspectionState.BEGUN
    return InspectionState.PREPARED if lot.drawn_at is None else InspectionState.DRAWN
