"""Units and contacts: a roster into the book, and out again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import aliased

from ..calendar.dates import local_day
from ..obligations.errors import InputError, Problem
from ..obligations.roster import ContactFact, Roster, UnitFact, problems
from . import journal, locks
from .audiences import active
from .tables import Channel, Contact, Unit, UnitTag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
    """What an import did: units by code, contacts as ``code/name``; ``absent`` units are not in the file."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    contacts_added: tuple[str, ...] = ()
    contacts_changed: tuple[str, ...] = ()
    contacts_unchanged: tuple[str, ...] = ()

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
    channels = {name: number for number, name in session.execute(select(Channel.id, Channel.name))}
    _refuse(roster, units, channels)
    report = _compare(roster, units, contacts, local_day(now))
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
    channels = {name: number for number, name in session.execute(select(Channel.id, Channel.name))}
    _refuse(roster, units, channels)
    report, new = (
        _compare(roster, units, contacts, local_day(now)),
        {unit.code: unit for unit in roster.units},
    )
    return report, {code: _difference(units[code], new[code]) for code in report.changed}


def active_units(session: Session, day: date) -> list[Unit]:
    """Give the units that exist on ``day`` (a local day), by code."""
    return list(session.scalars(select(Unit).where(active(day)).order_by(Unit.code)))


def roster(session: Session) -> Roster:
    """Give every unit, closed ones too, and every active contact, by code."""
    return Roster(
        tuple(_unit_facts(session).values()),
        tuple(_contact_facts(session, Contact.active.is_(True)).values()),
    )


def _unit_facts(session: Session) -> dict[str, UnitFact]:
    tags: dict[int, set[str]] = {}
    for unit_id, tag in session.execute(select(UnitTag.unit_id, UnitTag.tag)):
        tags.setdefault(unit_id, set()).add(tag)
    above = aliased(Unit)
    query = select(Unit, above.code).outerjoin(above, Unit.parent_id == above.id).order_by(Unit.code)
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
        for unit, parent in session.execute(query)
    }


def _contact_facts(session: Session, *where: ColumnElement[bool]) -> Contacts:
    query = select(Unit.code, Contact.name, Contact.phone, Contact.email, Channel.name)
    joined = query.join(Unit, Contact.unit_id == Unit.id).outerjoin(Channel, Contact.channel_id == Channel.id)
    rows = session.execute(joined.where(*where).order_by(Unit.code, Contact.name))
    return {
        (code, name): ContactFact(code, name, phone, email, channel or "")
        for code, name, phone, email, channel in rows
    }


def _refuse(roster: Roster, units: dict[str, UnitFact], channels: dict[str, int]) -> None:
    # The whole tree as it would be, so that a loop through units that the file leaves out is found too.
    listed = {unit.code for unit in roster.units}
    kept = tuple(unit for code, unit in units.items() if code not in listed)
    file = roster.title or "单位名册"
    merged = Roster(kept + roster.units, roster.contacts)
    found = [*problems(merged, file), *_unknown_channels(roster.contacts, file, channels)]
    if found:
        raise InputError(found)


def _unknown_channels(
    contacts: Iterable[ContactFact], file: str, channels: dict[str, int]
) -> Iterator[Problem]:
    expected = "、".join(["留空（写入文件）", *channels])
    for one in contacts:
        if one.channel and one.channel not in channels:
            hint = next(iter(get_close_matches(one.channel, channels, n=1, cutoff=0.3)), None)
            message = f"联系人 {one.unit} {one.name} 的渠道还没有建立"
            yield Problem(file, message, field="渠道", expected=expected, found=one.channel, hint=hint)


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
    for fact in facts:
        unit = known.setdefault(fact.code, Unit(code=fact.code))
        unit.name, unit.kind = fact.name, fact.kind
        unit.opened_on, unit.closed_on = fact.opened_on, fact.closed_on
        session.add(unit)
    session.flush()  # parents must have their numbers before children name them
    for fact in facts:
        known[fact.code].parent_id = known[fact.parent].id if fact.parent else None
    session.flush()
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
