"""Which units of the roster a drafted plan's audiences would reach today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, true

from ..calendar.dates import local_day
from .audiences import active, matches
from .tables import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Group:
    """An audience as the roster is asked for it: by kinds, and by name or code."""

    kinds: Sequence[str]
    units: Sequence[str]
    tags: Sequence[str] = ()
    under: str | None = None
    except_: Sequence[str] = ()


def kinds(session: Session, now: datetime) -> list[str]:
    """Give the kinds of units that there are today."""
    query = select(Unit.kind).where(active(local_day(now))).distinct().order_by(Unit.kind)
    return list(session.scalars(query))


def reached(session: Session, group: Group, now: datetime) -> tuple[int, list[str]]:
    """Give how many units a group reaches today, and the names in it that the roster does not know."""
    query = select(Unit.code, Unit.name).where(matches(group, local_day(now), true()))
    found = session.execute(query).all()
    known = {name for row in found for name in row}
    return len(found), [name for name in group.units if name not in known]
