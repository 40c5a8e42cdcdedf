"""The journal for readers: the newest first, in parts, or one entry whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from .journal import Entry
from .scope_subjects import narrowed
from .tables import JournalEntry, Obligation, Round, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """Which entries to read; an empty one reads all."""

    subject: str | None = None
    by: str | None = None
    action: str | None = None


class EntryPart(NamedTuple):
    """Some entries, the newest first; ``next`` is the number below which the next part goes on."""

    rows: tuple[Entry, ...]
    next: int | None


def entries(session: Session, filters: EntryFilters, *, before: int | None, limit: int = 100) -> EntryPart:
    """Give the newest ``limit`` entries whose number is below ``before``, or the newest of all.

    What is entered meanwhile does not shift the parts, and the last part costs no more than the first.
    """
    columns = JournalEntry.__table__.c
    wanted = (
        (columns.subject, filters.subject),
        (columns.actor, filters.by),
        (columns.action, filters.action),
    )
    query = select(*columns).where(*(column == value for column, value in wanted if value is not None))
    if before is not None:
        query = query.where(columns.seq < before)
    found = session.execute(narrowed(session, query.order_by(columns.seq.desc()).limit(limit + 1))).all()
    rows = tuple(Entry(*row) for row in found[:limit])
    return EntryPart(rows, rows[-1].seq if len(found) > limit else None)


def entry(session: Session, seq: int) -> Entry | None:
    """Give one entry by its number."""
    columns = JournalEntry.__table__.c
    row = session.execute(narrowed(session, select(*columns).where(columns.seq == seq))).one_or_none()
    return None if row is None else Entry(*row)


def named(session: Session, rows: Iterable[Entry]) -> dict[str, str]:
    """Give unit and title of the obligations that entries are about, by subject; one query."""
    ids = {number for row in rows if (number := _obligation(row.subject)) is not None}
    if not ids:
        return {}
    found = session.execute(
        select(Obligation.id, Unit.name, Round.title)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Obligation.id.in_(ids))
    )
    return {f"obligation/{id_}": f"{unit}：{title}" for id_, unit, title in found}


def _obligation(subject: str) -> int | None:
    kind, _, number = subject.partition("/")
    return int(number) if kind == "obligation" and number.isascii() and number.isdecimal() else None
