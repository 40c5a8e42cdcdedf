"""One sheet with all that belongs to it: its matter, letters, replies, talk and entries of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ..obligations.words import Rung
from . import addressed, sheet_letters, urged_letters
from .journal import Entry
from .sheet_facts import talk_of
from .sheet_prefill import Before, issued_before
from .sheet_rules import latest_plan
from .tables import Finding, JournalEntry, Obligation, Round, Sheet, SheetReply, Talk, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .addressed import Told


class Owed(NamedTuple):
    """The obligation that a sheet is about, as it is now."""

    id: int
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class SheetWhole:
    """A sheet with everything on record about it; ``before`` are the sheets issued earlier in its matter."""

    sheet: Sheet
    unit: Unit
    plan: str
    owed: Owed | None
    finding: Finding | None
    before: tuple[Before, ...]
    replies: tuple[SheetReply, ...]
    talk: Talk | None
    letters: tuple[Told, ...]
    entries: tuple[Entry, ...]

    @property
    def waiting(self) -> SheetReply | None:
        """Give the reply that waits for an answer, if there is one."""
        return next((one for one in self.replies if one.decided_at is None), None)


def whole(session: Session, found: Sheet) -> SheetWhole:
    """Give all about a sheet, in a dozen queries at most."""
    return SheetWhole(
        sheet=found,
        unit=session.get_one(Unit, found.unit_id),
        plan=latest_plan(session, found.series).title,
        owed=_owed(session, found.obligation_id),
        finding=None if found.finding_id is None else session.get(Finding, found.finding_id),
        before=_before(session, found),
        replies=replies_of(session, found.id),
        talk=talk_of(session, found.id),
        letters=_letters(session, found),
        entries=_entries(session, found.id),
    )


def replies_of(session: Session, sheet_id: int) -> tuple[SheetReply, ...]:
    """Give the replies to a sheet, the earliest first."""
    query = select(SheetReply).where(SheetReply.sheet_id == sheet_id).order_by(SheetReply.id)
    return tuple(session.scalars(query))


def _owed(session: Session, obligation_id: int | None) -> Owed | None:
    if obligation_id is None:
        return None
    query = select(Obligation.id, Round.title, Obligation.state)
    joined = query.join(Round, Round.id == Obligation.round_id)
    return Owed(*session.execute(joined.where(Obligation.id == obligation_id)).one())


def _before(session: Session, found: Sheet) -> tuple[Before, ...]:
    if found.obligation_id is None and found.finding_id is None:
        return ()
    here = issued_before(session, obligation_id=found.obligation_id, finding_id=found.finding_id)
    return tuple(one for one in here if one.sheet_id != found.id)


def _letters(session: Session, found: Sheet) -> tuple[Told, ...]:
    own = addressed.told(session, sheet_letters.about(found.id))
    if Rung(found.rung) is not Rung.CUIBAN or found.number is None:
        return tuple(own)
    return (*addressed.told_in(session, urged_letters.carriers(session, found)), *own)


def _entries(session: Session, sheet_id: int) -> tuple[Entry, ...]:
    columns = JournalEntry.__table__.c
    query = select(*columns).where(columns.subject == f"sheet/{sheet_id}").order_by(columns.seq)
    return tuple(Entry(*row) for row in session.execute(query))
