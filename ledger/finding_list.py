"""The list of findings as it stands: filtered, counted, page by page, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sqlalchemy import and_, case, func, or_, select

from ..obligations.findings import Standing
from ..obligations.words import FindingState
from .finding_standing import MIRRORED
from .paging import part
from .tables import FINDING_FIXED, FINDING_OPEN, Finding, Obligation, PlanRevision, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from ..obligations.words import Grade
    from .paging import Cut, Part

Which: TypeAlias = Literal["open", "overdue", "fixed", "asked", "closed", "reopened", "listed"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """Which findings: of a plan (slug) and year, a unit (code or name), a grade, a kind, in some state.

    ``text`` is looked for in what was described and where. ``obligation_id`` and ``round_id`` ask for what
    was registered with a report, or with the reports of a round.
    """

    which: Which | None = None
    slug: str | None = None
    year: int | None = None
    unit: str | None = None
    grade: Grade | None = None
    kind: str | None = None
    text: str | None = None
    obligation_id: int | None = None
    round_id: int | None = None


class ListedFinding(NamedTuple):
    """A finding with the name of the unit that rectifies it and where it stands."""

    finding: Finding
    unit: str
    standing: Standing


class Waiting(NamedTuple):
    """How many findings wait for the office: overdue, for a recheck, for an answer about more time."""

    overdue: int
    fixed: int
    asked: int


class Counts(NamedTuple):
    """How many findings there are of each sort; those overdue are among the open ones."""

    all: int
    open: int
    overdue: int
    fixed: int
    asked: int
    closed: int
    reopened: int
    listed: int


def condition(filters: FindingFilters, now: datetime) -> list[ColumnElement[bool]]:
    """Give the conditions that a finding is to meet at ``now`` (UTC)."""
    wanted = (
        (Finding.slug, filters.slug),
        (Finding.year, filters.year),
        (Finding.kind, filters.kind),
        (Finding.grade, filters.grade and str(filters.grade)),
        (Finding.obligation_id, filters.obligation_id),
    )
    found = [column == value for column, value in wanted if value is not None]
    if filters.round_id is not None:
        of_round = select(Obligation.id).where(Obligation.round_id == filters.round_id)
        found.append(Finding.obligation_id.in_(of_round))
    if filters.unit is not None:
        named = select(Unit.id).where(or_(Unit.code == filters.unit, Unit.name == filters.unit))
        found.append(Finding.unit_id.in_(named))
    if filters.text is not None:
        said = (Finding.description, Finding.place, Finding.item)
        found.append(or_(*(column.contains(filters.text, autoescape=True) for column in said)))
    return found if filters.which is None else [*found, _sorts(now)[filters.which]]


def _sorts(now: datetime) -> dict[str, ColumnElement[bool]]:
    return {
        "open": FINDING_OPEN,
        "overdue": and_(FINDING_OPEN, Finding.due_at < now),
        "fixed": FINDING_FIXED,
        "asked": Finding.asked_at.is_not(None),
        "closed": Finding.state == str(FindingState.CLOSED),
        "reopened": Finding.reopened > 0,
        "listed": and_(Finding.listed_at.is_not(None), Finding.delisted_at.is_(None)),
    }


def listed(
    session: Session, filters: FindingFilters, now: datetime, *, start: int = 0, limit: int = PAGE
) -> list[ListedFinding]:
    """Give ``limit`` findings from ``start`` on, by their limits; the closed come last."""
    closed = case((Finding.state == str(FindingState.CLOSED), 1), else_=0)
    rows = session.execute(
        _named()
        .where(*condition(filters, now))
        .order_by(closed, Finding.due_at, Finding.id)
        .offset(start)
        .limit(limit)
    )
    return [_listed(*row) for row in rows]


def after(session: Session, filters: FindingFilters, now: datetime, cut: Cut) -> Part:
    """Give a part of the findings in the order of their numbers in the book: number, finding, unit."""
    query = select(Finding.id, Finding, Unit).join(Unit, Unit.id == Finding.unit_id)
    return part(session, query.where(*condition(filters, now)), Finding.id, cut)


def counts(session: Session, filters: FindingFilters, now: datetime) -> Counts:
    """Count the findings of each sort, whatever state the filters ask for."""
    sorts = [func.count().filter(one) for one in _sorts(now).values()]
    query = select(func.count(), *sorts).select_from(Finding)
    return Counts(*session.execute(query.where(*condition(replace(filters, which=None), now))).one())


def waiting(session: Session, now: datetime) -> Waiting:
    """Count what waits for the office at ``now``, each from an index of its own."""
    sorts = _sorts(now)
    counted = (session.scalar(select(func.count(Finding.id)).where(sorts[one])) for one in Waiting._fields)
    return Waiting(*(count or 0 for count in counted))


def of_unit(session: Session, unit_id: int, limit: int = PAGE) -> list[ListedFinding]:
    """Give what a unit has to rectify or waits for a recheck of, the most pressing first."""
    waits = or_(FINDING_OPEN, FINDING_FIXED)
    query = _named().where(Finding.unit_id == unit_id, waits).order_by(Finding.due_at, Finding.id)
    return [_listed(*row) for row in session.execute(query.limit(limit))]


def of_report(session: Session, obligation_id: int) -> list[ListedFinding]:
    """Give what was registered with a report, in order."""
    query = _named().where(Finding.obligation_id == obligation_id).order_by(Finding.id)
    return [_listed(*row) for row in session.execute(query)]


def one(session: Session, finding_id: int) -> ListedFinding | None:
    """Give a finding by its number."""
    row = session.execute(_named().where(Finding.id == finding_id)).one_or_none()
    return None if row is None else _listed(*row)


def kinds(session: Session) -> Sequence[str]:
    """Give the kinds of findings that the book knows, for a filter to choose from and a form to suggest."""
    query = select(Finding.kind).where(Finding.kind != "").group_by(Finding.kind)
    return session.scalars(query.order_by(func.count().desc(), Finding.kind).limit(50)).all()


def plans(session: Session) -> list[tuple[str, str]]:
    """Give the plans of the book, slug and title as the latest revision has it."""
    last = select(func.max(PlanRevision.id)).group_by(PlanRevision.slug)
    query = select(PlanRevision.slug, PlanRevision.title).where(PlanRevision.id.in_(last))
    return [(slug, title) for slug, title in session.execute(query.order_by(PlanRevision.slug))]


def _named() -> Select[tuple[Finding, str]]:
    return select(Finding, Unit.name).join(Unit, Unit.id == Finding.unit_id)


def _listed(found: Finding, unit: str) -> ListedFinding:
    return ListedFinding(found, unit, standing_from(found))


def standing_from(found: Finding) -> Standing:
    """Give where a finding stands, from its columns; a request that waits is not among them."""
    return Standing(FindingState(found.state), **{name: getattr(found, name) for name in MIRRORED})
