"""Lists of sheets: for the office, for a unit, and what waits to be done about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import exists, func, literal_column, or_, select, union_all

from ..obligations.words import Rung, SheetState
from .paging import Cut, Part, part
from .tables import Obligation, Sheet, SheetReply, Talk, Unit
from .urged_letters import alone

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

# Literals, as the partial indexes spell them: a parameter would hide the word from the planner.
DRAFT = Sheet.state == literal_column("'draft'")
ISSUED = Sheet.state == literal_column("'issued'")
_WAITS = exists().where(SheetReply.sheet_id == Sheet.id, SheetReply.decided_at.is_(None))
_OWN: ColumnElement[int] = literal_column("1")
_COPY: ColumnElement[int] = literal_column("0")
MOST_DRAFTS = 100
MANY = 1000


@dataclass(frozen=True, slots=True)
class SheetFilters:
    """Which sheets to list; an empty one lists all that are no drafts.

    ``unit`` is a code or a name, ``plan`` a slug. ``limit`` is ``over`` for what is past its limit, ``near``
    for what ends by ``near_by`` (aware), ``reply`` for what waits for an answer, ``silent`` for what nobody
    has acknowledged, ``alone`` for what of these nobody could be told of.
    """

    rung: Rung | None = None
    state: SheetState | None = None
    unit: str | None = None
    plan: str | None = None
    year: int | None = None
    limit: str | None = None
    near_by: datetime | None = None


class Line(NamedTuple):
    """A sheet in a list; moments in UTC. ``waits`` tells that a reply is undecided."""

    id: int
    rung: str
    state: str
    series: str
    year: int
    number: int | None
    cause: str
    reason: str
    unit_code: str
    unit: str
    matter: str
    limit_at: datetime | None
    made_at: datetime
    made_by: str
    issued_at: datetime | None
    signed_by: str | None
    acknowledged_at: datetime | None
    next_at: datetime | None
    waits: bool


class Listed(NamedTuple):
    """Some of the sheets, and how many there are."""

    rows: list[Line]
    total: int


class Waiting(NamedTuple):
    """How many things about sheets wait for somebody."""

    drafts: int
    replies: int
    talks: int
    promises: int
    alone: int


def listed(
    session: Session, filters: SheetFilters, now: datetime, *, offset: int = 0, limit: int = 50
) -> Listed:
    """Give sheets, the newest first; drafts only where they are asked for."""
    chosen = _conditions(filters, now)
    rows = session.execute(_lines().where(*chosen).order_by(Sheet.id.desc()).offset(offset).limit(limit))
    count = select(func.count()).select_from(Sheet).where(*chosen)
    return Listed([Line(*row) for row in rows], session.scalar(count) or 0)


def drafts(session: Session) -> list[Line]:
    """Give what waits to be signed, the oldest first, a hundred at most."""
    rows = session.execute(_lines().where(DRAFT).order_by(Sheet.id).limit(MOST_DRAFTS))
    return [Line(*row) for row in rows]


def about(session: Session, *, obligation_id: int | None = None, finding_id: int | None = None) -> list[Line]:
    """Give all sheets about one obligation or one finding, drafts too, the earliest first."""
    here = Sheet.finding_id == finding_id if obligation_id is None else Sheet.obligation_id == obligation_id
    return [Line(*row) for row in session.execute(_lines().where(here).order_by(Sheet.id))]


class OfUnit(NamedTuple):
    """The sheets that a unit has to settle, and those of which it has a copy; the most pressing first."""

    own: list[Line]
    copies: list[Line]


def of_unit(session: Session, unit_id: int) -> OfUnit:
    """Give the sheets that concern a unit and are not settled yet, in one query.

    It has a copy of what went to the side that leads about what it owes.
    """
    own = _lines().where(Sheet.unit_id == unit_id, ISSUED)
    owed = (Obligation.unit_id == unit_id, Sheet.unit_id != unit_id)
    copies = _lines().join(Obligation, Obligation.id == Sheet.obligation_id).where(*owed, ISSUED)
    rows = session.execute(
        union_all(
            own.add_columns(_OWN.label("own")),
            copies.add_columns(_COPY.label("own")),
        )
    )
    found = OfUnit([], [])
    for *line, mine in rows:
        (found.own if mine else found.copies).append(Line(*line))
    for lines in found:
        lines.sort(key=lambda one: (one.limit_at or one.made_at, one.id))
    return found


def waiting(session: Session, now: datetime) -> Waiting:
    """Count what waits for the office: drafts, replies, talks without minutes, promises to be seen to.

    ``alone`` are those that nobody could be told of and nobody has acknowledged.
    """
    talked = select(func.count()).select_from(Talk).join(Sheet, Sheet.id == Talk.sheet_id).where(ISSUED)
    replies = select(func.count()).select_from(SheetReply).join(Sheet, Sheet.id == SheetReply.sheet_id)
    return Waiting(
        session.scalar(select(func.count()).select_from(Sheet).where(DRAFT)) or 0,
        session.scalar(replies.where(SheetReply.decided_at.is_(None), ISSUED)) or 0,
        session.scalar(talked.where(Talk.minuted_at.is_(None), Talk.at <= now)) or 0,
        session.scalar(talked.where(Talk.promised_by.is_not(None), Talk.followed_at.is_(None))) or 0,
        session.scalar(select(func.count()).select_from(Sheet).where(ISSUED, alone())) or 0,
    )


def over(session: Session, now: datetime) -> int:
    """Count what is past its limit; :data:`MANY` stands for as many or more."""
    some = select(Sheet.id).where(ISSUED, Sheet.limit_at < now).limit(MANY).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _lines() -> Select[Any]:
    return select(
        *(Sheet.id, Sheet.rung, Sheet.state, Sheet.series, Sheet.year, Sheet.number, Sheet.cause),
        *(Sheet.reason, Unit.code, Unit.name, Sheet.matter, Sheet.limit_at, Sheet.made_at, Sheet.made_by),
        *(Sheet.issued_at, Sheet.signed_by, Sheet.acknowledged_at, Sheet.next_at, _WAITS.label("waits")),
    ).join(Unit, Unit.id == Sheet.unit_id)


def sheets_after(session: Session, filters: SheetFilters, cut: Cut) -> Part:
    """Give a part of all sheets, drafts too, each with all its columns and its unit's name and code."""
    columns = (Sheet.__table__.c.id, *(one for one in Sheet.__table__.c if one.key != "id"))
    query = select(*columns, Unit.code.label("unit_code"), Unit.name.label("unit"))
    chosen = _of_state(filters.state) + _chosen(filters)
    return part(session, query.join(Unit, Unit.id == Sheet.unit_id).where(*chosen), Sheet.id, cut)


def _conditions(filters: SheetFilters, now: datetime) -> list[ColumnElement[bool]]:
    kept = _of_state(filters.state) or [Sheet.state != str(SheetState.DRAFT)]
    return kept + _chosen(filters) + _pressing(filters, now)


def _of_state(state: SheetState | None) -> list[ColumnElement[bool]]:
    if state is None:
        return []
    return [ISSUED] if state is SheetState.ISSUED else [Sheet.state == str(state)]


def _chosen(filters: SheetFilters) -> list[ColumnElement[bool]]:
    equal = {Sheet.rung: filters.rung, Sheet.series: filters.plan, Sheet.year: filters.year}
    chosen = [column == value for column, value in equal.items() if value is not None]
    if filters.unit is not None:
        called = select(Unit.id).where(or_(Unit.code == filters.unit, Unit.name == filters.unit))
        chosen.append(Sheet.unit_id.in_(called))
    return chosen


def _pressing(filters: SheetFilters, now: datetime) -> list[ColumnElement[bool]]:
    match filters.limit:
        case "over":
            return [ISSUED, Sheet.limit_at < now]
        case "near":
            return [ISSUED, Sheet.limit_at >= now, Sheet.limit_at <= (filters.near_by or now)]
        case "reply":
            return [ISSUED, _WAITS]
        case "alone":
            return [ISSUED, alone()]
        case "silent":
            return [ISSUED, Sheet.acknowledged_at.is_(None)]
        case _:
            return []
