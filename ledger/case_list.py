"""Cases to look at: a list of them, and one whole with what was done to each line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, func, select

from ..obligations.cases import CaseState, CaseStepKind, Part, called
from ..obligations.clues import called as clue_called
from .tables import Case, CaseLine, CaseStep, Clue, ClueHop, Finding, PlanRevision, PlanYear, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_SETTLING = frozenset({CaseStepKind.SETTLED, CaseStepKind.WAIVED})


class CaseRow(NamedTuple):
    """A case in a list (``opened_at`` in UTC): how many of its lines are open, of how many."""

    id: int
    year: int
    number: int
    title: str
    unit: str
    opened_at: datetime
    state: str
    reopened: int
    left: int
    lines: int

    @property
    def called(self) -> str:
        """Give what it is called."""
        return called(self.year, self.number)

    @property
    def ready(self) -> bool:
        """Tell whether it could be closed."""
        return CaseState(self.state) is CaseState.OPEN and not self.left


class CasePage(NamedTuple):
    """Some cases, the newest first, and how many there are in all."""

    rows: tuple[CaseRow, ...]
    total: int


class Line(NamedTuple):
    """One line, and the step by which it was settled; None while it is open."""

    id: int
    part: Part
    number: int
    text: str
    step: CaseStep | None

    @property
    def waived(self) -> bool:
        """Tell whether it was left out as not fitting."""
        return self.step is not None and CaseStepKind(self.step.kind) is CaseStepKind.WAIVED


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with its unit, where it came from, its lines and all that was done to it, in order."""

    case: Case
    unit: Unit
    plan: str
    finding: Finding | None
    clue: Clue | None
    lines: tuple[Line, ...]
    steps: tuple[CaseStep, ...]

    @property
    def called(self) -> str:
        """Give what it is called."""
        return called(self.case.year, self.case.number)

    @property
    def left(self) -> int:
        """Give how many lines are open."""
        return sum(line.step is None for line in self.lines)

    @property
    def has_operator(self) -> bool:
        """Tell whether it has the seven lines for an illegal operator."""
        return any(line.part is Part.OPERATOR for line in self.lines)

    def text_of(self, line_id: int | None) -> str:
        """Give the text of a line by its number; empty for none."""
        return next((line.text for line in self.lines if line.id == line_id), "")


def cases(
    session: Session,
    *,
    state: str = "",
    unit_ids: Sequence[int] | None = None,
    start: int = 0,
    limit: int = 50,
) -> CasePage:
    """Give cases, those of a state (``open``, ``ready`` to be closed, ``closed``) or of units if asked."""
    where = _where(state, unit_ids)
    total = session.scalar(select(func.count()).select_from(Case).where(*where)) or 0
    left = func.sum(case((CaseLine.settled, 0), else_=1))
    query = (
        select(
            *(Case.id, Case.year, Case.number, Case.title, Unit.name, Case.opened_at, Case.state),
            *(Case.reopened, left, func.count()),
        )
        .join(Unit, Unit.id == Case.unit_id)
        .join(CaseLine, CaseLine.case_id == Case.id)
        .where(*where)
        .group_by(Case.id, Unit.name)
        .order_by(Case.id.desc())
    )
    rows = session.execute(query.offset(start).limit(limit))
    return CasePage(tuple(CaseRow(*row) for row in rows), total)


def _where(state: str, unit_ids: Sequence[int] | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [] if unit_ids is None else [Case.unit_id.in_(unit_ids)]
    if state in ("open", "closed"):
        where.append(Case.state == state)
    if state == "ready":
        open_ones = select(CaseLine.case_id).where(~CaseLine.settled)
        where += [Case.state == CaseState.OPEN, Case.id.not_in(open_ones)]
    return where


def ready(session: Session) -> int:
    """Give how many cases could be closed."""
    return session.scalar(select(func.count()).select_from(Case).where(*_where("ready", None))) or 0


def whole(session: Session, case_id: int) -> WholeCase | None:
    """Give a case whole; None when there is none of this number."""
    found = session.get(Case, case_id)
    if found is None:
        return None
    steps = session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id)).all()
    last = {step.line_id: step for step in steps if step.line_id is not None}
    lines = tuple(
        Line(one.id, Part(one.part), one.number, one.text, _settling(last.get(one.id)))
        for one in lines_of(session, case_id)
    )
    return WholeCase(
        found,
        session.get_one(Unit, found.unit_id),
        _plan(session, found),
        session.get(Finding, found.finding_id or 0),
        session.get(Clue, found.clue_id or 0),
        lines,
        tuple(steps),
    )


def lines_of(session: Session, case_id: int) -> list[CaseLine]:
    """Give the lines of a case, “六不放过” first."""
    rows = session.scalars(select(CaseLine).where(CaseLine.case_id == case_id))
    order = list(Part)
    return sorted(rows, key=lambda line: (order.index(Part(line.part)), line.number))


def _settling(step: CaseStep | None) -> CaseStep | None:
    return step if step is not None and step.kind in _SETTLING else None


def _plan(session: Session, found: Case) -> str:
    query = select(PlanRevision.title).join(PlanYear, PlanYear.plan_id == PlanRevision.id)
    return session.scalar(query.where(PlanYear.slug == found.slug, PlanYear.year == found.year)) or found.slug


class Origin(NamedTuple):
    """What a case takes over from the finding or the clue that it comes out of."""

    said: str
    unit: str
    title: str
    description: str
    slug: str


def origin(session: Session, finding_id: int | None, clue_id: int | None) -> Origin | None:
    """Give what a case would take over; None when it comes out of neither."""
    if finding := session.get(Finding, finding_id or 0):
        unit = session.get_one(Unit, finding.unit_id).code
        where = "，".join(part for part in (finding.place, finding.description) if part)
        return Origin(f"隐患第{finding.number}号", unit, finding.item, where, finding.slug)
    if clue := session.get(Clue, clue_id or 0):
        last = select(ClueHop.to_unit_id).where(ClueHop.clue_id == clue.id).order_by(ClueHop.n.desc())
        unit = session.get_one(Unit, session.scalars(last.limit(1)).one()).code
        return Origin(clue_called(clue.year, clue.number), unit, clue.title, clue.text, clue.slug)
    return None
