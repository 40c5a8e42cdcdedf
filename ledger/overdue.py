"""The supervisor's list: what is overdue, by how long, who was told, and the last words about it.

Sorting and paging happen in the database; what a row says beside is read for the rows of a page alone, in a
fixed number of queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from ..obligations.outcome import standing
from .facts import facts_of
from .lastwords import LastWord, last_words
from .late import OverdueFilters, late
from .late_order import FIRST, Sort, Window, in_order, on_page
from .lights import Shown, lights
from .tables import Obligation, PlanRevision, Round, Unit
from .told import Reminders, reminders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from ..obligations.outcome import Standing
    from ..obligations.words import Light, State

__all__ = ["OverdueFilters", "OverduePage", "OverdueRow", "Sort", "Window", "everything", "page"]

CHUNK = 500


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """One obligation that was overdue; moments in UTC.

    ``due_at`` counts extensions; ``final``: no report is taken any more. ``light`` is yellow or red, by the
    plan's rules.
    """

    obligation_id: int
    unit_id: int
    unit_code: str
    unit: str
    round_id: int
    slug: str
    plan: str
    duty: str
    period: str
    title: str
    clause: str
    lead: str
    due_at: datetime
    overdue: timedelta
    state: State
    final: bool
    light: Light
    told: Reminders
    last_word: LastWord | None


class OverduePage(NamedTuple):
    """Some rows, and how many there are in all."""

    rows: tuple[OverdueRow, ...]
    total: int


def page(
    session: Session,
    filters: OverdueFilters,
    as_of: datetime,
    *,
    today: bool,
    sort: Sort = Sort.LONGEST,
    window: Window = FIRST,
) -> OverduePage:
    """Give the rows of what was overdue at ``as_of`` that are in the window.

    With ``today`` (``as_of`` is now) the columns serve; a past day is counted from the facts. Raises
    :class:`DubanError` when more than 5,000 rows were to be sorted by their reminders.
    """
    found = late(filters, as_of, today=today)
    ids, total = on_page(session, found, as_of, sort, window, today=today)
    return OverduePage(tuple(_rows(session, ids, as_of)), total)


def everything(
    session: Session, filters: OverdueFilters, as_of: datetime, *, today: bool, sort: Sort = Sort.LONGEST
) -> Iterator[OverdueRow]:
    """Give every row of what :func:`page` pages through, read in chunks as they are asked for."""
    ids = in_order(session, late(filters, as_of, today=today), as_of, sort)
    for first in range(0, len(ids), CHUNK):
        yield from _rows(session, ids[first : first + CHUNK], as_of)


def _rows(session: Session, ids: Sequence[int], as_of: datetime) -> list[OverdueRow]:
    """Read what these rows say, in the order of ``ids``."""
    if not ids:
        return []
    facts = facts_of(session, ids)
    told, said = reminders(session, ids, as_of), last_words(session, ids, as_of)
    plain = {row.id: row for row in session.execute(_plain(ids))}
    here = {id_: standing(facts[id_], as_of) for id_ in ids}
    shown = [Shown.of(id_, here[id_]) for id_ in ids]
    burning = lights(session, shown, as_of)
    return [
        _row(plain[id_], here[id_], burning[id_], told.get(id_, Reminders()), said.get(id_)) for id_ in ids
    ]


def _plain(ids: Sequence[int]) -> Select[Any]:
    return (
        select(
            *(Obligation.id, Obligation.unit_id, Unit.code, Unit.name.label("unit"), Obligation.round_id),
            *(Round.slug, PlanRevision.title.label("plan"), Round.duty, Round.period, Round.title),
            *(Round.clause, Round.audience),
        )
        .join(Round, Round.id == Obligation.round_id)
        .join(PlanRevision, PlanRevision.id == Round.plan_id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .where(Obligation.id.in_(ids))
    )


def _row(row: Row[Any], here: Standing, burning: Light, told: Reminders, said: LastWord | None) -> OverdueRow:
    if here.effective_due is None or here.overdue_by is None:
        raise ValueError(f"obligation {row.id} is not overdue")
    return OverdueRow(
        obligation_id=row.id,
        unit_id=row.unit_id,
        unit_code=row.code,
        unit=row.unit,
        round_id=row.round_id,
        slug=row.slug,
        plan=row.plan,
        duty=row.duty,
        period=row.period,
        title=row.title,
        clause=row.clause,
        lead=row.audience.get("lead", ""),
        due_at=here.effective_due,
        overdue=here.overdue_by,
        state=here.state,
        final=here.final,
        light=burning,
        told=told,
        last_word=said,
    )
