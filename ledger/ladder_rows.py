"""What the sheets of the ladder say, as SQL: rows of one INSERT … SELECT for each group of matters.

From 督办 on the leading side answers for a joint duty, where it is one unit: the sheet goes to it and names
the unit that failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, case, cast, func, literal, null, select

from ..obligations import ladder_words as say
from ..obligations.sheet_names import SERIES, sheet_year
from ..obligations.words import Rung
from .tables import Contact, Finding, Obligation, Round, Sheet, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from .ladder_groups import Group

PROGRAM = "duban"
# What is the same in a group, and what differs from matter to matter; so come the columns below.
ALIKE = ("rung", "series", "year", "cause", "lead", "basis", "limit_days", "made_at", "made_by")
OWN = (
    *("obligation_id", "finding_id", "unit_id", "matter", "requirement", "clause", "reason"),
    *("responsible", "again"),
)


def alike(group: Group, now: datetime) -> tuple[Any, ...]:
    """Give the columns of :data:`ALIKE`."""
    ground, step = group.ground, group.step
    return (
        *(text(step.rung), text(ground.series), literal(sheet_year(now)), text("ladder")),
        *(text(ground.lead), text(ground.basis), literal(step.limit), at(now), text(PROGRAM)),
    )


class First(NamedTuple):
    """The rows of :data:`OWN` about matters that have no sheet yet, and each one's place, from 1."""

    rows: Select[Any]
    place: ColumnElement[int]


def first(group: Group, now: datetime) -> First:
    """Select what sheets say about the matters of a group that have none yet."""
    return _of_findings(group, now) if group.table is Finding else _of_obligations(group, now)


def _of_obligations(group: Group, now: datetime) -> First:
    by = (Obligation.round_id, Obligation.due_at, Obligation.unit_id)
    columns = (Obligation.id, Obligation.round_id, Obligation.unit_id, Obligation.state)
    # What is numbered is narrow: else the database would sort the texts as well.
    owing = group.matters(now, *columns, _place(*by)).subquery()
    asked = case((Round.ask == "", say.REPORT), else_=Round.ask)
    why = case((owing.c.state == "returned", say.NOT_CORRECTED), else_=say.NOT_REPORTED)
    unit = owing.c.unit_id
    to = _answers(group, unit)
    query = select(
        *(owing.c.id, null(), to, _named(group, unit, Round.title)),
        *(_asked(group, asked), Round.clause, why, _first_contact(to), literal(0)),
    ).join(Round, Round.id == owing.c.round_id)
    return First(query if to is unit else query.join(Unit, Unit.id == unit), owing.c.place)


def _of_findings(group: Group, now: datetime) -> First:
    what = case((Finding.place == "", Finding.description), else_=Finding.place + "：" + Finding.description)
    asked = case((Finding.measures == "", say.RECTIFY), else_=Finding.measures)
    query = group.matters(
        now,
        *(null(), Finding.id, Finding.unit_id, what, _asked(group, asked), Finding.clause),
        *(text(say.NOT_RECTIFIED), Finding.responsible, Finding.climbs),
    )
    return First(query, _place(Finding.due_at, Finding.id))


def above(group: Group, now: datetime) -> Select[Any]:
    """Select :data:`OWN` of the sheets that follow those of the group that ran out."""
    to = _answers(group, Sheet.unit_id)
    # Who answers changes with the first sheet to the leading side alone.
    who = case((to == Sheet.unit_id, Sheet.responsible), else_=_first_contact(to))
    return (
        group.matters(
            now,
            *(Sheet.obligation_id, Sheet.finding_id, to, _named(group, Sheet.unit_id, Sheet.matter)),
            *(_asked(group, Sheet.requirement), Sheet.clause, _after(group), who, Sheet.again),
        )
        .join(Unit, Unit.id == Sheet.unit_id)
        .order_by(Sheet.year, Sheet.number)
    )


def _after(group: Group) -> ColumnElement[str]:
    """Say after which sheet one follows: ``催办〔2023〕12号到期未办结``."""
    called = SERIES[group.below or Rung.CUIBAN]
    return (
        text(f"{called}〔") + cast(Sheet.year, String) + "〕" + cast(Sheet.number, String) + f"号{say.UNMET}"
    )


def _answers(group: Group, unit: Any) -> ColumnElement[int]:
    lead = group.ground.lead_unit
    return unit if lead is None or group.step.rung is Rung.CUIBAN else literal(lead)


def _named(group: Group, unit: Any, matter: Any) -> ColumnElement[str]:
    """Name the unit that failed where another answers."""
    to = _answers(group, unit)
    if to is unit:
        return matter
    return case((to == unit, matter), else_=matter + "（" + Unit.name + "）")


def _asked(group: Group, asked: Any) -> ColumnElement[str]:
    """Say what is asked on the rung; what was asked first is repeated on the 督办单."""
    rung = group.step.rung
    if rung is Rung.CUIBAN:
        return asked
    own = text(say.ASKED[rung])
    return own + asked if rung is Rung.DUBAN else own


def _first_contact(unit: Any) -> ColumnElement[str]:
    """Give who is first among the contacts of a unit; empty for none."""
    theirs = select(Contact.name).where(Contact.unit_id == unit, Contact.active)
    return func.coalesce(theirs.order_by(Contact.id).limit(1).scalar_subquery(), "")


def _place(*by: Any) -> ColumnElement[int]:
    return func.row_number().over(order_by=by).label("place")


def text(value: str) -> ColumnElement[str]:
    """Give a text as SQL; PostgreSQL wants to be told that it is one."""
    return literal(str(value), String)


def at(value: datetime | None) -> ColumnElement[Any]:
    """Give a moment as SQL, null for none."""
    moment: ColumnElement[Any] = literal(value, Sheet.made_at.type)
    return moment
