"""Inspections (督查检查) from the commitment to a seed to the day on which it begins.

What comes of it after that, see ``inspection_results``.

An announced one is public once it is drawn: the units and the inspectors are told by letter. One that is not
announced stays secret until it begins: what was drawn and when it begins lie sealed in its lot alone, the
journal has the seal of it, and no row, letter or count tells of it; the inspectors are told as it begins.
Each act leaves its entries in the journal, last of all; ``now`` is the server's time (UTC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from ..calendar.dates import local_day
from ..obligations import draw as lottery, inspecting as rules
from ..obligations.errors import DubanError
from ..obligations.inspecting import InspectionState
from . import inspection_letters as letters, journal, lots
from .asking import said
from .inspection_coverage import refuse_to_leave_out
from .inspection_terms import candidate_ids, rule_of, terms_of
from .journal import Note
from .kept_inspections import BEGUN, INSPECTIONS, LOOKS, UNITS
from .means import Doing
from .tables import InspectedUnit, Inspection, Lot, Round, SealLook, Unit
from .upsert import insert_new

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from ..obligations.draw import Drawn, Terms
    from .means import Means

ACTOR = "duban"


def prepare(session: Session, found: Round, now: datetime, means: Means) -> Inspection | None:
    """Prepare a round's inspection: fix the list, commit to the seed and publish both; None if it is there.

    The list may be too short to be drawn from yet: it is published anew once it is not (:func:`renew`).
    """
    if session.scalar(select(Inspection.id).where(Inspection.round_id == found.id)) is not None:
        return None
    lot = _commit(session, found, Doing(now, ACTOR, means))
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


def renew(session: Session, one: Inspection, why: str, doing: Doing) -> None:
    """Publish the list as it is now, with a new seed; the old one is published as withdrawn, and why.

    Raises :class:`DubanError` without a reason, for a list that is what was published, for whoever has done
    it before for this inspection, or once something has been drawn.
    """
    reason, lot = said(why), _lot(session, one)
    now_ = lottery.digest(current_terms(session, one, doing.now))
    changed = now_ != lottery.digest(lottery.read(lot.terms))
    again = _renewed_by(session, one, doing.by)
    rules.check_renew(InspectionState(one.state), reason, changed=changed, again=again)
    replace_lot(session, one, reason, doing)


def replace_lot(session: Session, one: Inspection, why: str, doing: Doing) -> None:
    """Withdraw the commitment of an inspection and publish another, whatever may be said against it."""
    old = _lot(session, one)
    lot = _commit(session, session.get_one(Round, one.round_id), doing)
    withdrawn = lots.withdraw(session, old, doing, why=why, about=about(one))
    one.lot_id = lot.id
    session.flush()
    journal.append_many(session, doing.now, doing.by, [withdrawn, lots.publish(lot, about(one))])


def first_day(session: Session, one: Inspection, means: Means) -> date:
    """Give the first local day on which an inspection may be drawn.

    So many workdays after that on which the letters with its commitment leave: a night between them in which
    no unit could have read it would not hold anybody to it.
    """
    lot, rule = session.get_one(Lot, one.lot_id), rule_of(session, session.get_one(Round, one.round_id))
    told = means.slots(lot.told_at or lot.made_at, False).first  # noqa: FBT003 - not urgent
    return means.workdays.shift(local_day(told.not_before), rule.nights)


def draw(session: Session, one: Inspection, begins_at: datetime, doing: Doing) -> tuple[Drawn, ...]:
    """Draw units and their teams for an inspection that begins at ``begins_at`` (UTC).

    An announced one is revealed at once and its units are told; of the other the seal alone is published.
    Raises :class:`DubanError` when it has been drawn, too soon after the commitment, when the
    list is no longer what was published, or is too short.
    """
    first = first_day(session, one, doing.means)
    rules.check_draw(InspectionState(one.state), local_day(doing.now), first)
    rules.check_begins(begins_at, doing.now)
    lot, terms = _lot(session, one), current_terms(session, one, doing.now)
    published = lottery.read(lot.terms)
    if lottery.digest(terms, times=False) != lottery.digest(published, times=False):
        raise DubanError("名单已与公布的不同，不能据此抽签。请先重新公布名单，再抽签。")
    refuse_to_leave_out(session, one, published, terms)
    drawn = lots.take(lot, doing, None if one.announced else begins_at)
    one.state = str(InspectionState.DRAWN)
    if one.announced:
        one.begins_at = begins_at
        notes = _reveal(session, one, lot, doing)
        letters.announce(session, one, doing.now, doing.means)
    else:
        notes = [lots.close_up(session, lot, about(one), doing.means.sealing)]
    session.flush()
    journal.append_many(session, doing.now, doing.by, notes)
    return drawn


def current_terms(session: Session, one: Inspection, now: datetime) -> Terms:
    """Give from what an inspection would be drawn now, under the context that was published."""
    found, lot = session.get_one(Round, one.round_id), session.get_one(Lot, one.lot_id)
    return terms_of(session, found, lot.context, now)


def move(session: Session, one: Inspection, begins_at: datetime, doing: Doing) -> None:
    """Let an inspection begin at another time; units that know of it are told.

    Of one that is secret, neither the old time nor the new is entered.
    """
    rules.check_move(InspectionState(one.state), begins_at, doing.now)
    detail = {"inspection": one.id}
    if one.announced:
        if begins_at == one.begins_at:
            raise DubanError("新的开始时间与原定时间相同，不需要调整。")
        detail |= {"from": one.begins_at, "to": begins_at}
        one.begins_at = begins_at
    else:
        lot, box = _lot(session, one), doing.means.sealing
        lots.hide(lot, lots.hidden(lot, box)._replace(begins_at=begins_at), box)
        one.begins_at = None
    session.flush()
    if one.announced:
        letters.recall(session, one, doing.now, doing.by)
        letters.announce(session, one, doing.now, doing.means)
    journal.append(session, doing.now, doing.by, "inspection.moved", about(one), detail)


def begins(session: Session, one: Inspection, means: Means) -> datetime | None:
    """Give when an inspection that was drawn is to begin (UTC), even if that is still secret."""
    if one.begins_at is not None or one.state != str(InspectionState.DRAWN):
        return one.begins_at
    return lots.hidden(session.get_one(Lot, one.lot_id), means.sealing).begins_at


def begin(session: Session, one: Inspection, doing: Doing) -> None:
    """Begin an inspection that has been drawn; what was secret is revealed, and the inspectors are told."""
    rules.check_begin(InspectionState(one.state))
    lot, notes = _lot(session, one), list[Note]()
    one.begins_at = begins(session, one, doing.means)
    one.state, one.begun_at, one.begun_by = str(InspectionState.BEGUN), doing.now, doing.by
    if lot.revealed_at is None:
        notes = _reveal(session, one, lot, doing)
        letters.send_out(session, one, doing.now, doing.means)
    session.flush()
    notes.append(Note("inspection.begun", about(one), BEGUN.said(one)))
    journal.append_many(session, doing.now, doing.by, notes)


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


def _reveal(session: Session, one: Inspection, lot: Lot, doing: Doing) -> list[Note]:
    """Publish what was drawn: only now do the units have rows."""
    revealed = lots.reveal(session, lot, doing.now, about(one), doing.means.sealing)
    drawn = lots.drawn(lot.result)
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
    session.flush()
    return [revealed, *(Note("inspection.unit", about(one), UNITS.said(row)) for row in rows)]


def _commit(session: Session, found: Round, doing: Doing) -> Lot:
    context = lots.next_context(session, f"{found.slug}/{found.duty}/{found.period}/")
    terms = terms_of(session, found, context, doing.now)
    return lots.commit(session, "inspection", terms, candidate_ids(session, found, doing.now), doing)


def _renewed_by(session: Session, one: Inspection, by: str) -> bool:
    start = session.get_one(Lot, one.lot_id).context.rpartition("/")[0] + "/"
    here = (Lot.context.startswith(start, autoescape=True), Lot.withdrawn_by == by)
    return session.scalar(select(exists().where(*here))) or False


def _lot(session: Session, one: Inspection) -> Lot:
    return session.scalars(select(Lot).where(Lot.id == one.lot_id).with_for_update(key_share=True)).one()


def about(one: Inspection) -> str:
    """Give what an inspection is called in the journal."""
    return f"inspection/{one.id}"
