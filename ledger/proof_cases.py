"""Holds the lists of cases against what was done to them, as the journal repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.cases import LINES, CaseState, CaseStepKind, Part, called
from .case_list import whole
from .tables import Case, CaseLine

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .case_list import WholeCase


def cases(session: Session) -> str | None:
    """Give the first case whose lines or state are not what its steps come to; None when all are."""
    for case_id in session.scalars(select(Case.id).order_by(Case.id)).all():
        found = whole(session, case_id)
        if found is not None and not (_is_whole(found) and _stands(session, found)):
            return f"{called(found.case.year, found.case.number)}的清单或状态与办理记录不符，被改动过"
    return None


def _is_whole(found: WholeCase) -> bool:
    there = {part: tuple(line.text for line in found.lines if line.part is part) for part in Part}
    return there[Part.SIX] == LINES[Part.SIX] and there[Part.OPERATOR] in ((), LINES[Part.OPERATOR])


def _stands(session: Session, found: WholeCase) -> bool:
    rows = session.execute(
        select(CaseLine.id, CaseLine.settled).where(CaseLine.case_id == found.case.id)
    ).tuples()
    settled = {line.id: line.step is not None for line in found.lines}
    kinds = [CaseStepKind(step.kind) for step in found.steps]
    turns = [kind for kind in kinds if kind in (CaseStepKind.CLOSED, CaseStepKind.REOPENED)]
    state = CaseState.CLOSED if turns[-1:] == [CaseStepKind.CLOSED] else CaseState.OPEN
    return dict(rows.all()) == settled and CaseState(found.case.state) is state
