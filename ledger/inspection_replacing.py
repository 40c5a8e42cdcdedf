"""An inspector who was drawn and cannot go is replaced by the next in the order of the same draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..obligations import draw as lottery
from ..obligations.errors import DubanError
from . import inspection_letters as letters, journal, lots
from .asking import said
from .inspections import about
from .kept_inspections import REPLACEMENTS
from .tables import Lot, Replacement, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .means import Doing
    from .tables import InspectedUnit, Inspection


def replace(
    session: Session, one: Inspection, part: InspectedUnit, out: str, why: str, doing: Doing
) -> Replacement:
    """Send the next of the list to a unit in place of one who was drawn; both units of concern are told.

    Raises :class:`DubanError` without a reason, before the draw is public, once the unit has its result, or
    when nobody is left.
    """
    lot, reason = session.get_one(Lot, one.lot_id), said(why)
    if part.checked is not None:
        raise DubanError("该单位的结果已经登记，不能再替换检查人员。")
    if not reason:
        raise DubanError("请写明替换的理由，如“因病住院”。")
    terms, unit = lottery.read(lot.terms), session.get_one(Unit, part.unit_id)
    swap = lottery.substitute(
        lot.seed, terms, lots.drawn(lot.result), lots.replaced(session, lot), unit.code, out
    )
    names = {each.code: each.name for each in terms.inspectors}
    row = Replacement(inspected_id=part.id, out=out, into=swap.into, reason=reason)
    row.at, row.by = doing.now, doing.by
    session.add(row)
    into = [swap.into, names[swap.into]]
    part.team_now = [into if number == out else [number, name] for number, name in part.going]
    session.flush()
    letters.tell_replaced(session, one, part, row, doing)
    journal.append(session, doing.now, doing.by, "inspection.replaced", about(one), REPLACEMENTS.said(row))
    return row
