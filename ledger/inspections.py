"""Inspections (督查检查) from the commitment to a seed to the day on which it begins.

What comes of it after that, see ``inspection_results``.

An announced one is public once it is drawn: the units are told by letter. One that is not announced stays
secret until it begins: what was drawn lies in its lot alone, the journal has the seal of it, and no row,
letter or count tells of it. Each act leaves its entries in the journal, last of all; ``now`` is the
server's time (UTC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from ..calendar.dates import local_day
from ..obligations import draw as lottery, inspecting as rules
from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from . import inspection_letters as letters, journal, lots
from .asking import said
from .inspection_terms import rule_of, terms_of
from .journal import Note
from .kept_inspections import BEGUN, INSPECTIONS, LOOKS, UNITS
from .tables import InspectedUnit, Inspection, Lot, Round, SealLook, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ..obligations.draw import Drawn, Terms
    from .means import Means

ACTOR = "duban"


def prepare(session: Session, found: Round, seed: str, now: datetime) -> Inspection | None:
    """Prepare a round's inspection: fix the list, commit to the seed and publish both; None if it is there.

    The list may be too short to be drawn from yet: it is published anew once it is not (:func:`renew`).
    """
    if session.scalar(select(exists().where(Inspection.round_id == found.id))):
        return None
    terms = terms_of(session, found, _context(found, 1), now)
    lot = lots.commit(session, "inspection", terms.context, seed, now, ACTOR, terms)
    row = Inspection(round_id=found.id, lot_id=lot.id, slug=found.slug, year=found.year)
    row.title, row.clause, row.prepared_at = found.title, found.clause, now
    row.announced = rule_of(session, found).announced
    session.add(row)
    session.flush()
    notes = [Note("inspection.prepared", about(row), INSPECTIONS.said(row)), lots.publish(lot, about(row))]
    journal.append_many(session, now, ACTOR, notes)
    return row


def locked(session: Session, inspection_id: int) -> Inspection | None:
    """Give an inspection by its number, locked until the transaction ends."""
    return session.scalar(
        select(Inspection).where(Inspection.id == inspection_id).with_for_update(key_share=True)
    )


def renew(session: Session, one: Inspection, seed: str, now: datetime, by: str, why: str) -> None:
    """Publish the list as it is now, with a new seed; the old one is published as withdrawn, and why.

    Raises :class:`DubanError` without a reason, or once something has been drawn.
    """
    reason = said(why)
    rules.check_renew(InspectionState(one.state), reason)
    found, old = session.get_one(Round, one.round_id), _lot(session, one)
    terms = terms_of(session, found, _context(found, _count(session, found) + 1), now)
    lot = lots.commit(session, "inspection", terms.context, seed, now, by, terms)
    withdrawn = lots.withdraw(session, old, now, by, why=reason, about=about(one))
    one.lot_id = lot.id
    session.flush()
    journal.append_many(session, now, by, [withdrawn, lots.publish(lot, about(one))])


def draw(
    session: Session, one: Inspection, begins_at: datetime, now: datetime, by: str, means: Means
) -> tuple[Drawn, ...]:
    """Draw units and their teams for an inspection that begins at ``begins_at`` (UTC).

    An announced one is revealed at once and its units are told; of the other the seal alone is published.
    Raises :class:`DubanError` when it has been drawn, the list is no longer what was published, or is too
    short.
    """
    rules.check_draw(InspectionState(one.state), begins_at, now)
    lot, terms = _lot(session, one), current_terms(session, one, now)
    if lottery.digest(terms, times=False) != lot.listed:
        raise DubanError("名单已与公布的不同，不能据此抽签。请先重新公布名单，再抽签。")
    drawn = lots.take(lot, terms, now, by)
    one.state, one.begins_at = str(InspectionState.DRAWN), begins_at
    if one.announced:
        notes = _reveal(session, one, lot, now)
        letters.announce(session, one, now, means)
    else:
        notes = [lots.close_up(session, lot, about(one))]
    session.flush()
    journal.append_many(session, now, by, notes)
    return drawn


def current_terms(session: Session, one: Inspection, now: datetime) -> Terms:
    """Give from what an inspection would be drawn now, under the context that was published."""
    found, lot = session.get_one(Round, one.round_id), session.get_one(Lot, one.lot_id)
    return terms_of(session, found, lot.context, now)


def move(
    session: Session, one: Inspection, begins_at: datetime, now: datetime, by: str, means: Means
) -> None:
    """Let an inspection begin at another time; units that know of it are told.

    Of one that is secret, neither the old time nor the new is entered.
    """
    rules.check_move(InspectionState(one.state), begins_at, now)
    detail = {"inspection": one.id}
    if one.announced:
        detail |= {"from": one.begins_at, "to": begins_at}
    one.begins_at = begins_at
    session.flush()
    if one.announced:
        letters.recall(session, one, now, by)
        letters.announce(session, one, now, means)
    journal.append(session, now, by, "inspection.moved", about(one), detail)


def begin(session: Session, one: Inspection, now: datetime, by: str = ACTOR) -> None:
    """Begin an inspection that has been drawn; what was secret of it is revealed."""
    rules.check_begin(InspectionState(one.state))
    lot = _lot(session, one)
    notes = [] if lot.revealed_at else _reveal(session, one, lot, now)
    one.state, one.begun_at, one.begun_by = str(InspectionState.BEGUN), now, by
    session.flush()
    journal.append_many(session, now, by, [*notes, Note("inspection.begun", about(one), BEGUN.said(one))])


def is_sealed(session: Session, one: Inspection) -> bool:
    """Tell whether an inspection has been drawn and what was drawn is still secret."""
    return (
        InspectionState(one.state) is InspectionState.DRAWN
        and session.get_one(Lot, one.lot_id).revealed_at is None
    )


def look(session: Session, one: Inspection, now: datetime, by: str) -> None:
    """Enter that somebody looks at what is still secret; once a day for each."""
    values = {"inspection_id": one.id, "by": by, "day": local_day(now), "at": now}
    if written := insert_new(session, SealLook, values, ("inspection_id", "by", "day")):
        row = session.get_one(SealLook, written)
        journal.append(session, now, by, "inspection.looked", about(one), LOOKS.said(row))


def _reveal(session: Session, one: Inspection, lot: Lot, now: datetime) -> list[Note]:
    """Publish what was drawn: only now do the units have rows."""
    drawn = lots.drawn(lot)
    codes = [each.unit for each in drawn]
    units = session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(codes)))
    ids = dict(units.tuples().all())
    names = {each.code: each.name for each in lottery.read(lot.terms).inspectors}
    rows = [
        InspectedUnit(
            inspection_id=one.id,
            place=place,
            unit_id=ids[each.unit],
            team=[[code, names[code]] for code in each.team],
        )
        for place, each in enumerate(drawn, 1)
    ]
    session.add_all(rows)
    revealed = lots.reveal(session, lot, now, about(one))
    return [revealed, *(Note("inspection.unit", about(one), UNITS.said(row)) for row in rows)]


def _lot(session: Session, one: Inspection) -> Lot:
    return session.scalars(select(Lot).where(Lot.id == one.lot_id).with_for_update(key_share=True)).one()


def _context(found: Round, number: int) -> str:
    return f"{found.slug}/{found.duty}/{found.period}/{number}"


def _count(session: Session, found: Round) -> int:
    """Count the commitments that were published for a round."""
    start = f"{found.slug}/{found.duty}/{found.period}/"
    return session.scalar(select(func.count()).where(Lot.context.startswith(start, autoescape=True))) or 0


def about(one: Inspection) -> str:
    """Give what an inspection is called in the journal."""
    return f"inspection/{one.id}"
