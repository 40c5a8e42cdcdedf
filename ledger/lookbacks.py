"""The look-back (回头看): its seed, its revisits, who makes them, and what they find.

What must be visited once more is chosen by rule, a sample of the rest by lot, from a seed that was
committed to before. A close that proves false opens the finding again. Each act leaves its entries in the
journal, last of all; ``now`` is the server's time (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, select

from ..calendar.dates import local_day
from ..obligations import looking_back as rules
from ..obligations.errors import DubanError
from ..obligations.looking_back import Found
from ..obligations.moments import in_words
from ..obligations.words import FindingState
from . import findings, journal, lots
from .asking import said
from .journal import Note
from .kept_inspections import LOOKBACKS, REVISITED, REVISITS
from .lookback_choice import choose
from .tables import LookBack, Revisit, Round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .means import Means
    from .tables import Lot

ACTOR = "duban"


class Made(NamedTuple):
    """A look-back, with how many revisits it has and how many of these were drawn."""

    lookback: LookBack
    revisits: int
    sampled: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What a revisit found: when (UTC), by whom, in words; until when it is to be put right if it is not."""

    found: Found
    visited_at: datetime
    visited_by: str
    text: str
    until: datetime | None = None


def commit(session: Session, found: Round, seed: str, now: datetime) -> Lot | None:
    """Commit to the seed of a round's look-back; None if that was done."""
    if lots.of_context(session, _context(found)) is not None:
        return None
    lot = lots.commit(session, "lookback", _context(found), seed, now, ACTOR)
    journal.append_many(session, now, ACTOR, [lots.publish(lot, f"round/{found.id}")])
    return lot


def make(session: Session, found: Round, now: datetime) -> Made | None:
    """Make the revisits of a round's look-back, and reveal its seed; None when they are there.

    Raises :class:`DubanError` when no seed has been committed to.
    """
    if session.scalar(select(exists().where(LookBack.round_id == found.id))):
        return None
    lot = lots.of_context(session, _context(found))
    if lot is None:
        raise DubanError(f"“{found.title}”还没有公布抽签承诺，不能抽取复查对象。")
    row = LookBack(round_id=found.id, lot_id=lot.id, slug=found.slug, year=found.year, title=found.title)
    row.clause, row.made_at, row.due_at = found.clause, now, found.due_at
    session.add(row)
    session.flush()
    chosen = choose(session, found, lot, now, ACTOR)
    revisits = [Revisit(lookback_id=row.id, number=n, **one) for n, one in enumerate(chosen, 1)]
    session.add_all(revisits)
    session.flush()
    about = f"lookback/{row.id}"
    notes = [Note("lookback.made", about, LOOKBACKS.said(row)), lots.reveal(session, lot, now, about)]
    notes += [Note("revisit.made", about, REVISITS.said(one)) for one in revisits]
    journal.append_many(session, now, ACTOR, notes)
    return Made(row, len(revisits), len(lot.result))


def locked(session: Session, revisit_id: int) -> Revisit | None:
    """Give a revisit by its number, locked until the transaction ends."""
    return session.scalar(select(Revisit).where(Revisit.id == revisit_id).with_for_update(key_share=True))


def assign(
    session: Session, one: Revisit, visitor_id: int | None, visitors: str, now: datetime, by: str
) -> None:
    """Say who is to make a revisit: a unit, people, or both; not the unit that answers for what is visited.

    Raises :class:`DubanError` when neither is named, or the revisit has been made.
    """
    people = said(visitors)
    if one.found is not None:
        raise DubanError("这一项已经复查，不能再改派。")
    rules.check_visitor(visitor_id, one.unit_id)
    if visitor_id is None and not people:
        raise DubanError("请选择复查单位，或者写明复查人员。")
    one.visitor_id, one.visitors = visitor_id, people
    session.flush()
    detail = {"revisit": one.id, "visitor": visitor_id, "visitors": people}
    journal.append(session, now, by, "revisit.assigned", f"lookback/{one.lookback_id}", detail)


def result(session: Session, one: Revisit, visit: Visit, now: datetime, by: str, means: Means) -> bool:
    """Enter what a revisit found; gives whether that opened its finding again.

    Where what was promised is not so, or no longer, a finding that was closed is reopened until
    ``visit.until``. Raises :class:`DubanError` for a second result, without words, or where that limit lacks.
    """
    text, people = said(visit.text), said(visit.visited_by)
    rules.check_result(Found(one.found) if one.found else None, text)
    _check_when(session, one, visit.visited_at, now)
    if not people:
        raise DubanError("请写明由谁复查。")
    again = _to_reopen(session, one, visit)
    one.found, one.visited_at, one.visited_by = str(visit.found), visit.visited_at, people
    one.text, one.entered_at, one.entered_by = text, now, by
    one.until = visit.until if again else None
    session.flush()
    if again is not None:
        why = f"回头看发现{visit.found.zh}：{text}"
        findings.reopen(session, again, now, by, reason=why, until=visit.until, means=means)
    journal.append(session, now, by, "revisit.done", f"lookback/{one.lookback_id}", REVISITED.said(one))
    return again is not None


def _to_reopen(session: Session, one: Revisit, visit: Visit) -> findings.Finding | None:
    if visit.found is Found.TRUE or one.finding_id is None:
        return None
    found = findings.locked(session, one.finding_id)
    return found if found is not None and found.state == str(FindingState.CLOSED) else None


def _check_when(session: Session, one: Revisit, visited_at: datetime, now: datetime) -> None:
    if visited_at > now:
        raise DubanError(f"复查时间不能晚于现在；所填为{in_words(visited_at)}。")
    made = session.get_one(LookBack, one.lookback_id).made_at
    if local_day(visited_at) < local_day(made):
        raise DubanError(f"复查时间不能早于回头看开始之日；所填为{in_words(visited_at)}。")


def _context(found: Round) -> str:
    return f"{found.slug}/{found.duty}/{found.period}/1"
