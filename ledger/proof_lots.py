"""Holds draws against their commitments: repeated from its seed and its list, each must come out the same.

What is still sealed is opened for that if the book's key is at hand. Who is to visit and which inspectors are
in use is held against what the journal said of it last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..obligations import draw
from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from . import lots
from .lookback_choice import share
from .tables import InspectedUnit, Inspection, Inspector, LookBack, Lot, LotUnit, Revisit, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from .secrets import SecretBox

MADE = "revisit.made"
SWITCHES = ("inspector.on", "inspector.off", "revisit.assigned")


@dataclass(slots=True)
class Said:
    """What the journal said last of who is in use and who is to visit; ``by_lot`` is who was at first."""

    active: dict[int, bool] = field(default_factory=dict[int, bool])
    visitors: dict[int, tuple[int | None, str]] = field(default_factory=dict[int, "tuple[int | None, str]"])
    by_lot: dict[int, int | None] = field(default_factory=dict[int, "int | None"])

    def note(self, action: str, said: Mapping[str, Any]) -> None:
        """Note what an entry says; older entries tell less."""
        if action in ("inspector.on", "inspector.off"):
            self.active[said["inspector"]] = action == "inspector.on"
        elif action == "revisit.assigned":
            self.visitors[said["revisit"]] = (said["visitor"], said["visitors"])
        elif "visitor" in said:
            self.by_lot[said["revisit"]] = said["visitor"]
            self.visitors[said["revisit"]] = (said["visitor"], "")


def unproved(session: Session, box: SecretBox | None) -> int:
    """Count the draws whose seed lies sealed and cannot be opened, as there is no key at hand."""
    if box is not None:
        return 0
    return sum(row.sealed is not None and not row.seed for row in session.scalars(select(Lot)))


def draws(session: Session, said: Said, box: SecretBox | None) -> str | None:
    """Give the first draw that does not follow from what was published before it; None when all do.

    Without the key, those that are still secret are left out (:func:`unproved`).
    """
    for row in session.scalars(select(Lot).order_by(Lot.id)):
        if wrong := _wrong(row, box):
            return wrong if wrong.startswith(f"{row.id}号") else f"{row.id}号抽签{wrong}，被改动过"
    checks = (_units(session), _told(session), _active(session, said), _visitors(session, said))
    return next((wrong for found in checks for wrong in found), None)


def _wrong(row: Lot, box: SecretBox | None) -> str:
    try:
        return _wrong_list(row) or _wrong_draw(row, box)
    except DubanError as wrong:
        return str(wrong).rstrip("。") if "解不开" in str(wrong) else "的种子或名单已无法读取"
    except ValueError:
        return "的种子或名单已无法读取"


def _wrong_list(row: Lot) -> str:
    if row.listed and draw.published(draw.read(row.terms)) != row.listed:
        return "的名单与公布的不符"
    return ""


def _wrong_draw(row: Lot, box: SecretBox | None) -> str:
    if row.sealed is not None and row.revealed_at is None and row.withdrawn_at is None:
        if row.seed or row.result:
            return "尚未公开，种子或结果却写在了明处"
        if box is None:
            return ""
    seed, result, _ = lots.hidden(row, box) if box else lots.Hidden(row.seed, row.result)
    if draw.commitment(seed) != row.commitment:
        return "的种子与公布的承诺不符"
    if row.drawn_at is None:
        return "没有抽签却有结果" if result else ""
    return _wrong_result(row, seed, result)


def _wrong_result(row: Lot, seed: str, result: list[Any]) -> str:
    terms = draw.read(row.terms)
    drawn = draw.draw(seed, terms) if terms.units else ()
    if draw.digest(terms) != row.drawn_from or drawn != lots.drawn(result):
        return "的结果不能由种子和名单重算得出"
    if row.seal is not None and draw.seal(seed, drawn) != row.seal:
        return "的结果与密封的不符"
    return ""


def _units(session: Session) -> Iterator[str]:
    """Hold the units of each inspection against what was drawn; before that is public there are none."""
    rows = session.execute(
        select(InspectedUnit, Unit.code)
        .join(Unit, Unit.id == InspectedUnit.unit_id)
        .order_by(InspectedUnit.inspection_id, InspectedUnit.place)
    )
    there: dict[int, list[tuple[str, InspectedUnit]]] = {}
    for one, code in rows.tuples():
        there.setdefault(one.inspection_id, []).append((code, one))
    joined = select(Inspection, Lot).join(Lot, Lot.id == Inspection.lot_id).order_by(Inspection.id)
    for one, lot in session.execute(joined).tuples():
        public, parts = lot.result if lot.revealed_at is not None else [], there.get(one.id, [])
        if [[code, *(number for number, _ in part.team)] for code, part in parts] != public:
            yield f"{one.id}号督查的被查单位与抽签的结果不符，有增删或改动"
        elif wrong := _wrong_teams(session, lot, parts):
            yield f"{one.id}号督查{wrong}，被改动过"
        if InspectionState(one.state) is not _stands(one, lot):
            yield f"{one.id}号督查的进度与抽签、开始、结束的记录不符，被改动过"


def _wrong_teams(session: Session, lot: Lot, parts: list[tuple[str, InspectedUnit]]) -> str:
    """Hold who goes now against the draw and the replacements, each of whom was the next of the list."""
    swaps, terms, drawn = lots.replaced(session, lot), lot.terms, lots.drawn(lot.result)
    try:
        for place, swap in enumerate(swaps):
            here = (lot.seed, draw.read(terms), drawn, swaps[:place], swap.unit, swap.out)
            if draw.substitute(*here) != swap:
                return "替换的检查人员不是名单中的下一位"
    except DubanError:
        return "替换的检查人员不在名单之中"
    teams = draw.standing(drawn, swaps)
    same = all(teams[code] == tuple(number for number, _ in part.going) for code, part in parts)
    return "" if same else "现在的检查人员与抽签和替换的记录不符"


def _told(session: Session) -> Iterator[str]:
    """Hold who is told of an inspection's commitment against its list."""
    rows = session.execute(select(LotUnit.lot_id, Unit.code).join(Unit, Unit.id == LotUnit.unit_id)).tuples()
    told: dict[int, set[str]] = {}
    for lot_id, code in rows:
        told.setdefault(lot_id, set()).add(code)
    for lot in session.scalars(select(Lot).where(Lot.kind == "inspection", Lot.sealed.is_not(None))):
        if told.get(lot.id, set()) != {one["code"] for one in lot.terms["units"]}:
            yield f"{lot.id}号抽签告知的单位与名单不符，有增删"


def _active(session: Session, said: Said) -> Iterator[str]:
    for id_, active in session.execute(select(Inspector.id, Inspector.active).order_by(Inspector.id)):
        if active != said.active.get(id_, True):
            yield f"{id_}号检查人员的启用或停用与留痕所记的不符，被改动过"


def _visitors(session: Session, said: Said) -> Iterator[str]:
    """Hold who is to visit against the journal, and whom the lot gave against the lot."""
    rows = list(session.scalars(select(Revisit).order_by(Revisit.lookback_id, Revisit.number)))
    for row in rows:
        if row.id in said.visitors and said.visitors[row.id] != (row.visitor_id, row.visitors):
            yield f"{row.id}号复查由谁承担与留痕所记的不符，被改动过"
    joined = select(LookBack.id, Lot).join(Lot, Lot.id == LookBack.lot_id).where(Lot.sealed.is_not(None))
    for id_, lot in session.execute(joined.order_by(LookBack.id)).tuples():
        mine = [row for row in rows if row.lookback_id == id_]
        shared = share(session, lot, [row.unit_id for row in mine])
        if [said.by_lot.get(row.id) for row in mine] != shared:
            yield f"{id_}号回头看的复查分工不能由种子和名单重算得出，被改动过"


def _stands(one: Inspection, lot: Lot) -> InspectionState:
    if one.closed_at is not None:
        return InspectionState.CLOSED
    if one.begun_at is not None:
        return InspectionState.BEGUN
    return InspectionState.PREPARED if lot.drawn_at is None else InspectionState.DRAWN
