"""Reads what the rules ask of a sheet, and the sheet itself, locked for who is about to change it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from ..obligations.errors import DubanError
from ..obligations.sheet_moves import SheetFacts, TalkFacts
from ..obligations.words import Rung, SheetState
from .digests import canonical
from .granting import granted
from .states import MISSING
from .tables import FINDING_OPEN, Finding, Obligation, Sheet, SheetReply, Talk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def find(session: Session, sheet_id: int, *, lock: bool = False) -> Sheet | None:
    """Give a sheet by its number; with ``lock``, as it stands now and locked until the transaction ends."""
    query = select(Sheet).where(Sheet.id == sheet_id)
    if lock:
        query = query.with_for_update(key_share=True)
    return session.scalar(query)


def facts(session: Session, found: Sheet) -> SheetFacts:
    """Give what the rules ask of a sheet."""
    return SheetFacts(
        rung=Rung(found.rung),
        state=SheetState(found.state),
        made_by=found.made_by,
        acknowledged_at=found.acknowledged_at,
        undecided=waiting_reply(session, found.id) is not None,
        talk=_talk_facts(talk_of(session, found.id)),
        owed=is_owed(session, found),
    )


def is_owed(session: Session, found: Sheet) -> bool:
    """Tell whether what a sheet is about has still to be reported or rectified, not only to be judged.

    A finding that came back, or for which another unit answers now, is not what the sheet was about.
    """
    owed = select(Obligation.id).where(Obligation.id == found.obligation_id, MISSING)
    unfixed = select(Finding.id).where(
        Finding.id == found.finding_id, FINDING_OPEN, Finding.climbs == found.again
    )
    return session.scalar(granted(select(or_(owed.exists(), unfixed.exists())))) or False


def talk_of(session: Session, sheet_id: int) -> Talk | None:
    """Give the talk that a sheet calls, if it has been arranged."""
    return session.scalar(select(Talk).where(Talk.sheet_id == sheet_id))


def waiting_reply(session: Session, sheet_id: int) -> SheetReply | None:
    """Give the reply that waits for an answer, if there is one."""
    here = SheetReply.sheet_id == sheet_id
    return session.scalar(select(SheetReply).where(here, SheetReply.decided_at.is_(None)).limit(1))


def arranged_talk(session: Session, found: Sheet) -> Talk:
    """Give the talk of a sheet; raises :class:`DubanError` where none has been arranged."""
    row = talk_of(session, found.id)
    if row is None:
        raise DubanError("该通知还没有安排约谈。")
    return row


def is_own(session: Session, found: Sheet) -> bool:
    """Tell whether a sheet is about what its own unit owes; one to a leading side is about another's."""
    if found.obligation_id is None:
        return False
    return session.get_one(Obligation, found.obligation_id).unit_id == found.unit_id


def mark(found: Sheet, talk: Talk | None) -> str:
    """Give a mark of what a draft says, so that nobody signs what was changed since they read it."""
    said = (
        *(found.rung, found.series, found.unit_id, found.matter, found.requirement, found.responsible),
        *(found.lead, found.basis, found.clause, found.limit_days),
    )
    where = (talk.at, talk.place, talk.attending, talk.material) if talk else ()
    return sha256(canonical([*said, *where]).encode()).hexdigest()[:16]


def _talk_facts(row: Talk | None) -> TalkFacts | None:
    return None if row is None else TalkFacts(row.at, row.minuted_at, row.promised_by, row.followed_at)
