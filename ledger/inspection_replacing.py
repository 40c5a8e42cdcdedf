"""An inspector who was drawn and cannot go is replaced by the next in the order of the same draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations import draw as lottery
from ..obligations.errors import DubanError
from . import inspection_letters as letters, journal, lots
from .asking import said
from .inspection_terms import hindrance
from .inspections import about
from .kept_inspections import REPLACEMENTS
from .tables import Lot, Replacement, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..obligations.draw import Replaced, Terms
    from .means import Doing
    from .tables import InspectedUnit, Inspection


def replace(
    session: Session, one: Inspection, part: InspectedUnit, out: str, why: str, doing: Doing
) -> Replacement:
    """Send the next of the list to a unit in place of one who was drawn; all whom it concerns are told.

    The next who was switched off since the list was published, or may not go there any more, is passed over
    in the record as one who was replaced too, so that anybody can repeat it. Gives who goes.
    Raises :class:`DubanError` without a reason, before the draw is public, once the unit has its result, or
    when nobody is left.
    """
    lot, reason = session.get_one(Lot, one.lot_id), said(why)
    if part.checked is not None:
        raise DubanError("该单位的结果已经登记，不能再替换检查人员。")
    if not reason:
        raise DubanError("请写明替换的理由，如“因病住院”。")
    terms, unit = lottery.read(lot.terms), session.get_one(Unit, part.unit_id)
    rows: list[Replacement] = []
    leaves, because = out, reason
    while because:
        before = lots.replaced(session, lot)
        swap = lottery.substitute(lot.seed, terms, lots.drawn(lot.result), before, unit.code, leaves)
        rows.append(_swap(session, part, swap, because, doing, terms))
        because = hindrance(session, int(swap.into), unit, one.year, doing.now)
        leaves = swap.into
    letters.tell_replaced(session, one, part, (out, rows[-1].into, reason), doing)
    notes = [journal.Note("inspection.replaced", about(one), REPLACEMENTS.said(row)) for row in rows]
    journal.append_many(session, doing.now, doing.by, notes)
    return rows[-1]


def _swap(
    session: Session, part: InspectedUnit, swap: Replaced, why: str, doing: Doing, terms: Terms
) -> Replacement:
    row = Replacement(inspected_id=part.id, out=swap.out, into=swap.into, reason=why)
    row.at, row.by = doing.now, doing.by
    session.add(row)
    into = [swap.into, next(each.name for each in terms.inspectors if each.code == swap.into)]
    part.team_now = [into if number == swap.out else [number, name] for number, name in part.going]
    session.flush()
    return row
