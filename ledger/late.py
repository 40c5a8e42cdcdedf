"""What is overdue, as SQL: today from the columns, on any past day from the facts.

Overdue means that nothing stands: nothing came, or what came last went back for a fault of substance, and the
due moment has passed. The rule is ``obligations.outcome.standing``; tests hold this against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, literal_column, or_, select, union_all

from ..obligations.moments import whole_second
from .states import MISSING
from .tables import Exemption, Extension, Obligation, Round, Submission, Unit, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery

SECOND = timedelta(seconds=1)
_OWED: ColumnElement[str] = literal_column("'owed'")
_RETURNED: ColumnElement[str] = literal_column("'returned'")


@dataclass(frozen=True, slots=True)
class OverdueFilters:
    """Which of what is overdue to look at; an empty one looks at all.

    ``unit`` is an id, a code or a name, ``lead`` the name of the leading side, ``state`` is ``owed`` or
    ``returned``, ``days`` the least number of whole days overdue.
    """

    slug: str | None = None
    duty: str | None = None
    round_id: int | None = None
    year: int | None = None
    lead: str | None = None
    unit: int | str | None = None
    state: str | None = None
    days: int = 0

    def last_due(self, as_of: datetime) -> datetime:
        """Give the latest due moment of what to look at."""
        return min(whole_second(as_of) - SECOND, whole_second(as_of) - timedelta(days=self.days))


def late(filters: OverdueFilters, as_of: datetime, *, today: bool) -> Subquery:
    """Select what was overdue at ``as_of``: id, round_id, unit_id and due_at (extensions counted).

    With ``today`` (``as_of`` is now) the index over what is open serves.
    """
    found = _late_now(filters, as_of) if today else _late_then(filters, as_of)
    return found.subquery("late")


def _late_now(filters: OverdueFilters, as_of: datetime) -> Select[Any]:
    here = [MISSING, Obligation.credited_at.is_(None), Obligation.due_at <= filters.last_due(as_of)]
    if filters.state is not None:
        here.append(Obligation.state == filters.state)
    if rounds := _rounds(filters):
        here.append(Obligation.round_id.in_(select(Round.id).where(*rounds)))
    columns = (Obligation.id, Obligation.round_id, Obligation.unit_id, Obligation.due_at)
    return select(*columns).where(*here, *_units(filters))


def _late_then(filters: OverdueFilters, as_of: datetime) -> CompoundSelect[Any]:
    """Select from the facts.

    A report that counts today and had come by then counted then, so the column that says when leaves few
    obligations whose facts have to be looked at. The two halves are apart, since one index serves each.
    """
    due, last = _due_then(as_of), filters.last_due(as_of)
    rounds = select(Round.id).where(Round.opened_at <= as_of, Round.due_at <= last, *_rounds(filters))
    halves = [
        select(Obligation.id, Obligation.round_id, Obligation.unit_id, due.label("due_at"))
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.round_id.in_(rounds), credit, due <= last, *_left_then(as_of))
        .where(*_units(filters), *_states_then(filters, as_of))
        for credit in (Obligation.credited_at.is_(None), Obligation.credited_at > as_of)
    ]
    return union_all(*halves)


def _left_then(as_of: datetime) -> Sequence[ColumnElement[bool]]:
    excused = select(Exemption.obligation_id).where(Exemption.at <= as_of)
    return Obligation.id.not_in(excused), or_(Obligation.state == _OWED, _void_then(as_of))


def _rounds(filters: OverdueFilters) -> list[ColumnElement[bool]]:
    wanted = (
        (Round.slug, filters.slug),
        (Round.duty, filters.duty),
        (Round.id, filters.round_id),
        (Round.year, filters.year),
        (Round.audience["lead"].as_string(), filters.lead),
    )
    return [column == value for column, value in wanted if value is not None]


def _units(filters: OverdueFilters) -> list[ColumnElement[bool]]:
    match filters.unit:
        case None:
            return []
        case int():
            return [Obligation.unit_id == filters.unit]
        case str():
            named = or_(Unit.code == filters.unit, Unit.name == filters.unit)
            return [Obligation.unit_id.in_(select(Unit.id).where(named))]


def _void_then(as_of: datetime) -> ColumnElement[bool]:
    """Tell whether the latest version of then had gone back for a fault of substance, or none was there."""
    judged = and_(Verdict.submission_id == Submission.id, Verdict.at <= as_of)
    void = case((and_(Verdict.verdict == _RETURNED, Verdict.material), 1), else_=0)
    latest = select(void).select_from(Submission).outerjoin(Verdict, judged).where(_known(as_of))
    return func.coalesce(latest.order_by(Submission.version.desc()).limit(1).scalar_subquery(), 1) == 1


def _known(as_of: datetime) -> ColumnElement[bool]:
    return and_(Submission.obligation_id == Obligation.id, Submission.received_at <= as_of)


def _states_then(filters: OverdueFilters, as_of: datetime) -> list[ColumnElement[bool]]:
    if filters.state is None:
        return []
    came = exists().where(_known(as_of))
    return [came if filters.state == "returned" else ~came]


def _due_then(as_of: datetime) -> ColumnElement[datetime]:
    """Give the due moment of then; what is due today as printed was so at all times."""
    moved = select(func.max(_held(as_of).c.until)).scalar_subquery()
    return case((Obligation.due_at == Round.due_at, Round.due_at), else_=func.coalesce(moved, Round.due_at))


def _held(as_of: datetime) -> Subquery:
    """Select the extensions of then that count, as ``obligations.facts.effective_due`` does.

    Each is held against the due moment that those asked for before it had left; once one fails, all later
    ones do.
    """
    known = _extensions_then(as_of)
    in_time = or_(known.c.asked_at <= known.c.printed, known.c.asked_at <= known.c.before)
    failed = func.max(case((in_time, 0), else_=1)).over(
        order_by=(known.c.asked_at, known.c.id), rows=(None, 0)
    )
    judged = select(known.c.until, known.c.printed, failed.label("failed")).subquery()
    return select(judged.c.until).where(judged.c.failed == 0, judged.c.until > judged.c.printed).subquery()


def _extensions_then(as_of: datetime) -> Subquery:
    before = func.max(Extension.until).over(order_by=(Extension.asked_at, Extension.id), rows=(None, -1))
    return (
        select(
            *(Extension.id, Extension.asked_at, Extension.until),
            *(Round.due_at.label("printed"), before.label("before")),
        )
        .where(Extension.obligation_id == Obligation.id, Extension.granted.is_(True))
        .where(Extension.asked_at <= as_of, Extension.decided_at <= as_of)
        .correlate(Obligation, Round)
        .subquery()
    )
