"""An excerpt of the journal as of a moment, and the check codes of the whole chain up to then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import String, cast, literal, or_, select, union_all

from .tables import (
    Appraisal,
    Case,
    Finding,
    FindingStep,
    JournalEntry,
    Meeting,
    Obligation,
    Round,
    Sheet,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import CompoundSelect, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

CHUNK = 1000
# Who signed in, and whom the office watches, is no matter of a file that leaves the house.
_PRIVATE = (
    *("sign_in.", "password.", "totp.", "account.", "invitation.", "integration.", "link", "contact."),
    *("watch", "night.roster"),
)


def excerpt(
    session: Session, as_of: datetime, *, unit: str | None = None, round_id: int | None = None
) -> Iterator[bytes]:
    """Give the entries up to ``as_of`` about a unit (code) or a round, or all, one line of JSON each.

    Left out are those about accounts, links, contacts and what is watched.
    """
    entry = JournalEntry.__table__.c
    query = select(*entry).where(entry.at <= as_of, *(~entry.action.startswith(one) for one in _PRIVATE))
    if unit is not None or round_id is not None:
        query = query.where(entry.subject.in_(_subjects(unit, round_id)))
    for row in session.execute(query.order_by(entry.seq).execution_options(yield_per=CHUNK)):
        said = {
            "seq": row.seq,
            "at": row.at.isoformat(),
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "detail": row.detail,
            "previous": row.previous,
            "hash": row.hash,
        }
        yield f"{json.dumps(said, ensure_ascii=False)}\n".encode()


def chain(session: Session, as_of: datetime) -> Iterator[bytes]:
    """Give number and check code of every entry up to ``as_of``, one line each."""
    entry = JournalEntry.__table__.c
    query = select(entry.seq, entry.hash).where(entry.at <= as_of).order_by(entry.seq)
    for row in session.execute(query.execution_options(yield_per=CHUNK)):
        yield f"{row.seq} {row.hash}\n".encode()


def _subjects(unit: str | None, round_id: int | None) -> CompoundSelect[tuple[str]]:
    """Select the subjects under which all about a unit, or about a round, is entered."""
    if round_id is None:
        mine = select(Unit.id).where(Unit.code == unit)
        about, own = Obligation.unit_id.in_(mine), select(FindingStep.finding_id)
        sheets, findings = Sheet.unit_id.in_(mine), Finding.id.in_(own.where(FindingStep.unit_id.in_(mine)))
        more = [
            _named("case", Case.id).where(Case.unit_id.in_(mine)),
            _named("appraisal", Appraisal.id).where(Appraisal.unit_id.in_(mine)),
        ]
    else:
        about = Obligation.round_id == round_id
        owed = select(Obligation.id).where(about)
        findings = Finding.obligation_id.in_(owed)
        sheets = or_(Sheet.obligation_id.in_(owed), Sheet.finding_id.in_(select(Finding.id).where(findings)))
        more = []
    rounds = select(Obligation.round_id).where(about)
    return union_all(
        _named("obligation", Obligation.id).where(about),
        _named("round", Round.id).where(Round.id.in_(rounds)),
        _named("sheet", Sheet.id).where(sheets),
        _named("finding", Finding.id).where(findings),
        _named("meeting", Meeting.id).where(Meeting.round_id.in_(rounds)),
        select(Round.title).where(Round.id.in_(rounds)),
        *more,
    )


def _named(kind: str, number: InstrumentedAttribute[int]) -> Select[tuple[str]]:
    return select(literal(f"{kind}/") + cast(number, String))
