"""Under which subjects the journal has what a scope has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, cast, literal, or_, select, union_all

from .granting import granted
from .scope import condition, scope_of
from .tables import (
    Account,
    Alert,
    Appraisal,
    AppraisalEntry,
    AppraisalRuleSet,
    AppraisalRun,
    Base,
    Case,
    Circular,
    Clue,
    Contact,
    Finding,
    Inspection,
    Inspector,
    Integration,
    JournalEntry,
    LookBack,
    Meeting,
    Obligation,
    PlanDraft,
    PlanYear,
    Proposal,
    Round,
    Sheet,
    Stretch,
    Unit,
    Watched,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, CompoundSelect, Select
    from sqlalchemy.orm import Session

    from .scope import Scope

_KINDS: Final[dict[str, type[Base]]] = {
    "account": Account,
    "alert": Alert,
    "appraisal": Appraisal,
    "appraisal-entry": AppraisalEntry,
    "appraisal-rules": AppraisalRuleSet,
    "appraisal-run": AppraisalRun,
    "case": Case,
    "circular": Circular,
    "clue": Clue,
    "contact": Contact,
    "draft": PlanDraft,
    "finding": Finding,
    "inspection": Inspection,
    "inspector": Inspector,
    "integration": Integration,
    "lookback": LookBack,
    "meeting": Meeting,
    "night": Round,
    "obligation": Obligation,
    "proposal": Proposal,
    "round": Round,
    "sheet": Sheet,
    "stretch": Stretch,
    "unit": Unit,
    "watch": Watched,
}


def narrowed(session: Session, entries: Select[Any]) -> Select[Any]:
    """Give a query over entries of the journal that is kept to what the session sees."""
    # What the condition asks of other tables is narrowed by itself.
    scope = scope_of(session)
    return entries if scope is None else granted(entries.where(_about(scope)))


def _about(scope: Scope) -> ColumnElement[bool]:
    """Select the entries of the journal that are about what a scope has.

    Rounds go by their titles, which are the same in every township that has such a plan: of these the detail
    names the plan. What is about many at once (the outbox, the clock) is for those who see the whole book.
    """
    columns = JournalEntry.__table__.c
    plans = (columns.detail.contains(f'"plan":"{slug}"', autoescape=True) for slug in scope.slugs)
    return or_(columns.subject.in_(_subjects(scope)), columns.subject.in_(scope.slugs), *plans)


def _subjects(scope: Scope) -> CompoundSelect[tuple[str]]:
    """Select the subjects that name a row of a scope, as ``sheet/12``, or a year of its plans."""
    named = (
        select(literal(f"{kind}/") + cast(model.__table__.c.id, String)).where(condition(model, scope))
        for kind, model in _KINDS.items()
    )
    years = PlanYear.__table__.c
    of_year = select(years.slug + "/" + cast(years.year, String)).where(years.slug.in_(scope.slugs))
    return union_all(of_year, *named)
