"""What has changed a result to its unit's harm since it was drafted: a veto, points that were taken off.

Each may be appealed against, once, by the number that it has among what can be: the lines of the draft from
1 on, 0 for the whole, and below nought what came later.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.appraisal_rules import NOUGHT, signed_text
from .tables import AppraisalAdjustment, AppraisalEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .tables import Appraisal, AppraisalRun


class Change(NamedTuple):
    """One change: its number, what it is, by which clause, when (UTC), the mark of the letter about it."""

    line: int
    said: str
    clause: str
    at: datetime
    mark: str

    @property
    def veto(self) -> bool:
        """Tell whether it is a veto."""
        return self.line % 2 == 0


def veto_mark(entry_id: int) -> str:
    """Give the mark of the letter about a veto."""
    return f"veto-{entry_id}"


def adjusted_mark(adjustment_id: int) -> str:
    """Give the mark of the letter about points that were put right."""
    return f"adjusted-{adjustment_id}"


def appeal_mark(appeal_id: int) -> str:
    """Give the mark of the letter with the answer to an appeal."""
    return f"appeal-{appeal_id}"


def changes(session: Session, run: AppraisalRun, rows: Sequence[Appraisal]) -> defaultdict[int, list[Change]]:
    """Give what has changed these results of a run, by result, in the order in which it came."""
    found: defaultdict[int, list[Change]] = defaultdict(list)
    of_unit = {row.unit_id: row.id for row in rows}
    vetoes = select(AppraisalEntry).where(
        *(AppraisalEntry.slug == run.slug, AppraisalEntry.period == run.period),
        *(AppraisalEntry.kind == "veto", AppraisalEntry.unit_id.in_(of_unit)),
        *(AppraisalEntry.signed_at >= run.drafted_at, AppraisalEntry.withdrawn_at.is_(None)),
    )
    for one in session.scalars(vetoes.order_by(AppraisalEntry.id)):
        if one.signed_at is not None:
            said = f"一票否决：{one.name}"
            here = Change(-2 * one.id, said, one.clause, one.signed_at, veto_mark(one.id))
            found[of_unit[one.unit_id]].append(here)
    taken = select(AppraisalAdjustment).where(AppraisalAdjustment.appraisal_id.in_(of_unit.values()))
    for one in session.scalars(taken.order_by(AppraisalAdjustment.id)):
        if Decimal(one.points) < NOUGHT:
            said = f"更正{signed_text(Decimal(one.points))}分：{one.why}"
            mark = adjusted_mark(one.id) if one.appeal_id is None else appeal_mark(one.appeal_id)
            found[one.appraisal_id].append(Change(-2 * one.id - 1, said, one.clause, one.at, mark))
    return found
