"""Sheets before they are signed: entered directly for a stated cause, edited, dropped.

The ladder drafts its own; those are edited and dropped here too. Each act leaves an entry in the journal,
last of all. ``now`` is the server's time (UTC). What is changed comes locked from ``sheet_facts.find``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..obligations import sheet_moves
from ..obligations.errors import DubanError
from ..obligations.sheet_moves import Draft
from ..obligations.sheet_names import sheet_year
from ..obligations.words import Rung, SheetState
from . import journal
from .asking import said
from .audiences import check_there
from .finding_steps import locked
from .journal import Note
from .kept_sheets import SHEETS_WITHDRAWN
from .sheet_facts import facts
from .tables import Obligation, PlanRevision, Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

NAMES = tuple(one.name for one in fields(Draft))
_ALIVE = (str(SheetState.DRAFT), str(SheetState.ISSUED))


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet that a person drafts without the ladder: of which rung, to whom, about what, and why.

    ``cause`` is ``direct``, or ``listing`` for a grave finding that is to be supervised by name. ``series``
    is a plan's slug. The matter is an obligation, a finding, or neither.
    """

    rung: str
    series: str
    unit_id: int
    reason: str
    cause: str = "direct"
    obligation_id: int | None = None
    finding_id: int | None = None


def enter(session: Session, entry: Entry, draft: Draft, now: datetime, by: str) -> Sheet:
    """Keep a draft that a person enters; raises :class:`DubanError` when one of this kind runs already."""
    sheet_moves.check_enter(entry.rung, said(entry.reason))
    draft = _trimmed(draft)
    sheet_moves.check_draft(draft)
    _check_there(session, entry, now)
    again = _lock(session, entry)
    _check_alone(session, entry)
    row = Sheet(
        **asdict(entry) | asdict(draft), year=sheet_year(now), state=str(SheetState.DRAFT), again=again
    )
    row.reason, row.made_at, row.made_by = said(entry.reason), now, by
    session.add(row)
    session.flush()
    enter_note(session, row, now, by, "sheet.drafted", _told(row))
    return row


def edit(session: Session, found: Sheet, draft: Draft, now: datetime, by: str) -> bool:
    """Change what a draft says; the entry tells what was there before. Gives whether anything changed."""
    sheet_moves.check_edit(facts(session, found))
    draft = _trimmed(draft)
    sheet_moves.check_draft(draft)
    new = asdict(draft)
    before = {name: getattr(found, name) for name in NAMES if getattr(found, name) != new[name]}
    if not before:
        return False
    for name in before:
        setattr(found, name, new[name])
    session.flush()
    changes = {name: [old, new[name]] for name, old in before.items()}
    enter_note(session, found, now, by, "sheet.edited", {"changes": changes})
    return True


def drop(session: Session, found: Sheet, now: datetime, by: str, reason: str) -> None:
    """Drop a draft that nobody will sign, saying why; it is kept, without a number."""
    sheet_moves.check_drop(facts(session, found), said(reason))
    found.state, found.next_at = str(SheetState.DROPPED), None
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = now, by, said(reason)
    session.flush()
    enter_note(session, found, now, by, "sheet.dropped", SHEETS_WITHDRAWN.said(found))


def note(found: Sheet, action: str, detail: dict[str, Any]) -> Note:
    """Give what the journal is to say of a thing done to a sheet."""
    return Note(action, f"sheet/{found.id}", {"sheet": found.id, **detail})


def enter_note(
    session: Session, found: Sheet, now: datetime, by: str, action: str, detail: dict[str, Any]
) -> None:
    """Enter in the journal what was done to a sheet."""
    journal.append_many(session, now, by, [note(found, action, detail)])


def _trimmed(draft: Draft) -> Draft:
    texts = {name: said(str(getattr(draft, name))) for name in NAMES if name != "limit_days"}
    return Draft(**texts, limit_days=draft.limit_days)


def _told(row: Sheet) -> dict[str, Any]:
    about = ("rung", "series", "cause", "reason", "obligation_id", "finding_id", "unit_id")
    return {name: getattr(row, name) for name in (*about, *NAMES)}


def _check_there(session: Session, entry: Entry, now: datetime) -> None:
    check_there(session, entry.unit_id, now)
    plan = select(PlanRevision.id).where(PlanRevision.slug == entry.series).limit(1)
    if session.scalar(plan) is None:
        raise DubanError("请选择依据的方案。")


def _lock(session: Session, entry: Entry) -> int:
    """Lock what a sheet is about, so that two people do not both find none; gives its climbs."""
    if entry.obligation_id is not None:
        owed = select(Obligation.id).where(Obligation.id == entry.obligation_id)
        session.scalar(owed.with_for_update(key_share=True))
    found = None if entry.finding_id is None else locked(session, entry.finding_id)
    return 0 if found is None else found.climbs


def _check_alone(session: Session, entry: Entry) -> None:
    """Refuse a second sheet of a rung for the same matter while the first is drafted or runs."""
    about = {"obligation_id": entry.obligation_id, "finding_id": entry.finding_id}
    chosen = [getattr(Sheet, name) == id_ for name, id_ in about.items() if id_ is not None]
    if not chosen:
        return
    same = select(Sheet.state).where(*chosen, Sheet.rung == entry.rung, Sheet.state.in_(_ALIVE)).limit(1)
    if entry.cause == "listing":  # what the ladder asks for already does not keep a grave one off the list
        same = same.where(Sheet.cause == "listing")
    if (state := session.scalar(same)) is not None:
        name = Rung(entry.rung).zh
        message = f"该事项已有一份{name}（{SheetState(state).zh}），一事一单，不能再起草一份。"
        raise DubanError(message)
