"""Entries of the journal whose subject names no row: of these the detail says what they are about.

Rounds and stretches go by a title, which another plan may have too; what the program issues in bulk goes by
the plan, what was sent by the outbox, what became of units by all units.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select

from ..obligations.moments import whole_second
from .filed_subjects import lettered
from .successors import MANY
from .tables import Contact, JournalEntry, Message, Notice, Round, Sheet, Stretch, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from .filed_scope import Filed

_OUTBOX: Final = "outbox"
# What concerns every plan of the book alike.
_COMMON: Final = ("clock", "book")


@dataclass(frozen=True, slots=True)
class Bulk:
    """What belongs to what is filed, as the details of such entries name it.

    A stretch has its name every year, so that it is told by its beginning; ``numbers`` are those of sheets.
    """

    filed: Filed
    codes: frozenset[str]
    titles: dict[str, set[int]]
    stretches: dict[int, tuple[str, str]]
    messages: frozenset[int]
    numbers: dict[str, list[int]]

    @property
    def subjects(self) -> ColumnElement[bool]:
        """Give the condition under which an entry may be one of these."""
        subject, slug = JournalEntry.subject, self.filed.slug
        named = [slug, MANY, _OUTBOX, "findings", *(_COMMON if self.filed.whole else ())]
        titles = select(Round.title).where(Round.id.in_(self.filed.rounds()))
        mine = (Stretch.slug == slug, Stretch.year == self.filed.year)
        names = select(Stretch.name).where(*mine)
        moved = subject.startswith(f"{slug}/", autoescape=True)
        return or_(subject.in_(named), subject.in_(titles), subject.in_(names), moved)

    def tells(self, action: str, subject: str, detail: str) -> bool:
        """Tell whether such an entry is about what is filed."""
        said: dict[str, Any] = json.loads(detail)
        kind, _, done = action.partition(".")
        moved = done == "moved"
        if kind == "messages":
            return self._sent(said)
        if kind == "sheets":
            return said["year"] == self.filed.year and self._numbered(said)
        if kind in ("phase", "window"):
            return self.filed.whole and (
                said["id"] in self.stretches if moved else self._begun(subject, said)
            )
        if kind == "round" and moved:
            return any(said["id"] in some for some in self.titles.values())
        return self._of_whole(subject, said) or said.get("round") in self.titles.get(subject, ())

    def _sent(self, said: dict[str, Any]) -> bool:
        tried = (one[0] for one in said.get("results", ()))
        return not self.messages.isdisjoint([*tried, *said.get("messages", ())])

    def _begun(self, subject: str, said: dict[str, Any]) -> bool:
        there = (subject, said.get("starts_at")) in self.stretches.values()
        return there and said.get("plan") == self.filed.slug

    def _numbered(self, said: dict[str, Any]) -> bool:
        numbers = self.numbers.get(said["rung"], [])
        if "numbers" in said:
            return not set(numbers).isdisjoint(said["numbers"])
        place = bisect_left(numbers, said["first"])
        return place < len(numbers) and numbers[place] <= said["last"]

    def _of_whole(self, subject: str, said: dict[str, Any]) -> bool:
        """Tell of what is about units, the plan, or the book as such."""
        if not self.filed.whole:
            return subject == MANY and not self._named(said).isdisjoint(self.codes)
        slug = self.filed.slug
        plans = (slug, f"{slug}/{self.filed.year}")
        return subject in (MANY, *_COMMON, *plans) or (subject == "findings" and said.get("plan") == slug)

    def _named(self, said: dict[str, Any]) -> set[str]:
        named = [said.get(key, ()) for key in ("from", "to", "added", "changed")]
        return {code for one in named for code in ([one] if isinstance(one, str) else one)}


def bulk(session: Session, filed: Filed) -> Bulk:
    """Read what such entries may name."""
    titles: dict[str, set[int]] = defaultdict(set)
    rounds = select(Round.id, Round.title).where(Round.id.in_(filed.rounds()))
    for number, title in session.execute(rounds):
        titles[title].add(number)
    mine = select(Stretch).where(Stretch.slug == filed.slug, Stretch.year == filed.year)
    begins = {one.id: (one.name, whole_second(one.starts_at).isoformat()) for one in session.scalars(mine)}
    codes = session.scalars(select(Unit.code).where(Unit.id.in_(filed.units())))
    return Bulk(
        *(filed, frozenset(codes), dict(titles), begins, frozenset(_messages(session, filed))),
        _numbers(session, filed),
    )


def _messages(session: Session, filed: Filed) -> Iterator[int]:
    """Give the messages that reminded of what is owed here, and the letters about it, to the unit if one."""
    own = Notice.obligation_id.in_(filed.obligations()), Notice.created_at <= filed.as_of
    reminded = select(Notice.message_id).where(Notice.message_id.is_not(None), *own).distinct()
    letters = select(Message.id).where(Message.about.in_(lettered(filed)))
    if filed.unit is not None:
        to = select(Contact.id).where(Contact.unit_id.in_(filed.units()))
        letters = letters.where(Message.contact_id.in_(to))
    for query in (reminded, letters):
        yield from (number for number in session.scalars(query) if number is not None)


def _numbers(session: Session, filed: Filed) -> dict[str, list[int]]:
    query = select(Sheet.rung, Sheet.number).where(Sheet.number.is_not(None), *filed.sheets())
    found: dict[str, list[int]] = defaultdict(list)
    for rung, number in session.execute(query.order_by(Sheet.rung, Sheet.number)):
        found[rung].append(number)
    return dict(found)
