"""Units and contacts: a roster into the book, and out again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import aliased

from ..calendar.dates import local_day
from ..obligations.roster import ContactFact, Roster, UnitFact
from . import journal, locks, roster_check
from .audiences import active
from .strays import parent_of, refuse_strays
from .tables import Channel, Contact, Unit, UnitTag

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_K = TypeVar("_K")
_V = TypeVar("_V")
_Three: TypeAlias = tuple[tuple[_K, ...], tuple[_K, ...], tuple[_K, ...]]
Contacts: TypeAlias = dict[tuple[str, str], ContactFact]
Changes: TypeAlias = dict[str, dict[str, list[Any]]]  # by code and by fact: [before, after]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: units by code, contacts as ``code/name``; ``absent`` units are not in the file.

    ``contacts_off`` are in the file, but the office has switched them off: that stays so.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    contacts_added: tuple[str, ...] = ()
    contacts_changed: tuple[str, ...] = ()
    contacts_unchanged: tuple[str, ...] = ()
    contacts_off: tuple[str, ...] = ()

    @property
    def nothing_new(self) -> bool:
        """Tell whether the book already said all that the file says."""
        return not (self.added or self.changed or self.contacts_added or self.contacts_changed)


def import_roster(session: Session, roster: Roster, now: datetime, actor: str) -> ImportReport:
    """Add the roster's units and contacts; bring those the book has to what it says.

    Units are the same by code, contacts by unit and name. Tags are replaced; a parent may be in the roster or
    already in the book; what the roster leaves out stays. One journal entry, unless nothing is new. Raises
    :class:`InputError` with every problem, before anything is written.
    """
    locks.tree(session)
    units, contacts = _unit_facts(session), _contact_facts(session)
    channels = _channels(session, lock=True)
    roster_check.refuse(session, roster, units, channels, now)
    report = _report(session, roster, units, contacts, now)
    if not report.nothing_new:
        _write_units(session, [fact for fact in roster.units if units.get(fact.code) != fact])
        news = [fact for fact in roster.contacts if contacts.get((fact.unit, fact.name)) != fact]
        _write_contacts(session, news, channels)
        journal.append(session, now, actor, "roster.imported", "units", _detail(roster, units, report))
    return report


def preview_roster(session: Session, roster: Roster, now: datetime) -> tuple[ImportReport, Changes]:
    """Give what an import would do, and of each unit that would change what from and to; nothing is written.

    Raises :class:`InputError` as :func:`import_roster` does.
    """
    units, contacts = _unit_facts(session), _contact_facts(session)
    roster_check.refuse(session, roster, units, _channels(session), now)
    report = _report(session, roster, units, contacts, now)
    new = {unit.code: unit for unit in roster.units}
    return report, {code: _difference(units[code], new[code]) for code in report.changed}


def active_units(session: Session, day: date) -> list[Unit]:
    """Give the units that exist on ``day`` (a local day), by code."""
    return list(session.scalars(select(Unit).where(active(day)).order_by(Unit.code)))


def roster(session: Session, here: ColumnElement[bool] | None = None) -> Roster:
    """Give every unit, closed ones too, and every active contact, by code; ``here`` narrows the units."""
    where = () if here is None else (here,)
    return Roster(
        tuple(_unit_facts(session, *where).values()),
        tuple(_contact_facts(session, Contact.active.is_(True), *where).values()),
    )


def how_many(session: Session, here: ColumnElement[bool] | None = None) -> int:
    """Give how many units :func:`roster` would give."""
    query = select(func.count()).select_from(Unit)
    return session.scalar(query if here is None else query.where(here)) or 0


def _unit_facts(session: Session, *where: ColumnElement[bool]) -> dict[str, UnitFact]:
    tags: dict[int, set[str]] = {}
    for unit_id, tag in session.execute(select(UnitTag.unit_id, UnitTag.tag)):
        tags.setdefault(unit_id, set()).add(tag)
    above = aliased(Unit)
    query = select(Unit, above.code).outerjoin(above, Unit.parent_id == above.id).where(*where)
    return {
        unit.code: UnitFact(
            unit.code,
            unit.name,
            unit.kind,
            frozenset(tags.get(unit.id, ())),
            parent,
            unit.opened_on,
            unit.closed_on,
        )
        for unit, parent in session.execute(query.order_by(Unit.code))
    }


def _contact_facts(session: Session, *where: ColumnElement[bool]) -> Contacts:
    query = select(Unit.code, Contact.name, Contact.phone, Contact.email, Channel.name)
    joined = query.join(Unit, Contact.unit_id == Unit.id).outerjoin(Channel, Contact.channel_id == Channel.id)
    rows = session.execute(joined.where(*where).order_by(Unit.code, Contact.name))
    return {
        (code, name): ContactFact(code, name, phone, email, channel or "")
        for code, name, phone, email, channel in rows
    }


def codes(session: Session) -> frozenset[str]:
    """Give the codes of all units."""
    return frozenset(session.scalars(select(Unit.code)))


def _channels(session: Session, *, lock: bool = False) -> dict[str, int]:
    """Give the channels in use by name; locked, none of them goes out of use meanwhile."""
    query = select(Channel.name, Channel.id).where(Channel.active).order_by(Channel.id)
    if lock:  # people before channels, as where a channel goes out of use
        session.scalars(select(Contact.id).order_by(Contact.id).with_for_update(key_share=True)).all()
        query = query.with_for_update(read=True)
    return dict(session.execute(query).tuples().all())


def _report(
    session: Session, roster: Roster, units: dict[str, UnitFact], contacts: Contacts, now: datetime
) -> ImportReport:
    off = _contact_facts(session, Contact.active.is_(False))
    named = [(one.unit, one.name) for one in roster.contacts]
    report = _compare(roster, units, contacts, local_day(now))
    return replace(report, contacts_off=tuple("/".join(key) for key in named if key in off))


def _compare(roster: Roster, units: dict[str, UnitFact], contacts: Contacts, today: date) -> ImportReport:
    listed = {unit.code: unit for unit in roster.units}
    named = {(one.unit, one.name): one for one in roster.contacts}
    added, changed, same = _sorted_out(listed, units)
    contacts_added, contacts_changed, contacts_same = _sorted_out(named, contacts)
    return ImportReport(
        added,
        changed,
        same,
        tuple(code for code, unit in units.items() if code not in listed and unit.active_on(today)),
        tuple(map("/".join, contacts_added)),
        tuple(map("/".join, contacts_changed)),
        tuple(map("/".join, contacts_same)),
    )


def _sorted_out(new: dict[_K, _V], old: dict[_K, _V]) -> _Three[_K]:
    added = tuple(key for key in new if key not in old)
    changed = tuple(key for key in new if key in old and new[key] != old[key])
    return added, changed, tuple(key for key in new if key in old and new[key] == old[key])


def _write_units(session: Session, facts: list[UnitFact]) -> None:
    known = {unit.code: unit for unit in session.scalars(select(Unit))}
    there = {unit.id: unit for unit in known.values()}
    above = {number: unit.parent_id for number, unit in there.items()}
    for fact in facts:
        unit = known.setdefault(fact.code, Unit(code=fact.code))
        unit.name, unit.kind = fact.name, fact.kind
        unit.opened_on, unit.closed_on = fact.opened_on, fact.closed_on
        session.add(unit)
    session.flush()  # parents must have their numbers before children name them
    for fact in facts:
        unit = known[fact.code]
        unit.parent_id = parent_of(session, unit, known[fact.parent].id if fact.parent else None)
    session.flush()
    refuse_strays(session, [number for number, unit in there.items() if unit.parent_id != above[number]])
    _write_tags(session, {known[fact.code].id: fact.tags for fact in facts})


def _write_tags(session: Session, tags: dict[int, frozenset[str]]) -> None:
    session.execute(delete(UnitTag).where(UnitTag.unit_id.in_(tags)))
    rows = [{"unit_id": unit_id, "tag": tag} for unit_id, some in tags.items() for tag in sorted(some)]
    if rows:
        session.execute(insert(UnitTag), rows)


def _write_contacts(session: Session, facts: list[ContactFact], channels: dict[str, int]) -> None:
    units = {code: number for number, code in session.execute(select(Unit.id, Unit.code))}
    known = {(one.unit_id, one.name): one for one in session.scalars(select(Contact))}
    for fact in facts:
        unit_id = units[fact.unit]
        contact = known.get((unit_id, fact.name)) or Contact(unit_id=unit_id, name=fact.name)
        contact.phone, contact.email = fact.phone, fact.email
        contact.channel_id = channels[fact.channel] if fact.channel else None
        session.add(contact)
    session.flush()


def _detail(roster: Roster, units: dict[str, UnitFact], report: ImportReport) -> dict[str, Any]:
    # Contacts by name only: telephone numbers do not belong in a record that is never deleted.
    new = {unit.code: unit for unit in roster.units}
    return {
        "title": roster.title,
        "example": roster.example,
        "added": report.added,
        "changed": {code: _difference(units[code], new[code]) for code in report.changed},
        "absent": report.absent,
        "contacts_added": report.contacts_added,
        "contacts_changed": report.contacts_changed,
    }


def _difference(old: UnitFact, new: UnitFact) -> dict[str, list[Any]]:
    before, after = _spelled(old), _spelled(new)
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def _spelled(fact: UnitFact) -> dict[str, Any]:
    return {**asdict(fact), "tags": sorted(fact.tags)}
