"""Units and the people in them, for the office to look up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from .audiences import active
from .homes import near
from .states import MISSING
from .tables import Contact, JournalEntry, Obligation, Round, Unit, UnitTag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MOST_OFFERED = 500  # a list that a browser still opens at once; whoever types a name or a code finds any


@dataclass(frozen=True, slots=True)
class UnitFilters:
    """Which units: with these words in code or name, of a kind, with a tag; closed ones too if asked."""

    text: str = ""
    kind: str = ""
    tag: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in a list, with how many people and open obligations it has; dates are local days."""

    id: int
    code: str
    name: str
    kind: str
    opened_on: date | None
    closed_on: date | None
    tags: tuple[str, ...]
    contacts: int
    open: int


class UnitPage(NamedTuple):
    """Some units by code, and how many there are in all."""

    rows: tuple[UnitRow, ...]
    total: int


class Open(NamedTuple):
    """Something that a unit still owes, or is to correct; ``due_at`` is in UTC and counts extensions.

    It is ``provisional`` until the notice of days off has come, unless an extension made it definite.
    """

    obligation_id: int
    unit_id: int
    round_id: int
    title: str
    due_at: datetime | None
    state: str
    provisional: bool


class Event(NamedTuple):
    """What the journal says of a unit or its people (``at`` in UTC); ``detail`` is canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    detail: str


def units(
    session: Session, filters: UnitFilters, today: date, *, start: int = 0, limit: int = 100
) -> UnitPage:
    """Give units by code, those closed on ``today`` (a local day) only if asked for; four queries."""
    where = _where(filters, today)
    total = session.scalar(select(func.count()).select_from(Unit).where(*where)) or 0
    rows = session.scalars(select(Unit).where(*where).order_by(Unit.code).offset(start).limit(limit)).all()
    ids = [row.id for row in rows]
    tags, people, owing = tags_of(session, ids), _contacts_of(session, ids), _open_of(session, ids)
    return UnitPage(
        tuple(
            UnitRow(
                *(row.id, row.code, row.name, row.kind, row.opened_on, row.closed_on),
                *(tuple(tags.get(row.id, ())), people.get(row.id, 0), owing.get(row.id, 0)),
            )
            for row in rows
        ),
        total,
    )


def _where(filters: UnitFilters, today: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if not filters.closed:
        where.append(or_(Unit.closed_on.is_(None), Unit.closed_on > today))
    if filters.text:
        text = filters.text
        where.append(
            or_(Unit.code.contains(text, autoescape=True), Unit.name.contains(text, autoescape=True))
        )
    if filters.kind:
        where.append(Unit.kind == filters.kind)
    if filters.tag:
        where.append(Unit.id.in_(select(UnitTag.unit_id).where(UnitTag.tag == filters.tag)))
    return where


def tags_of(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the tags of units, in order."""
    rows = session.execute(select(UnitTag).where(UnitTag.unit_id.in_(ids)).order_by(UnitTag.tag)).scalars()
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row.unit_id].append(row.tag)
    return found


def _contacts_of(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(Contact.unit_id, func.count()).where(Contact.unit_id.in_(ids), Contact.active)
    return dict(session.execute(query.group_by(Contact.unit_id)).tuples().all())


def _open_of(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(Obligation.unit_id, func.count()).where(Obligation.unit_id.in_(ids), MISSING)
    return dict(session.execute(query.group_by(Obligation.unit_id)).tuples().all())


def unit(session: Session, unit_id: int, *, lock: bool = False) -> Unit | None:
    """Give a unit by its number; with ``lock``, locked until the transaction ends."""
    query = select(Unit).where(Unit.id == unit_id)
    return session.scalar(query.with_for_update(key_share=True) if lock else query)


def called(session: Session, text: str, most: int = 20, *, of: int | None = None) -> list[Unit]:
    """Give the unit of this code or name; else at most so many whose name has these words in it.

    Where townships share the book, the unit ``of`` is answered from its own.
    """
    here = near(session, of)
    exact = session.scalars(select(Unit).where(here, or_(Unit.code == text, Unit.name == text))).all()
    alike = select(Unit).where(here, Unit.name.contains(text, autoescape=True))
    return list(exact or session.scalars(alike.order_by(Unit.code).limit(most)))


def below(session: Session, unit_id: int) -> list[Unit]:
    """Give the units directly under one, by code."""
    return list(session.scalars(select(Unit).where(Unit.parent_id == unit_id).order_by(Unit.code)))


def kinds(session: Session) -> list[str]:
    """Give the kinds of units that the book has."""
    return list(session.scalars(select(Unit.kind).distinct().order_by(Unit.kind)))


def known_tags(session: Session) -> list[str]:
    """Give the tags that the book has."""
    return list(session.scalars(select(UnitTag.tag).distinct().order_by(UnitTag.tag)))


def offered(
    session: Session, today: date, beside: Sequence[int] = (), *, of: int | None = None
) -> list[Unit]:
    """Give units that exist on a local day, or will, by code: 500 at most, to be offered in a form.

    First come those with the same unit above them as the units ``beside`` have. Where townships share the
    book, the unit ``of`` is offered its own.
    """
    above = select(Unit.parent_id).where(Unit.id.in_(beside))
    first = [case((Unit.parent_id.in_(above), 0), else_=1)] if beside else []
    query = select(Unit).where(_there(today), near(session, of)).order_by(*first, Unit.code)
    return list(session.scalars(query.limit(MOST_OFFERED)))


def there(session: Session, unit_ids: Collection[int], today: date) -> list[Unit]:
    """Give those of these units that exist on a local day, or will, by code."""
    return list(session.scalars(select(Unit).where(Unit.id.in_(unit_ids), _there(today)).order_by(Unit.code)))


def _there(today: date) -> ColumnElement[bool]:
    ahead = and_(Unit.opened_on > today, or_(Unit.closed_on.is_(None), Unit.closed_on > Unit.opened_on))
    return or_(active(today), ahead)


def still_open(session: Session, unit_ids: Iterable[int]) -> list[Open]:
    """Give what units still owe or are to correct, by deadline."""
    rows = session.execute(
        select(*(Obligation.id, Obligation.unit_id, Obligation.round_id, Round.title), *_DUE_AND_STATE)
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.unit_id.in_(list(unit_ids)), MISSING)
        .order_by(Obligation.due_at, Obligation.id)
    )
    return [Open(*row) for row in rows]


_UNSURE = and_(Round.provisional, Obligation.due_at.is_not_distinct_from(Round.due_at))
_DUE_AND_STATE: tuple[Any, ...] = (Obligation.due_at, Obligation.state, _UNSURE)


def history(session: Session, found: Unit, limit: int = 100) -> list[Event]:
    """Give what the journal says of a unit, its people and its links, the newest first."""
    people = session.execute(select(Contact.id, Contact.name).where(Contact.unit_id == found.id)).all()
    subjects = [f"unit/{found.id}", *(f"contact/{id_}" for id_, _ in people)]
    subjects += [f"{called}/{name}" for _, name in people for called in (found.code, found.name)]
    # A roster, a merger and a division speak of many units: they are found by the code in their detail.
    of_many = and_(
        JournalEntry.subject == "units", JournalEntry.detail.contains(f'"{found.code}"', autoescape=True)
    )
    rows = session.execute(
        select(
            JournalEntry.seq, JournalEntry.at, JournalEntry.actor, JournalEntry.action, JournalEntry.detail
        )
        .where(or_(JournalEntry.subject.in_(subjects), of_many))
        .order_by(JournalEntry.seq.desc())
        .limit(limit)
    )
    return [Event(*row) for row in rows]
