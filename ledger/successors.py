"""Which units carry on for one that was merged or split, as the journal says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import select

from ..obligations.errors import DubanError
from .tables import JournalEntry, Unit

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

MANY: Final = "units"  # the subject of what concerns many units; the detail names each by its code
MERGED: Final = "units.merged"
SPLIT: Final = "unit.split"


class Move(NamedTuple):
    """Units (by code) that became others on a local day."""

    old: frozenset[str]
    new: tuple[str, ...]
    on: str


def carry_on(session: Session, code: str, on: date | None) -> str:
    """Give the names of the units that carry on for one from the local day on which it ends; maybe none."""
    if on is None:
        return ""
    found = [one for one in moves(session) if code in one.old and one.on == on.isoformat()]
    codes = [new for one in found for new in one.new if new != code]
    names = dict(session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes))).tuples().all())
    return "、".join(names[code] for code in dict.fromkeys(codes) if code in names)


def refuse_alone(session: Session, unit: Unit) -> None:
    """Raise :class:`DubanError` when other units carry on from the day on which this one is to close."""
    if others := carry_on(session, unit.code, unit.closed_on):
        raise DubanError(
            f"“{unit.name}”自{unit.closed_on}起由“{others}”接续，只撤销停用会使新旧单位并存，不能撤销；"
            f"如不再变动，请等到那一天以后停用接续的单位，再新增一个单位。"
        )


def moves(session: Session) -> list[Move]:
    """Give every merger and division, in their order."""
    which = (JournalEntry.subject == MANY, JournalEntry.action.in_((MERGED, SPLIT)))
    details = session.scalars(select(JournalEntry.detail).where(*which).order_by(JournalEntry.seq))
    return [_move(json.loads(detail)) for detail in details]


def _move(said: dict[str, Any]) -> Move:
    old, new = said["from"], said["to"]
    return Move(
        frozenset([old] if isinstance(old, str) else old),
        (new,) if isinstance(new, str) else tuple(new),
        said["on"],
    )
