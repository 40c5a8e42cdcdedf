"""Seeds that an earlier program left open in the book: nobody may draw by one that could be read.

What had not been drawn yet is committed to anew; what was drawn and is still secret is sealed as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from . import inspections, journal, lots
from .agenda import Due
from .means import Doing
from .tables import Inspection, Lot, LotUnit, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..calendar.workdays import Workdays
    from .means import Means

WHAT, FLOW = "lots-seal", "inspection"
WHY = "种子曾以明文保存，作废；改为密封保存"
_OPEN = (Lot.sealed.is_(None), Lot.revealed_at.is_(None), Lot.withdrawn_at.is_(None))


def due(session: Session, now: datetime, _workdays: Workdays) -> list[Due]:
    """Give the draws whose seed lies open and is not public."""
    return [
        Due(
            WHAT,
            FLOW,
            "抽签密封",
            one.context.partition("/")[0],
            "",
            one.context,
            min(one.made_at, now),
            one.id,
        )
        for one in session.scalars(select(Lot).where(*_OPEN).order_by(Lot.id))
    ]


def seal(session: Session, due: Due, now: datetime, means: Means) -> str | None:
    """Seal one of them, or commit to another seed in its place."""
    # Who draws or moves locks the inspection first, then its lot.
    session.scalar(select(Inspection.id).where(Inspection.lot_id == due.id).with_for_update(key_share=True))
    lot = session.scalars(select(Lot).where(Lot.id == due.id, *_OPEN).with_for_update(key_share=True)).first()
    if lot is None:
        return None
    doing = Doing(now, inspections.ACTOR, means)
    one = session.scalar(select(Inspection).where(Inspection.lot_id == lot.id))
    if one is not None and lot.drawn_at is not None:
        lots.hide(lot, lots.Hidden(lot.seed, lot.result, one.begins_at), means.sealing)
        one.begins_at = None
        codes = [each["code"] for each in lot.terms["units"]]
        units = session.scalars(select(Unit.id).where(Unit.code.in_(codes)).order_by(Unit.id))
        session.add_all([LotUnit(lot_id=lot.id, unit_id=unit) for unit in units])
    elif one is not None:
        inspections.replace_lot(session, one, WHY, doing)
    else:  # a look-back's, which is committed to once its list is known
        note = lots.withdraw(session, lot, doing, why=WHY, about="lots")
        journal.append_many(session, now, inspections.ACTOR, [note])
    session.flush()
    return "种子已密封"
