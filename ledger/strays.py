"""A unit stays in the subtree whose plans it has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ..obligations.errors import DubanError
from .scope import GRANTED
from .tables import Obligation, PlanHome, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def refuse_strays(session: Session) -> None:
    """Raise :class:`DubanError` where a unit owes, or owed, under a plan that is bound to another subtree.

    Asked once units have been moved: the office whose plan it is would lose sight of what the unit did.
    """
    root = aliased(Unit)
    query = (
        select(Unit.name, root.name)
        .join(Obligation, Obligation.unit_id == Unit.id)
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanHome, PlanHome.slug == Round.slug)
        .join(root, root.id == PlanHome.unit_id)
        .where(~Unit.path.startswith(root.path))
    )
    found = session.execute(query.limit(1).execution_options(**{GRANTED: True})).first()
    if found is not None:
        raise DubanError(
            f"“{found[0]}”在“{found[1]}”的方案里有事项，不能移出“{found[1]}”；请在原处停用，在新的上级下另设单位。"
        )
