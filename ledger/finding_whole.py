"""One finding with all that is on record about it: every step with its files, and what its unit was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.findings import Standing, StepKind
from . import addressed, finding_files
from .finding_steps import standing
from .finding_texts import plan_titles
from .tables import Finding, FindingFile, FindingStep, Obligation, Round, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .addressed import Told


class Done(NamedTuple):
    """A step with the files that came with it; ``unit`` is who answers from then on, if it says so."""

    row: FindingStep
    kind: StepKind
    files: tuple[FindingFile, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class WholeFinding:
    """A finding, the unit that rectifies it, its plan's title and where it stands.

    ``report`` names the round in which it was registered, ``by_unit`` the unit that did; empty for none.
    """

    finding: Finding
    unit: Unit
    plan: str
    standing: Standing
    steps: tuple[Done, ...]
    told: tuple[Told, ...]
    report: str = ""
    by_unit: str = ""

    @property
    def last(self) -> Done:
        """Give the last step that was more than a reminder."""
        return next(one for one in reversed(self.steps) if one.kind is not StepKind.REMINDED)


def whole(session: Session, found: Finding) -> WholeFinding:
    """Give all about a finding."""
    units = _units(session, found)
    report, by_unit = _report(session, found)
    return WholeFinding(
        finding=found,
        unit=units[found.unit_id],
        plan=plan_titles(session, [found.slug]).get(found.slug, ""),
        standing=standing(session, found),
        steps=_steps(session, found, units),
        told=tuple(addressed.told(session, f"finding/{found.id}")),
        report=report,
        by_unit=by_unit,
    )


def _steps(session: Session, found: Finding, units: dict[int, Unit]) -> tuple[Done, ...]:
    files: dict[int, list[FindingFile]] = {}
    for file in finding_files.of(session, found.id):
        files.setdefault(file.step_id, []).append(file)
    query = select(FindingStep).where(FindingStep.finding_id == found.id).order_by(FindingStep.id)
    return tuple(
        Done(
            row,
            StepKind(row.kind),
            tuple(files.get(row.id, ())),
            units[row.unit_id].name if row.unit_id in units else "",
        )
        for row in session.scalars(query)
    )


def _units(session: Session, found: Finding) -> dict[int, Unit]:
    named = select(FindingStep.unit_id).where(FindingStep.finding_id == found.id)
    query = select(Unit).where(Unit.id.in_(named) | (Unit.id == found.unit_id))
    return {unit.id: unit for unit in session.scalars(query)}


def _report(session: Session, found: Finding) -> tuple[str, str]:
    if found.obligation_id is None:
        return "", ""
    row = session.execute(
        select(Round.title, Unit.name)
        .join(Obligation, Obligation.round_id == Round.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(Obligation.id == found.obligation_id)
    ).one()
    return row.title, row.name
