"""A unit stays in the subtree whose plans it has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ..obligations.errors import DubanError
from .granting import granted
from .scope import root_of
from .tables import Obligation, PlanHome, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


def parent_of(session: Session, unit: Unit, said: int | None) -> int | None:
    """Give the unit above: a township's own root stays where it is, and what it has stays below it."""
    root = root_of(session)
    if root is not None and unit.id == root:
        return unit.parent_id
    return root if said is None else said


def refuse_strays(session: Session, moved: Collection[int]) -> None:
    """Raise :class:`DubanError` where a unit owes, or owed, under a plan that is bound to another subtree.

    Asked of these units, and all below them, once they have been moved: the office whose plan it is would
    lose sight of what the unit did.
    """
    if not moved:
        return
    root, top = aliased(Unit), aliased(Unit)
    query = (
        select(Unit.name, root.name)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanHome, PlanHome.slug == Round.slug)
        .join(root, root.id == PlanHome.unit_id)
        .join(top, Unit.path.startswith(top.path))
        .where(top.id.in_(moved), ~Unit.path.startswith(root.path))
    )
    found = session.execute(granted(query.limit(1))).first()
    if found is not None:
        raise DubanError(
            f"“{found[0]}”在“{found[1]}”的方案里有事项，不能移出“{found[1]}”；请在原处停用，在新的上级下另设单位。"
        )
