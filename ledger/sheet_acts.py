"""What becomes of an issued sheet: the unit signs for it and answers, the office decides, closes, withdraws.

Each checks that the move is lawful, adds a row or fills columns that are never filled again, tells the unit,
and leaves an entry in the journal, last of all. The sheet comes locked from ``sheet_facts.find``; ``now`` is
the server's time (UTC). What gives the names of units gives those that have nobody to be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations import ladder_words as say, sheet_moves
from ..obligations.errors import DubanError
from ..obligations.words import Rung, SheetState
from . import addressed, journal, sheet_letters, sheet_listing
from .asking import said
from .kept_sheets import (
    REPLIES,
    REPLIES_DECIDED,
    SHEETS_ACKNOWLEDGED,
    SHEETS_CLOSED,
    SHEETS_WITHDRAWN,
)
from .ladder_rows import PROGRAM
from .ladder_settling import close_below, higher_closed
from .sheet_drafts import enter_note, note
from .sheet_facts import facts
from .sheet_replaced import Closing, replace_below
from .tables import Contact, Message, SheetReply

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from .addressed import Letter
    from .means import Means
    from .tables import Sheet


def acknowledge(session: Session, found: Sheet, now: datetime, by: str) -> None:
    """Note, once, that the unit has the sheet."""
    sheet_moves.check_acknowledge(facts(session, found))
    found.acknowledged_at, found.acknowledged_by = now, by
    session.flush()
    enter_note(session, found, now, by, "sheet.acknowledged", SHEETS_ACKNOWLEDGED.said(found))


def reply(session: Session, found: Sheet, now: datetime, by: str, text: str) -> SheetReply:
    """Keep what the unit answers: what was done, or why it could not be."""
    sheet_moves.check_reply(facts(session, found), said(text))
    row = SheetReply(sheet_id=found.id, at=now, by=by, text=said(text))
    session.add(row)
    session.flush()
    enter_note(session, found, now, by, "sheet.replied", REPLIES.said(row))
    return row


def decide(  # noqa: PLR0913 - a verdict has its answer
    session: Session,
    found: Sheet,
    reply_id: int,
    now: datetime,
    by: str,
    means: Means,
    *,
    accepted: bool | None,
    answer: str,
) -> tuple[str, ...]:
    """Say whether a reply gives a good reason; a sheet with one does not go a rung further."""
    row = session.get(SheetReply, reply_id)
    if row is None or row.sheet_id != found.id:
        raise DubanError("没有这份回复，请刷新页面后再办。")
    waits = row.decided_at is None
    sheet_moves.check_decide(facts(session, found), waits=waits, accepted=accepted, answer=said(answer))
    row.decided_at, row.decided_by, row.accepted, row.answer = now, by, accepted, said(answer)
    if accepted:
        found.next_at = None
    session.flush()
    untold = tell(session, found, sheet_letters.decided(found, row), now, means)
    ended = higher_closed(session, found)
    below = None if ended is None else close_below(session, ended, now)
    enter_note(session, found, now, by, "sheet.decided", REPLIES_DECIDED.said(row))
    if below is not None:
        journal.append_many(session, now, PROGRAM, [below])
    return untold


def close(  # noqa: PLR0913 - of a talk whose matter is owed it is said what follows
    session: Session,
    found: Sheet,
    now: datetime,
    by: str,
    means: Means,
    *,
    closing: str,
    person: bool,
    follows: str = "",
) -> tuple[str, ...]:
    """Close a sheet with what was done; its unit is told, the ladder stops, and 催办 about it ends too.

    With a talk the 督办单 below end; where their matter is owed still, ``follows`` says what is next.
    """
    before = facts(session, found)
    sheet_moves.check_close(before, said(closing), person=person, follows=said(follows))
    sheet_listing.check_closed(session, found)
    follows = said(follows) if before.owed and before.rung is Rung.YUETAN else ""
    found.state, found.next_at = str(SheetState.CLOSED), None
    found.closed_at, found.closed_by = now, by
    found.closing = say.FOLLOWS.format(said(closing), follows) if follows else said(closing)
    session.flush()
    ended = [found, *replace_below(session, found, Closing(now, by, follows))]
    letter = sheet_letters.talked if follows else sheet_letters.closed
    untold = [name for one in ended for name in tell_all(session, one, letter(one), now, means)]
    below = close_below(session, found, now)
    notes = [note(one, "sheet.closed", SHEETS_CLOSED.said(one)) for one in ended]
    journal.append_many(session, now, by, notes)
    if below is not None:
        journal.append_many(session, now, PROGRAM, [below])
    return tuple(dict.fromkeys(untold))


def withdraw(
    session: Session, found: Sheet, now: datetime, by: str, means: Means, reason: str
) -> tuple[str, ...]:
    """Withdraw an issued sheet, which keeps its number; what has not left yet does not, and the unit is told.

    A finding that it had put on the list of those supervised by name comes off it again.
    """
    sheet_moves.check_withdraw(facts(session, found), said(reason))
    found.state, found.next_at = str(SheetState.WITHDRAWN), None
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = now, by, said(reason)
    session.flush()
    addressed.recall(session, sheet_letters.about(found.id), now, by)
    untold = tell_all(session, found, sheet_letters.withdrawn(found), now, means)
    delisted = sheet_listing.withdrawn(session, found, now, by)
    told = note(found, "sheet.withdrawn", SHEETS_WITHDRAWN.said(found))
    journal.append_many(session, now, by, [*delisted, told])
    return untold


def tell(session: Session, found: Sheet, letter: Letter, now: datetime, means: Means) -> tuple[str, ...]:
    """Put a letter about a sheet into the outbox for its unit; gives its name if it has nobody to be told."""
    slot = means.slots(now, letter.urgent).first
    return addressed.address(session, [found.unit_id], letter, slot).untold


def tell_all(session: Session, found: Sheet, letter: Letter, now: datetime, means: Means) -> tuple[str, ...]:
    """Tell its unit, and who has had a copy or is about to have one; gives who has nobody to be told."""
    about = sheet_letters.about(found.id)
    copy = Message.key.startswith(f"a-{about}-{sheet_letters.COPIED}-", autoescape=True)
    units = select(Contact.unit_id).join(Message, Message.contact_id == Contact.id)
    units = units.where(Message.about == about, copy, Message.state != "withdrawn").distinct()
    slot = means.slots(now, letter.urgent).first
    return addressed.address(session, {found.unit_id, *session.scalars(units)}, letter, slot).untold
