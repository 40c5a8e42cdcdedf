"""Findings that come in a workbook: which are new, and taking those; the same line imported twice is one.

A line's key is made of what it says. A line that tells of its rectification waits for a recheck; one that
also names who looked again, and these had no hand in it, is closed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from sqlalchemy import select

from ..calendar.dates import local_day
from ..obligations.errors import DubanError
from ..obligations.words import Via
from . import findings, journal
from .digests import canonical
from .finding_recording import Found, record_many
from .findings import Fixed, Recheck
from .homes import near
from .tables import Finding, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.finding_entry import Entry
    from .means import Means

_TOLD = "台账记载已整改完成"


class Line(Protocol):
    """One line of a workbook, as ``documents.finding_workbook_read.ReadFinding`` has it."""

    @property
    def line(self) -> int:
        """Where it stands in the workbook, from 1."""
        ...

    @property
    def entry(self) -> Entry:
        """What it says."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A line held against the book; ``same`` tells that the finding is there already."""

    line: int
    entry: Entry
    unit: str
    same: bool


class Imported(NamedTuple):
    """How many findings were taken, how many of them wait for a recheck, and how many are closed."""

    taken: int
    fixed: int
    closed: int


def units_by_code(session: Session, day: datetime, *, of: int | None = None) -> dict[str, str]:
    """Give the names of the units that are active on the local day of a moment, by their codes.

    Where townships share the book, the unit ``of`` is given its own.
    """
    on = local_day(day)
    query = select(Unit.code, Unit.name, Unit.closed_on).where(near(session, of)).order_by(Unit.code)
    return {code: name for code, name, closed in session.execute(query) if closed is None or closed > on}


def found_of(entry: Entry, slug: str, unit_id: int, key: str, via: Via, *, tell: bool = True) -> Found:
    """Give what is to be recorded for an entry."""
    return Found(
        key=key,
        slug=slug,
        unit_id=unit_id,
        found_at=entry.found_at,
        due_at=entry.due_at,
        grade=entry.grade,
        via=via,
        tell=tell,
        **cast("dict[str, Any]", dict(entry.texts)),
    )


def of_report(found: Found, obligation_id: int, clause: str) -> Found:
    """Give the same finding as it comes with a report, resting on the clause of its round."""
    return replace(found, obligation_id=obligation_id, clause=clause)


def judge(session: Session, slug: str, lines: Sequence[Line]) -> list[Judged]:
    """Tell for each line whether the finding is in the book already; nothing is written."""
    units = _units(session, lines)
    here = Finding.slug == slug, Finding.found_at.in_({one.entry.found_at for one in lines})
    columns = select(Finding.unit_id, Finding.found_at, Finding.place, Finding.description, Finding.item)
    there = {tuple(row) for row in session.execute(columns.where(*here))}
    keys = {content_key(slug, one.entry) for one in lines}
    known = set(session.scalars(select(Finding.key).where(Finding.key.in_(keys))))
    return [
        Judged(
            one.line,
            one.entry,
            units[one.entry.unit].name,
            content_key(slug, one.entry) in known or _said(one.entry, units) in there,
        )
        for one in lines
    ]


def take(
    session: Session,
    slug: str,
    lines: Sequence[Line],
    chosen: Collection[int],
    now: datetime,
    by: str,
    means: Means,
) -> Imported:
    """Take the chosen lines that are new, all in this transaction; units are told of what is still open.

    Raises as ``record_many`` does.
    """
    units = _units(session, lines)
    fresh = {one.line for one in judge(session, slug, lines) if not one.same}
    entries = [one.entry for one in lines if one.line in fresh and one.line in chosen]
    said = [
        found_of(
            *(one, slug, units[one.unit].id, content_key(slug, one), Via.EXCEL),
            tell=one.fixed_on is None and not one.refuted,
        )
        for one in entries
    ]
    done = record_many(session, said, now, by, means)
    fates = [
        _follow(session, row.finding, one, now, by, means) for row, one in zip(done, entries, strict=True)
    ]
    closed = fates.count("closed")
    told = Imported(len(done), len(fates) - fates.count("open") - closed, closed)
    if done:
        detail = {"plan": slug, **told._asdict()}
        journal.append(session, now, by, "findings.imported", "findings", detail)
    return told


def content_key(slug: str, entry: Entry) -> str:
    """Give the key of a line: made of what was found, where, when and for whom."""
    said = [
        slug,
        entry.unit,
        entry.found_at,
        *(entry.texts[name] for name in ("place", "description", "item")),
    ]
    return f"excel-{hashlib.sha256(canonical(said).encode()).hexdigest()[:32]}"


def _follow(session: Session, found: Finding, entry: Entry, now: datetime, by: str, means: Means) -> str:
    """Take what the line says of the rectification; give the state in which that leaves the finding."""
    if entry.refuted:
        findings.refute(session, found, now, by, means, reason=f"台账记载：{entry.closing}")
        return "closed"
    if entry.fixed_on is None:
        return "open"
    whose = entry.texts["responsible"] or session.get_one(Unit, found.unit_id).name
    findings.fix(session, found, now, by, Fixed(_TOLD, entry.fixed_on, whose))
    if not entry.closers:
        return "fixed"
    try:
        looked = Recheck(passed=True, people=entry.closers, text=f"台账记载：{entry.closing}")
        findings.recheck(session, found, now, by, looked, means)
    except DubanError:
        return "fixed"  # those who closed it by the ledger had a hand in it, so somebody looks again
    return "closed"


class _Whose(NamedTuple):
    id: int
    name: str


def _units(session: Session, lines: Sequence[Line]) -> Mapping[str, _Whose]:
    codes = {one.entry.unit for one in lines}
    query = select(Unit.code, Unit.id, Unit.name).where(Unit.code.in_(codes))
    return {code: _Whose(id_, name) for code, id_, name in session.execute(query)}


def _said(entry: Entry, units: Mapping[str, _Whose]) -> tuple[object, ...]:
    texts = entry.texts
    unit = units[entry.unit].id
    return (unit, entry.found_at, texts["place"], texts["description"], texts["item"])
